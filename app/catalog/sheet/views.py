"""A service's page, its history, and each tab with what belongs to it; who answers for what."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_permissions, requires
from app.auth.acting import acting, posted
from app.catalog.blueprint import bp
from app.catalog.matrix.rules import URGENCIES
from app.catalog.services.actions import publish_objections
from app.catalog.services.queries import (
    get_service,
    parties,
)
from app.catalog.sheet import actions
from app.catalog.sheet.forms import (
    DutyForm,
    FactForm,
    PartForm,
    RightForm,
    ServiceNoteForm,
    SettleForm,
)
from app.catalog.sheet.queries import duty_report, service_page
from app.catalog.sheet.rules import LETTERS, USUAL_PROCESSES
from app.core.charts.figure import fitting
from app.core.htmx import Undo, answer, done
from app.core.parts import parts
from app.core.plain import ref
from app.core.trail import about, count, history
from app.core.web import asked_page, blaming, csv_answer
from app.core.web.words import give_words
from app.models.directory import Lens

give_words(
    bp,
    lens_words={
        Lens.DIRECT: _l("direct members only"),
        Lens.MEMBEROF: _l("memberOf"),
        Lens.RECURSIVE: _l("also groups inside groups"),
        Lens.UNKNOWN: _l("not known: counted as direct members"),
    },
)


@bp.get("/services/duties")
@requires("read")
def duties() -> Response:
    """Show who answers for what, and count where nobody does."""
    with parts().database.read() as session:
        report = duty_report(session)
    return answer("catalog/sheet/accountable.html", "body", report=report)


@bp.get("/services/duties.csv")
@requires("read")
def duties_csv() -> Response:
    """Return who answers for what as a spreadsheet."""
    with parts().database.read() as session:
        report = duty_report(session)
    rows = (
        (line.name, line.state, line.owner, *line.accountable) for line in report.lines
    )
    return csv_answer(
        "duties.csv", ("service", "state", "owner", *report.processes), rows
    )


@bp.get("/services/<int:service_id>")
@requires("read")
def service(service_id: int) -> Response:
    """Show one service on one page."""
    with parts().database.read() as session:
        page = service_page(session, service_id)
        objections = publish_objections(session, page.one)
    picture = fitting(page.composite) if page.composite else ""
    context: dict[str, Any] = {
        "page": page,
        "objections": objections,
        "picture": picture,
        "urgencies": URGENCIES,
    }
    return answer("catalog/sheet/service.html", "body", **context)


@bp.get("/services/<int:service_id>/history")
@requires("read")
def service_history(service_id: int) -> Response:
    """Show what was done to a service and everything in it, field by field."""
    asked = asked_page()
    with parts().database.read() as session:
        one = get_service(session, service_id)
        done_to_it = about(ref(one))
        asked = asked.of(count(session, done_to_it))
        events = history(
            session, done_to_it, current_permissions(), asked.offset, asked.size
        )
    return answer(
        "catalog/sheet/history.html", "list", one=one, events=events, page=asked
    )


@bp.route("/services/<int:service_id>/parts", methods=["GET", "POST"])
@requires("catalog")
def service_parts(service_id: int) -> AnyResponse:
    """Say what a service needs."""
    form = PartForm()
    if form.validate_on_submit():
        with blaming(form):
            with acting() as act:
                actions.add_part(
                    act, service_id, form.part_id.data, form.note.data or ""
                )
            undo = Undo(
                url_for(
                    "catalog.service_part_remove",
                    service_id=service_id,
                    part_id=form.part_id.data,
                )
            )
            return done(
                _here("parts", service_id), _("It is a part of it now."), undo=undo
            )
    return _show(service_id, "parts", form)


@bp.post("/services/<int:service_id>/parts/<int:part_id>/remove")
@requires("catalog")
def service_part_remove(service_id: int, part_id: int) -> AnyResponse:
    """Say that a service no longer needs another one."""
    with acting() as act:
        note = actions.remove_part(act, service_id, part_id)
    there = _here("parts", service_id)
    undo = Undo(there, {"part_id": f"row:{part_id}", "note": note})
    return done(there, _("It is no part of it any more."), undo=undo)


@bp.route("/services/<int:service_id>/duties", methods=["GET", "POST"])
@requires("catalog")
def service_duties(service_id: int) -> AnyResponse:
    """Say who does what for a service and its processes."""
    form = DutyForm()
    if saved := posted(
        form,
        lambda act: actions.set_duty(
            act,
            service_id,
            form.of_process.data or "",
            form.party.data,
            form.letter.data,
        ),
        _here("duties", service_id),
        lambda _made: _told_of_duty(form),
        lambda made: _duty_before(service_id, made),
    ):
        return saved
    with parts().database.read() as session:
        offered = {
            "known_parties": parties(session),
            "known_processes": USUAL_PROCESSES,
        }
    return _show(service_id, "duties", form, **offered)


def _duty_before(service_id: int, made: actions.DutySet) -> Undo | None:
    """Return the opposite of what was just said of one party, where nobody else's duty changed."""
    duty = made.duty
    if not made.alone or made.before is duty.letter:
        return None
    if made.before is None:
        out = "catalog.service_duty_remove"
        return Undo(url_for(out, service_id=service_id, duty_id=duty.id))
    had = {"of_process": duty.process, "party": duty.party, "letter": made.before.value}
    return Undo(_here("duties", service_id), had)


