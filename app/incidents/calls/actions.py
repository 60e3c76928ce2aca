"""Calls as the telephone system tells of them, contacts, and a report made while somebody calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import one_locked
from app.core.errors import Invalid, Refused
from app.core.said import said
from app.incidents.calls.rules import WINDOW, CallTold, times
from app.incidents.events import ENDED_WAIT, happened, locked
from app.incidents.intake.actions import Report, report
from app.models.auth import Operator
from app.models.catalog.service import Fact
from app.models.incidents.desk import Call
from app.models.incidents.incident import Contact, Incident
from app.models.incidents.words import (
    CallState,
    EventKind,
    IncidentState,
    Via,
    WaitingOn,
)
from app.people.queries.callers import find_callers
from app.people.rules.numbers import is_withheld


def take_call(act: Acting, told: CallTold) -> Call:
    """Note one event of a call; told twice or out of order it comes to the same.

    Only a sure caller is taken as known.

    A time the telephone system gives is believed within five minutes of now.
    """
    known = select(Call).where(Call.key == told.key).with_for_update()
    call = act.session.scalars(known).one_or_none()
    at = told.at if told.at and abs(told.at - act.now) <= WINDOW else act.now
    if call is None:
        call = Call(key=told.key, started_at=at, answered_at=None, ended_at=None)
        act.session.add(call)
    call.started_at, call.answered_at, call.ended_at = times(
        (call.started_at, call.answered_at, call.ended_at), told.event, at
    )
    call.state = _state(call)
    call.number = call.number or told.number
    if told.agent and (not call.agent or told.event == "answer"):
        call.agent = _operator(act.session, told.agent, act.settings.phone_country)
    if call.person_id is None and call.number:
        call.person_id = _sure(act.session, call.number, act.settings.phone_country)
    act.session.flush()
    return call


def add_contact(
    act: Acting,
    incident_id: int,
    who: str,
    text: str = "",
    *,
    via: Via = Via.PHONE,
    call_id: int | None = None,
) -> Contact:
    """Note that somebody got in touch about an incident that is there already; while it is open
    that is counted.
    """
    incident = locked(act.session, incident_id)
    if incident.state in (IncidentState.CANCELLED, IncidentState.MERGED):
        raise Refused(
            said(
                "This incident is %(value)s; add the contact to the one that is "
                "worked on.",
                value=incident.state.value,
            )
        )
    if not who.strip():
        raise Invalid(said("Say who got in touch."), field="who")
    call = one_locked(act.session, Call, call_id) if call_id else None
    contact = Contact(
        incident_id=incident.id,
        at=act.now,
        via=via,
        who=who.strip(),
        text=text.strip(),
        call_id=call_id,
        by=act.by,
    )
    act.session.add(contact)
    if call:
        call.incident_id, call.person_id = (
            incident.id,
            call.person_id or incident.person_id,
        )
    values = {"contacts": incident.contacts + 1} if incident.is_open else {}
    if incident.waiting_on is WaitingOn.REQUESTER:
        values |= _looked_at_again(incident)
    sentence = f"{who.strip()} got in touch again: {incident.title}"
    happened(
        act,
        incident,
        EventKind.CONTACT,
        sentence,
        values=values,
        text=text,
        data={"via": via.value, "who": who.strip()},
    )
    return contact


def _looked_at_again(incident: Incident) -> dict[str, Any]:
    """Return what ends the wait for a requester who has answered."""
    begun = IncidentState.IN_PROGRESS if incident.agent else IncidentState.ASSIGNED
    held = incident.agent or incident.team_id
    return {
        "state": begun if held else IncidentState.NEW,
        **ENDED_WAIT,
    }


def belongs(
    session: Session, call_id: int, person_id: int | None, incident_id: int
) -> None:
    """Say whose call it was and which incident came of it."""
    call = one_locked(session, Call, call_id)
    call.incident_id, call.person_id = incident_id, person_id or call.person_id


def _state(call: Call) -> CallState:
    if call.ended_at:
        return CallState.ENDED if call.answered_at else CallState.MISSED
    return CallState.ANSWERED if call.answered_at else CallState.RINGING


def _operator(session: Session, agent: str, country: str) -> str:
    """Return the operator meant by a name or by the number of his telephone; nobody: the whole desk
    sees the call.
    """
    named = session.scalar(
        select(Operator.name).where(func.lower(Operator.name) == agent.lower())
    )
    if named:
        return named
    uids = [each.uid for each in find_callers(session, agent, country=country)]
    found = session.scalars(
        select(Operator.name).where(
            Operator.person_uid.in_(uids), Operator.person_uid != ""
        )
    ).all()
    return found[0] if len(found) == 1 else ""


def _sure(session: Session, number: str, country: str) -> int | None:
    if is_withheld(number):
        return None
    sure = [
        each for each in find_callers(session, number, country=country) if each.sure
    ]
    return sure[0].person_id if len(sure) == 1 else None


NOT_KNOWN = "Not known: "


def facts_given(
    facts: Sequence[Fact], values: Mapping[int, str], reasons: Mapping[int, str]
) -> dict[int, str]:
    """Return the answers to keep; a required fact may only be left out with the reason why it is
    not known.

    Raises ``Invalid`` naming the first one left out: ``fact-3``.
    """
    kept: dict[int, str] = {}
    for fact in facts:
        value, reason = (
            values.get(fact.id, "").strip(),
            reasons.get(fact.id, "").strip(),
        )
        if not value and not reason and fact.required:
            raise Invalid(
                said(
                    "%(name)s: ask for it, or say why it is not known.", name=fact.name
                ),
                field=f"fact-{fact.id}",
            )
        if value or reason:
            kept[fact.id] = value or NOT_KNOWN + reason
    return kept


def take_in(act: Acting, told: Report) -> Incident:
    """Write down what intake asked for; the call it came with knows its incident from then on."""
    incident = report(act, told)
    if told.call_id:
        belongs(act.session, told.call_id, told.person_id, incident.id)
    return incident
