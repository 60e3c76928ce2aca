"""What is done to an incident: each deed a small form of its own, and buttons for what needs no
question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, requires
from app.core.errors import Conflict, NotFound
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.texts import row_number
from app.core.web import blaming, choices
from app.incidents.actions import ending, handing, responsibility, sorting, working
from app.incidents.actions.handing import HandOver
from app.incidents.forms import deeds as forms
from app.incidents.queries.deeds import DeedChoices, choices_for
from app.incidents.queries.page import incident_lead
from app.incidents.rules.tone import Hint, accusing
from app.incidents.views.blueprint import bp
from app.incidents.views.page import page_of, show

Run = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing done with a form; ``toned`` names the field whose words are looked at."""

    title: Any
    lead: Any
    button: Any
    told: Any
    form: type[Any]
    run: Run
    kind: str = "primary"
    toned: str = ""


def _facts() -> dict[int, str]:
    asked = (
        (name.removeprefix("fact-"), value)
        for name, value in request.form.items()
        if name.startswith("fact-")
    )
    found = ((row_number(number), value) for number, value in asked)
    return {number: value for number, value in found if number is not None}


def _hand_over(session: Session, number: int, form: Any, **more: Any) -> Any:
    told = HandOver(form.team_id.data, form.reason.data or "", _facts(), form.unknown.data)
    return handing.hand_over(session, number, told, **more)


def _plain(action: Run, *names: str) -> Run:
    def run(session: Session, number: int, form: Any, **more: Any) -> Any:
        typed = form.values()
        return action(session, number, *(typed[name] for name in names), **more)

    return run


def _restore(session: Session, number: int, form: Any, **more: Any) -> Any:
    return ending.restore(
        session, number, form.what.data or "", at=form.at.data, cause=form.cause.data or "", **more
    )


def _send_back(session: Session, number: int, form: Any, **more: Any) -> Any:
    return handing.send_back(
        session, number, form.fact.data or "", ask_always=form.ask_always.data, **more
    )


def _without_revision(run: Run) -> Run:
    return lambda session, number, form, began_at, **more: run(session, number, form, **more)


def _wait(session: Session, number: int, form: Any, *, now: datetime, **more: Any) -> Any:
    until = form.until.data or now
    return working.wait(session, number, form.on.data, until, form.why.data or "", now=now, **more)


def _take(session: Session, number: int, *, by: str, now: datetime) -> Any:
    return working.assign(session, number, by, by=by, now=now)


def _order(session: Session, number: int, form: Any, *, now: datetime, **more: Any) -> Any:
    due = form.due_at.data or now
    return responsibility.order(
        session, number, form.team_id.data, form.what.data or "", due, now=now, **more
    )


DEEDS: dict[str, Deed] = {
    "restore": Deed(
        _("It works again"),
        _("Restored means: the requester can work. Closing comes later."),
        _("Restored"),
        _("Restored. It is closed when the requester agrees or does not object."),
        forms.RestoreForm,
        _restore,
    ),
    "hand-over": Deed(
        _("Hand over"),
        _("The next team starts with what you write here."),
        _("Hand over"),
        _("Handed over."),
        forms.HandOverForm,
        _hand_over,
        toned="reason",
    ),
    "send-back": Deed(
        _("Information insufficient"),
        _("It goes back to the team it came from, with the fact that is missing."),
        _("Send back"),
        _("Sent back for a missing fact."),
        forms.SendBackForm,
        _send_back,
        toned="fact",
    ),
    "decline": Deed(
        _("Leave it where it is"),
        _("Who asked for the hand-over reads your reason."),
        _("Leave it"),
        _("It stays where it is."),
        forms.ReasonForm,
        _without_revision(_plain(handing.decline, "reason")),
        toned="reason",
    ),
    "assign": Deed(
        _("Who works on it"),
        "",
        _("Assign"),
        _("Assigned."),
        forms.AssignForm,
        _without_revision(_plain(working.assign, "agent")),
    ),
    "wait": Deed(
        _("Wait"),
        _("The clock of the whole time goes on; whose turn it is becomes visible."),
        _("Wait"),
        _("It waits."),
        forms.WaitForm,
        _wait,
    ),
    "order": Deed(
        _("Order work"),
        _("The team accepts, or refuses with a reason that goes to management."),
        _("Order it"),
        _("The work is ordered."),
        forms.OrderForm,
        _order,
    ),
    "service": Deed(
        _("Another service"),
        _("Urgency is that service's, so the priority is worked out anew."),
        _("Change the service"),
        _("The service is changed."),
        forms.ServiceForm,
        _plain(sorting.change_service, "service_id", "reason"),
    ),
    "merge": Deed(
        _("Merge a duplicate"),
        _("Who reported it and all contacts go along into the other incident."),
        _("Merge"),
        _("Merged."),
        forms.MergeForm,
        _plain(ending.merge, "into_id"),
        kind="danger",
    ),
    "reopen": Deed(
        _("It does not work after all"),
        "",
        _("Reopen"),
        _("It is open again."),
        forms.ReasonForm,
        _plain(ending.reopen, "reason"),
    ),
    "cancel": Deed(
        _("Cancel the incident"),
        _("For what turned out to be none; the requester reads the reason."),
        _("Cancel the incident"),
        _("Cancelled."),
        forms.ReasonForm,
        _plain(ending.cancel, "reason"),
        kind="danger",
    ),
    "problem": Deed(
        _("Problem behind it"),
        _("It works again; now the cause can be removed."),
        _("Keep it"),
        _("The problem is written down."),
        forms.ProblemForm,
        _without_revision(_plain(ending.open_problem, "text", "workaround")),
    ),
}
"""What is asked first, by the last part of its address."""

