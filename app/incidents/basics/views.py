"""The desk's numbers and the team's basics."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import fresh, requires
from app.auth.acting import acting, posted
from app.core.changes import word
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web import blaming
from app.incidents.basics import actions
from app.incidents.basics.forms import BasicsForm, NumbersForm
from app.incidents.basics.queries import (
    basics_page,
    basics_rules,
    number_versions,
    open_by_priority,
)
from app.incidents.blueprint import bp
from app.incidents.queries import desk_numbers
from app.models.incidents.desk import BasicsSheet, DeskPolicy
from app.models.incidents.words import BasicsStance


@bp.route("/desk/settings", methods=["GET", "POST"])
@requires("policy")
@fresh
def settings() -> AnyResponse:
    """Show and change the desk's numbers."""
    with parts().database.read() as session:
        now_open, versions = (
            open_by_priority(session, parts().now()),
            number_versions(session),
        )
        form = NumbersForm.of(desk_numbers(session))
        newest = actions.newest_version(session, DeskPolicy)
    if saved := posted(
        form,
        lambda act: actions.set_numbers(
            act,
            form.numbers(),
            form.reason.data,
            began_at=form.began_at,
        ),
        url_for("incidents.settings"),
        _("The new numbers are in force."),
    ):
        return saved
    form.revision.data = newest
    return answer(
        "incidents/basics/settings.html",
        "body",
        form=form,
        now_open=now_open,
        versions=versions,
    )


@bp.get("/desk/basics")
@requires("desk")
def basics() -> Response:
    """Show the team's basics: who agreed, who dissents, and whether each rule is kept."""
    with parts().database.read() as session:
        sheet = basics_page(session, parts().now())
    return answer("incidents/basics/basics.html", "body", basics=sheet)


@bp.post("/desk/basics/say")
@requires("desk")
def basics_say() -> AnyResponse:
    """Sign the basics or one of their rules, or dissent in writing."""
    stance = word(BasicsStance, request.form.get("stance", ""), "stance")
    with acting() as act:
        actions.say(
            act,
            request.form.get("sheet", type=int),
            request.form.get("rule", ""),
            stance,
            request.form.get("text", "")[:2000],
        )
    told = (
        _("Signed.")
        if stance is BasicsStance.SIGNS
        else _("Your dissent is kept with the basics.")
    )
    return done(url_for("incidents.basics"), told)


@bp.route("/desk/basics/edit", methods=["GET", "POST"])
@requires("policy")
@fresh
def basics_edit() -> AnyResponse:
    """Write a new version of the basics."""
    with parts().database.read() as session:
        known, newest = (
            basics_rules(session),
            actions.newest_version(session, BasicsSheet),
        )
    form = BasicsForm(data={"rules": "\n".join(rule.text for rule in known)})
    if form.validate_on_submit():
        with blaming(form):
            with acting() as act:
                rules = actions.typed_rules(form.rules.data, known)
                actions.write_basics(
                    act,
                    rules,
                    form.reason.data,
                    began_at=form.began_at,
                )
            return done(
                url_for("incidents.basics"),
                _("The new version is in force; everybody may sign it."),
            )
    overtaken = form.began_at is not None and form.began_at != newest
    form.revision.data = newest
    return answer(
        "incidents/basics/basics_edit.html",
        "form",
        form=form,
        theirs=known if overtaken else [],
    )
