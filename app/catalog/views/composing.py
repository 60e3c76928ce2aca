"""What belongs to a service, each on a page of its own: parts, duties, rights, facts, decisions and
disputes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting
from app.catalog.actions import composing as actions
from app.catalog.forms.services import (
    DutyForm,
    FactForm,
    PartForm,
    RightForm,
    ServiceNoteForm,
    SettleForm,
)
from app.catalog.queries.offers import free_rights, other_services, parties
from app.catalog.queries.pages_service import service_page
from app.catalog.rules.raci import LETTERS, USUAL_PROCESSES
from app.catalog.views.blueprint import bp
from app.core.charts.figure import both
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web import blaming, choices


@bp.route("/services/<int:service_id>/parts", methods=["GET", "POST"])
@requires("catalog")
def service_parts(service_id: int) -> AnyResponse:
    """Say what a service needs."""
    form = PartForm()
    with parts().database.read() as session:
        form.part_id.choices = choices(other_services(session, service_id))
    if form.validate_on_submit() and form.part_id.data:
        with blaming(form):
            _do(actions.add_part, service_id, form.part_id.data, form.note.data or "")
            return done(_here("parts", service_id), _("It is a part of it now."))
    return _show(service_id, "parts", form)


@bp.post("/services/<int:service_id>/parts/<int:part_id>/remove")
@requires("catalog")
def service_part_remove(service_id: int, part_id: int) -> AnyResponse:
    """Say that a service no longer needs another one."""
    _do(actions.remove_part, service_id, part_id)
    return done(_here("parts", service_id), _("It is no part of it any more."))


@bp.route("/services/<int:service_id>/duties", methods=["GET", "POST"])
@requires("catalog")
def service_duties(service_id: int) -> AnyResponse:
    """Say who does what for a service and its processes."""
    form = DutyForm()
    if form.validate_on_submit():
        with blaming(form):
            _do(
                actions.set_duty,
                service_id,
                form.of_process.data or "",
                form.party.data,
                form.letter.data,
            )
            told = {"party": form.party.data, "letter": _(LETTERS[form.letter.data])}
            return done(_here("duties", service_id), _("%(party)s is %(letter)s now.", **told))
    with parts().database.read() as session:
        offered = {"known_parties": parties(session), "known_processes": USUAL_PROCESSES}
    return _show(service_id, "duties", form, **offered)


@bp.post("/services/<int:service_id>/duties/<int:duty_id>/remove")
@requires("catalog")
def service_duty_remove(service_id: int, duty_id: int) -> AnyResponse:
    """Take a party out of a process."""
    _do(actions.remove_duty, service_id, duty_id)
    return done(_here("duties", service_id), _("Taken out."))


@bp.route("/services/<int:service_id>/rights", methods=["GET", "POST"])
@requires("catalog")
def service_rights(service_id: int) -> AnyResponse:
    """Say which rights open a service: who holds them uses it."""
    form = RightForm()
    if form.validate_on_submit():
        with blaming(form):
            with parts().database.read() as session:
                right_id = actions.find_right(session, form.right.data)
            _do(actions.add_right, service_id, right_id)
            return done(_here("rights", service_id), _("This right opens it now."))
    with parts().database.read() as session:
        known = free_rights(session)
    return _show(service_id, "rights", form, known_rights=known)


@bp.post("/services/<int:service_id>/rights/<int:right_id>/remove")
@requires("catalog")
def service_right_remove(service_id: int, right_id: int) -> AnyResponse:
    """Say that a right no longer opens a service."""
    _do(actions.remove_right, service_id, right_id)
    return done(_here("rights", service_id), _("This right no longer opens it."))


@bp.route("/services/<int:service_id>/facts", methods=["GET", "POST"])
@requires("catalog")
def service_facts(service_id: int) -> AnyResponse:
    """Say what the desk has to ask for."""
    form = FactForm()
    if form.validate_on_submit():
        with blaming(form):
            _do(
                actions.add_fact,
                service_id,
                form.name.data,
                form.hint.data or "",
                form.required.data,
            )
            return done(_here("facts", service_id), _("The desk asks for it from now on."))
    return _show(service_id, "facts", form)


@bp.post("/services/<int:service_id>/facts/<int:fact_id>/move")
@requires("catalog")
def service_fact_move(service_id: int, fact_id: int) -> AnyResponse:
    """Ask for a fact one place earlier or later."""
    _do(actions.move_fact, service_id, fact_id, request.form.get("up") == "1")
    return done(_here("facts", service_id), _("Moved."))


@bp.post("/services/<int:service_id>/facts/<int:fact_id>/retire")
@requires("catalog")
def service_fact_retire(service_id: int, fact_id: int) -> AnyResponse:
    """Ask for a fact no longer."""
    _do(actions.retire_fact, service_id, fact_id)
    return done(
        _here("facts", service_id), _("The desk no longer asks for it; answers given so far stay.")
    )


@bp.route("/services/<int:service_id>/notes", methods=["GET", "POST"])
@requires("catalog")
def service_notes(service_id: int) -> AnyResponse:
    """Keep a decision or a dispute with a service."""
    form = ServiceNoteForm()
    if form.validate_on_submit():
        with blaming(form):
            _do(actions.add_note, service_id, form.kind.data, form.text.data)
            return done(_here("notes", service_id), _("Kept."))
    return _show(service_id, "notes", form, settling=SettleForm(formdata=None))


@bp.post("/services/<int:service_id>/notes/<int:note_id>/settle")
@requires("catalog")
def service_note_settle(service_id: int, note_id: int) -> AnyResponse:
    """Say how a dispute was settled."""
    settling = SettleForm()
    if settling.validate_on_submit():
        _do(actions.settle, service_id, note_id, settling.how.data)
        return done(_here("notes", service_id), _("Settled."))
    return _show(service_id, "notes", ServiceNoteForm(formdata=None), settling=settling, status=422)


def _do(action: Callable[..., Any], *values: Any) -> None:
    with acting() as act:
        action(act, *values)


def _show(service_id: int, aspect: str, form: Any, **context: Any) -> Response:
    with parts().database.read() as session:
        page = service_page(session, service_id)
    picture = both(page.composite) if page.composite and aspect == "parts" else ""
    return answer(
        f"catalog/{aspect}.html",
        "body",
        page=page,
        one=page.one,
        form=form,
        picture=picture,
        **context,
    )


def _here(aspect: str, service_id: int) -> str:
    return url_for(f"catalog.service_{aspect}", service_id=service_id)