def _told_of_duty(form: DutyForm) -> str:
    letter = _(LETTERS[form.letter.data])
    return str(_("%(party)s is %(letter)s now.", party=form.party.data, letter=letter))


@bp.post("/services/<int:service_id>/duties/<int:duty_id>/remove")
@requires("catalog")
def service_duty_remove(service_id: int, duty_id: int) -> AnyResponse:
    """Take a party out of a process."""
    with acting() as act:
        gone = actions.remove_duty(act, service_id, duty_id)
    there = _here("duties", service_id)
    undo = Undo(
        there,
        {"of_process": gone.process, "party": gone.party, "letter": gone.letter.value},
    )
    return done(there, _("Taken out."), undo=undo)


@bp.route("/services/<int:service_id>/rights", methods=["GET", "POST"])
@requires("catalog")
def service_rights(service_id: int) -> AnyResponse:
    """Say which rights open a service: who holds them uses it."""
    form = RightForm()
    if saved := posted(
        form,
        lambda act: actions.add_right(
            act, service_id, actions.find_right(act.session, form.right.data)
        ),
        _here("rights", service_id),
        _("This right opens it now."),
        lambda made: Undo(
            url_for(
                "catalog.service_right_remove",
                service_id=service_id,
                right_id=made.entitlement_id,
            )
        ),
    ):
        return saved
    return _show(service_id, "rights", form)


@bp.post("/services/<int:service_id>/rights/<int:right_id>/remove")
@requires("catalog")
def service_right_remove(service_id: int, right_id: int) -> AnyResponse:
    """Say that a right no longer opens a service."""
    with acting() as act:
        actions.remove_right(act, service_id, right_id)
    there = _here("rights", service_id)
    undo = Undo(there, {"right": f"row:{right_id}"})
    return done(there, _("This right no longer opens it."), undo=undo)


@bp.route("/services/<int:service_id>/facts", methods=["GET", "POST"])
@requires("catalog")
def service_facts(service_id: int) -> AnyResponse:
    """Say what the desk has to ask for."""
    form = FactForm()
    return posted(
        form,
        lambda act: actions.add_fact(
            act, service_id, form.name.data, form.hint.data or "", form.required.data
        ),
        _here("facts", service_id),
        _("The desk asks for it from now on."),
        lambda fact: Undo(
            url_for(
                "catalog.service_fact_retire", service_id=service_id, fact_id=fact.id
            )
        ),
    ) or _show(service_id, "facts", form)


@bp.post("/services/<int:service_id>/facts/<int:fact_id>/move")
@requires("catalog")
def service_fact_move(service_id: int, fact_id: int) -> AnyResponse:
    """Ask for a fact one place earlier or later."""
    up = request.form.get("up") == "1"
    with acting() as act:
        actions.move_fact(act, service_id, fact_id, up)
    undo = Undo(request.path, {"up": "" if up else "1"})
    return done(_here("facts", service_id), _("Moved."), undo=undo)


@bp.post("/services/<int:service_id>/facts/<int:fact_id>/retire")
@requires("catalog")
def service_fact_retire(service_id: int, fact_id: int) -> AnyResponse:
    """Ask for a fact no longer."""
    with acting() as act:
        actions.retire_fact(act, service_id, fact_id)
    return done(
        _here("facts", service_id),
        _("The desk no longer asks for it; answers given so far stay."),
    )


@bp.route("/services/<int:service_id>/notes", methods=["GET", "POST"])
@requires("catalog")
def service_notes(service_id: int) -> AnyResponse:
    """Keep a decision or a dispute with a service."""
    form = ServiceNoteForm()
    return posted(
        form,
        lambda act: actions.add_note(act, service_id, form.kind.data, form.text.data),
        _here("notes", service_id),
        _("Kept."),
    ) or _show(service_id, "notes", form, settling=SettleForm(formdata=None))


@bp.post("/services/<int:service_id>/notes/<int:note_id>/settle")
@requires("catalog")
def service_note_settle(service_id: int, note_id: int) -> AnyResponse:
    """Say how a dispute was settled."""
    settling = SettleForm()
    if settling.validate_on_submit():
        with acting() as act:
            actions.settle(act, service_id, note_id, settling.how.data)
        return done(_here("notes", service_id), _("Settled."))
    return _show(
        service_id,
        "notes",
        ServiceNoteForm(formdata=None),
        settling=settling,
        status=422,
    )


def _show(service_id: int, aspect: str, form: Any, **context: Any) -> Response:
    with parts().database.read() as session:
        page = service_page(session, service_id)
    picture = fitting(page.composite) if page.composite and aspect == "parts" else ""
    return answer(
        f"catalog/sheet/{aspect}.html",
        "body",
        page=page,
        one=page.one,
        form=form,
        picture=picture,
        **context,
    )


def _here(aspect: str, service_id: int) -> str:
    return url_for(f"catalog.service_{aspect}", service_id=service_id)
