"""Primers: all of them, one to read or print, in other words; where to learn more."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting, posted
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web.words import language_tag
from app.sponsors.blueprint import bp
from app.sponsors.primers import actions
from app.sponsors.primers.actions import LinkDraft, PrimerDraft
from app.sponsors.primers.forms import LearningForm, PrimerForm
from app.sponsors.primers.queries import links_of_primer, primer, primers

FOLDER = "sponsors/primers/"


@bp.get("/primers")
@requires("read")
def primers_page() -> Response:
    """List the short texts for who does not know the work."""
    with parts().database.read() as session:
        found = primers(session, language_tag())
    return answer(FOLDER + "primers.html", "body", primers=found)


@bp.get("/primers/<string:key>")
@requires("read")
def primer_page(key: str) -> Response:
    """Show one of them, to read, print or read aloud."""
    return _show(key, LearningForm(formdata=None))


@bp.route("/primers/<string:key>/edit", methods=["GET", "POST"])
@requires("improve")
def primer_edit(key: str) -> AnyResponse:
    """Say it in other words, in the language of the page."""
    language = language_tag()
    with parts().database.read() as session:
        one = primer(session, key, language)
    form = PrimerForm(data={"title": one.title, "text": one.text})
    return posted(
        form,
        lambda act: actions.say_primer(
            act, key, PrimerDraft(language, form.title.data, form.text.data)
        ),
        _page(key),
        _("Said in your words. The shipped text can come back."),
    ) or answer(
        "improvements/plain_form.html",
        "form",
        form=form,
        one=one,
        back=_page(key),
        title=_("Say it in other words"),
        hint=_("In the language of this page; other languages keep their text."),
    )


@bp.post("/primers/<string:key>/take-back")
@requires("improve")
def primer_take_back(key: str) -> AnyResponse:
    """Let the shipped text stand again."""
    with acting() as act:
        actions.take_back_primer(act, key, language_tag())
    return done(_page(key), _("The shipped text stands again."))


@bp.post("/primers/<string:key>/links")
@requires("improve")
def primer_link(key: str) -> AnyResponse:
    """Name where to learn more about it."""
    form = LearningForm()
    return posted(
        form,
        lambda act: actions.add_primer_link(act, key, LinkDraft(**form.values())),
        _page(key),
        _("It stands there now."),
    ) or _show(key, form)


@bp.post("/learning/<int:link_id>/drop")
@requires("improve")
def learning_drop(link_id: int) -> AnyResponse:
    """Take an address off the list."""
    with acting() as act:
        row = actions.drop_link(act, link_id)
        key, number = row.primer, row.improvement_id
    back = _page(key) if key else url_for("sponsors.gains", improvement_id=number)
    return done(back, _("It is not shown any more."))


def _show(key: str, form: LearningForm) -> Response:
    with parts().database.read() as session:
        one = primer(session, key, language_tag())
        links = links_of_primer(session, key)
    typed = request.method == "POST"
    return answer(
        FOLDER + "primer.html", "body", one=one, links=links, form=form, typed=typed
    )


def _page(key: str) -> str:
    return url_for("sponsors.primer_page", key=key)
