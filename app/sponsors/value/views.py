"""What the work is worth: the report, what is published of it, and thanks."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from flask import Response, make_response, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import public, requires
from app.auth.acting import acting, posted
from app.core.errors import NotFound
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.said import said, spoken
from app.core.web.words import languages
from app.messages.rules.letters import written_as_html
from app.sponsors.blueprint import bp
from app.sponsors.team.queries import shown_to_all, the_team
from app.sponsors.value.actions import (
    ThanksDraft,
    publish_figure,
    strike_thanks,
    withdraw_figure,
    write_thanks,
)
from app.sponsors.value.forms import PublishForm, ThanksForm
from app.sponsors.value.queries import (
    FigureShown,
    ValuePage,
    published_page,
    value_page,
)


@bp.get("/value")
@requires("read")
def value() -> Response:
    """Show what the work was worth in four weeks, in plain words."""
    with parts().database.read() as session:
        page = value_page(session, parts().now())
    return answer("sponsors/value/value.html", "body", page=page)


@bp.get("/open/figures")
@public
def open_figures() -> Response:
    """Show everybody the figures that were published, what each is for, and thanks."""
    with parts().database.read() as session:
        page = published_page(session, parts().now())
        team = shown_to_all(the_team(session))
    return answer("sponsors/value/open.html", "body", page=page, team=team)


@bp.get("/value/export/<string:language>.zip")
@requires("improve")
def figures_file(language: str) -> Response:
    """Download what is published as one page for another web server, in a language; nothing else is
    in it.
    """
    if language not in {code.partition("_")[0] for code, _name in languages()}:
        raise NotFound(said("There is no such language."))
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as folder:
        with force_locale(language):
            page = written_as_html(_as_text(_published()), language)
        folder.writestr("index.html", page)
    response = make_response(
        packed.getvalue(), 200, {"Content-Type": "application/zip"}
    )
    response.headers.set("Content-Disposition", "attachment", filename="figures.zip")
    return response


@bp.route("/value/figures/<string:key>", methods=["GET", "POST"])
@requires("improve")
def figure_publish(key: str) -> AnyResponse:
    """Let everybody read a figure, with what it is for."""
    with parts().database.read() as session:
        page = value_page(session, parts().now())
    shown = next((one for one in page.figures if one.figure.key == key), None)
    if shown is None:
        raise NotFound(said("There is no such figure."))
    form, back = PublishForm(data={"purpose": spoken(shown.purpose)}), _back()
    return posted(
        form,
        lambda act: publish_figure(act, key, form.purpose.data),
        back,
        _("Everybody may read it now."),
    ) or answer("sponsors/value/publish.html", "form", form=form, shown=shown)


@bp.post("/value/figures/<string:key>/withdraw")
@requires("improve")
def figure_withdraw(key: str) -> AnyResponse:
    """Let nobody without an account read a figure any more."""
    with acting() as act:
        withdraw_figure(act, key)
    return done(_back(), _("Withdrawn."))


@bp.route("/value/thanks/new", methods=["GET", "POST"])
@requires("read")
def thanks_new() -> AnyResponse:
    """Write down that somebody said thank you."""
    form = ThanksForm()
    return posted(
        form,
        lambda act: write_thanks(act, ThanksDraft(**form.values())),
        _back(),
        _("Written down."),
    ) or answer("sponsors/value/thanks.html", "form", form=form)


@bp.post("/value/thanks/<int:thanks_id>/strike")
@requires("improve")
def thanks_strike(thanks_id: int) -> AnyResponse:
    """Show thanks no more."""
    with acting() as act:
        strike_thanks(act, thanks_id)
    return done(_back(), _("Struck out."))


def _back() -> str:
    return url_for("sponsors.value")


def _published() -> ValuePage:
    with parts().database.read() as session:
        return published_page(session, parts().now())


def _as_text(page: ValuePage) -> str:
    told = [_("Our figures"), *(_line(one) for one in page.figures)]
    if page.thanks:
        told.append("\n".join([_("Thanks"), *(f"- {one.text}" for one in page.thanks)]))
    return "\n\n".join(told)


def _line(one: FigureShown) -> str:
    shown = one.figure
    return "\n".join(
        [
            f"{spoken(shown.name)}: {spoken(shown.value)}",
            f"- {spoken(one.purpose)}",
            f"- {spoken(shown.definition)}",
        ]
    )
