"""Hand-overs: with a reason, counted, locked when they go to and fro; the owner redirects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.sheet import actions as sheet_actions
from app.core.acting import Acting
from app.core.errors import Invalid, Refused
from app.core.said import said
from app.incidents.events import ENDED_WAIT, happened, hold_of, open_one, team_in_use
from app.incidents.hands.queries import moves_of
from app.incidents.hands.rules import Move, teams_that_had_it, why_locked
from app.incidents.queries import desk_numbers, missing_facts
from app.models.catalog.service import Fact, Service
from app.models.incidents.incident import Incident, IncidentFact
from app.models.incidents.words import EventKind, IncidentState
from app.models.people import Team


@dataclass(frozen=True, slots=True)
class HandOver:
    """To which team and why.

    ``facts`` are answers by the fact's number; ``unknown``: nobody knows the others.
    """

    team_id: int | None
    reason: str
    facts: Mapping[int, str] = field(default_factory=dict)
    unknown: bool = False


def hand_over(
    act: Acting,
    incident_id: int,
    told: HandOver,
    *,
    began_at: int | None = None,
) -> Incident:
    """Hand an incident to another team, or ask the owner to where his service wants that.

    A return to a team that had it, or more hand-overs than usual, locks it: the next move is the
    owner's.
    """
    incident = open_one(act.session, incident_id, began_at=began_at)
    goal = _goal(act.session, incident, told)
    missing = _facts_told(act.session, incident, told)
    hold = hold_of(act.session, incident)
    service = (
        act.session.get(Service, incident.service_id) if incident.service_id else None
    )
    if act.by == hold.decides and act.by:
        return _redirected(act, incident, goal, told.reason)
    if service is not None and service.through_owner and hold.decides:
        return _asked(act, incident, goal, told.reason, hold.decides)
    return _handed(act, incident, goal, told.reason, missing)


def redirect(
    act: Acting,
    incident_id: int,
    told: HandOver,
    *,
    began_at: int | None = None,
) -> Incident:
    """The owner sends the incident to another team, whoever has it and locked or not; that lifts a
    lock.
    """
    incident = open_one(act.session, incident_id, began_at=began_at)
    goal = _goal(act.session, incident, told)
    decides = hold_of(act.session, incident).decides
    if act.by != decides:
        raise Refused(_owner_only(act.session, incident, decides))
    return _redirected(act, incident, goal, told.reason)


def confirm(act: Acting, incident_id: int) -> Incident:
    """The owner agrees to the hand-over that was asked of him."""
    incident, goal = _asked_of(act.session, incident_id, act.by)
    return _redirected(act, incident, goal, "As asked.")


def decline(act: Acting, incident_id: int, reason: str) -> Incident:
    """The owner leaves the incident where it is, with a reason."""
    incident, goal = _asked_of(act.session, incident_id, act.by)
    if not reason.strip():
        raise Invalid(said("Say why it stays where it is."), field="reason")
    sentence = f"{incident.title} stays where it is"
    data = {"declined": goal.name}
    values = {"asked_team_id": None}
    happened(
        act,
        incident,
        EventKind.ASKED,
        sentence,
        values=values,
        text=reason,
        data=data,
    )
    return incident


def send_back(
    act: Acting,
    incident_id: int,
    fact: str,
    *,
    ask_always: bool = False,
    began_at: int | None = None,
) -> Incident:
    """Return an incident to the team it came from, because a fact is missing; name which.

    ``ask_always``: the service asks for that fact at intake from now on.
    """
    incident = open_one(act.session, incident_id, began_at=began_at)
    if not fact.strip():
        raise Invalid(said("Say which fact is missing."), field="fact")
    moves = moves_of(act.session, incident_id)
    if not moves or moves[-1].source is None:
        raise Refused(
            said(
                "It was not handed over to this team, so there is nobody to ask "
                "but the requester."
            )
        )
    if moves[-1].returned:
        raise Refused(
            said(
                "It came back here itself because a fact was missing; answer "
                "that first."
            )
        )
    goal = act.session.get_one(Team, moves[-1].source)
    data = {
        "from": incident.team_id,
        "to": goal.id,
        "fact": fact.strip(),
        "always": ask_always,
    }
    if ask_always:
        ask_from_now_on(act, incident, fact)
    sentence = f"{incident.title} lacks a fact: {fact.strip()}"
    _move(act, incident, goal, EventKind.RETURNED, sentence, fact, data, 0)
    return incident


def ask_from_now_on(act: Acting, incident: Incident, name: str) -> Fact | None:
    """Add a fact to what the service asks for at intake, unless it asks for it; None without a
    service.
    """
    if incident.service_id is None:
        return None
    return sheet_actions.ask_from_now_on(act, incident.service_id, name)


def answer_facts(
    session: Session, incident: Incident, facts: Mapping[int, str]
) -> None:
    """Write down answers to the facts of a service; an empty one leaves what was known."""
    known = session.scalars(
        select(IncidentFact).where(IncidentFact.incident_id == incident.id)
    ).all()
    rows = {row.fact_id: row for row in known}
    for fact_id, value in facts.items():
        if not value.strip():
            continue
        if fact_id in rows:
            rows[fact_id].value = value.strip()
        else:
            session.add(
                IncidentFact(
                    incident_id=incident.id, fact_id=fact_id, value=value.strip()
                )
            )
    session.flush()


def _goal(session: Session, incident: Incident, told: HandOver) -> Team:
    if not told.reason.strip():
        raise Invalid(
            said("Give the reason: what was found, and why that team."), field="reason"
        )
    goal = team_in_use(session, told.team_id)
    if goal.id == incident.team_id:
        raise Invalid(said("%(name)s has it already.", name=goal.name), field="team_id")
    return goal


def _facts_told(session: Session, incident: Incident, told: HandOver) -> list[str]:
    answer_facts(session, incident, told.facts)
    missing = [fact.name for fact in missing_facts(session, incident)]
    if missing and not told.unknown:
        named = ", ".join(missing)
        raise Invalid(
            said(
                "The service needs: %(named)s. Ask for it, or say that nobody "
                "knows it.",
                named=named,
            ),
            field="unknown",
        )
    return missing


def _handed(
    act: Acting,
    incident: Incident,
    goal: Team,
    reason: str,
    missing: list[str],
) -> Incident:
    moves = moves_of(act.session, incident.id)
    had = teams_that_had_it([*moves, Move(incident.team_id, goal.id)])
    bounce = goal.id in had
    data = {
        "from": incident.team_id,
        "to": goal.id,
        "bounce": bounce,
        "missing": missing,
    }
    sentence = f"{incident.title} handed over to {goal.name}"
    _move(
        act, incident, goal, EventKind.HANDED_OVER, sentence, reason, data, int(bounce)
    )
    why = why_locked(
        goal.id, had, incident.hand_overs, desk_numbers(act.session).most_hand_overs
    )
    if why and incident.bounce_locked_at is None:
        values = {"bounce_locked_at": act.now}
        sentence = f"Bounce lock on {incident.title}"
        happened(
            act,
            incident,
            EventKind.LOCKED,
            sentence,
            values=values,
            text=why,
            touches=False,
        )
    return incident


def _redirected(act: Acting, incident: Incident, goal: Team, reason: str) -> Incident:
    data = {"from": incident.team_id, "to": goal.id}
    sentence = f"{incident.title} redirected to {goal.name}"
    was_locked = incident.bounce_locked_at is not None
    _move(act, incident, goal, EventKind.REDIRECTED, sentence, reason, data, 0)
    if was_locked:
        sentence = f"Bounce lock on {incident.title} lifted"
        happened(
            act,
            incident,
            EventKind.UNLOCKED,
            sentence,
            values={"bounce_locked_at": None},
        )
    return incident


def _asked(
    act: Acting,
    incident: Incident,
    goal: Team,
    reason: str,
    owner: str,
) -> Incident:
    data = {"to": goal.id, "team": goal.name, "owner": owner}
    sentence = f"{owner} is asked to hand {incident.title} to {goal.name}"
    values = {"asked_team_id": goal.id}
    happened(
        act,
        incident,
        EventKind.ASKED,
        sentence,
        values=values,
        text=reason,
        data=data,
    )
    return incident


def _asked_of(session: Session, incident_id: int, by: str) -> tuple[Incident, Team]:
    incident = open_one(session, incident_id)
    decides = hold_of(session, incident).decides
    if incident.asked_team_id is None:
        raise Refused(said("No hand-over waits for an answer."))
    if by != decides:
        raise Refused(_owner_only(session, incident, decides))
    return incident, session.get_one(Team, incident.asked_team_id)


def _move(
    act: Acting,
    incident: Incident,
    goal: Team,
    kind: EventKind,
    sentence: str,
    text: str,
    data: Mapping[str, Any],
    bounces: int,
) -> None:
    values = {
        "team_id": goal.id,
        "agent": "",
        "state": IncidentState.ASSIGNED,
        "asked_team_id": None,
        "hand_overs": incident.hand_overs + (incident.team_id is not None),
        "bounces": incident.bounces + bounces,
        **ENDED_WAIT,
    }
    happened(act, incident, kind, sentence, values=values, text=text, data=data)


def _owner_only(session: Session, incident: Incident, decides: str) -> str:
    if decides:
        return f"Only {decides} redirects it: the owner of the service."
    return "Its service has no owner, so nobody can redirect it. Name one in the catalogue first."