ACTS: dict[str, tuple[Run, Any]] = {
    "start": (working.start, _("You work on it now.")),
    "basics-failed": (
        responsibility.basics_failed,
        _("Noted. The page says who is finally responsible."),
    ),
    "take-over": (responsibility.take_over, _("You are finally responsible until it is restored.")),
    "confirm": (handing.confirm, _("Handed over as asked.")),
    "close": (ending.close, _("Closed.")),
    "take": (
        lambda session, number, *, by, now: working.assign(session, number, by, by=by, now=now),
        _("It is yours."),
    ),
}
"""What needs no question, by the last part of its address."""


@bp.route("/desk/<int:incident_id>/do/<string:deed>", methods=["GET", "POST"])
@requires("desk")
def incident_do(incident_id: int, deed: str) -> AnyResponse:
    """Ask what a deed needs, and do it."""
    chosen = DEEDS.get(deed)
    if chosen is None:
        raise NotFound(gettext("There is no such thing to do."))
    form = chosen.form()
    with parts().database.read() as session:
        _offer(form, choices_for(session, incident_id))
    hints = _hints(chosen, form)
    if form.validate_on_submit() and not hints:
        try:
            with blaming(form):
                return _did(incident_id, chosen, form)
        except Conflict:
            return _asked(incident_id, deed, chosen, form, status=409)
    return _asked(incident_id, deed, chosen, form, hints=hints)


@bp.post("/desk/<int:incident_id>/now/<string:act>")
@requires("desk")
def incident_now(incident_id: int, act: str) -> AnyResponse:
    """Do what needs no question."""
    if act not in ACTS:
        raise NotFound(gettext("There is no such thing to do."))
    run, told = ACTS[act]
    with parts().database.write() as session:
        run(session, incident_id, by=current_operator_name(), now=parts().now())
    return done(
        url_for("incidents.index") if request.form.get("back") == "queue" else page_of(incident_id),
        told,
    )


@bp.post("/desk/<int:incident_id>/note")
@requires("desk")
def incident_note(incident_id: int) -> AnyResponse:
    """Write a note, or an answer the requester reads too."""
    form = forms.NoteForm(prefix="note")
    with blaming(form):
        with parts().database.write() as session:
            working.note(
                session,
                incident_id,
                form.text.data or "",
                public=form.public.data,
                by=current_operator_name(),
                now=parts().now(),
            )
        return done(page_of(incident_id), gettext("Written down."))
    return show(incident_id, status=422, note=form)


@bp.post("/desk/<int:incident_id>/step")
@requires("desk")
def incident_step(incident_id: int) -> AnyResponse:
    """Write down what was tried."""
    form = forms.StepForm(prefix="step")
    with blaming(form):
        with parts().database.write() as session:
            working.step(
                session,
                incident_id,
                form.text.data or "",
                form.level.data or 1,
                by=current_operator_name(),
                now=parts().now(),
            )
        return done(page_of(incident_id), gettext("The step is written down."))
    return show(incident_id, status=422, step=form)


def _did(incident_id: int, chosen: Deed, form: Any) -> AnyResponse:
    with parts().database.write() as session:
        chosen.run(
            session,
            incident_id,
            form,
            began_at=form.began_at,
            by=current_operator_name(),
            now=parts().now(),
        )
    return done(page_of(incident_id), chosen.told)


def _asked(
    incident_id: int,
    deed: str,
    chosen: Deed,
    form: Any,
    *,
    hints: Sequence[Hint] = (),
    status: int = 200,
) -> AnyResponse:
    with parts().database.read() as session:
        lead = incident_lead(session, incident_id, form.began_at if status == 409 else None)
        offered = choices_for(session, incident_id)
    if hints:
        form.tone_seen.data = "yes"
    return answer(
        "incidents/deed.html",
        "form",
        status=status,
        form=form,
        deed=deed,
        chosen=chosen,
        one=lead.one,
        lead=lead,
        facts=offered.facts if deed == "hand-over" else (),
        typed_facts=_facts(),
        hints=hints,
    )


def _hints(chosen: Deed, form: Any) -> list[Hint]:
    if (
        request.method != "POST"
        or not chosen.toned
        or "tone_seen" not in form
        or form.tone_seen.data
    ):
        return []
    return accusing(form[chosen.toned].data or "")


def _offer(form: Any, offered: DeedChoices) -> None:
    if "team_id" in form:
        form.team_id.choices = choices([("", gettext("choose a team")), *offered.teams])
    if "service_id" in form:
        form.service_id.choices = choices([("", gettext("choose a service")), *offered.services])
    if "agent" in form:
        form.agent.choices = choices(
            [("", gettext("nobody")), *((name, name) for name in offered.agents)]
        )
