"""Too slow: raised in priority and told to management; waits that are over end; nothing waits for
ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import cast

from sqlalchemy import Table, func, select, update
from sqlalchemy.orm import Session

from app.catalog.hours.rules import ALWAYS, Hours
from app.core.acting import Acting
from app.core.aside import Lane, in_batches, not_resting
from app.core.changes import Change, one_locked
from app.core.errors import Invalid, Refused
from app.core.parts import Parts
from app.core.said import nsaid, said
from app.incidents.clocks.queries import (
    BATCH,
    Past,
    all_hours,
    due_incidents,
    due_to_close,
    past_of,
    still_due,
)
from app.incidents.clocks.rules import (
    MOST_STUCK_RAISES,
    idle_since,
    lapses,
    levels,
    next_lapse,
    untouched_until,
)
from app.incidents.events import happened, open_one
from app.incidents.queries import desk_numbers
from app.incidents.restoration.actions import close
from app.incidents.rules import HIGHEST, DeskNumbers
from app.models.incidents.incident import Escalation, Incident, IncidentEvent
from app.models.incidents.words import EventKind, IncidentState

BY = "rung"
JUDGING: Lane[int] = Lane("escalations", "incident")
CLOSING: Lane[int] = Lane("closings", "incident")
DAY = timedelta(days=1)
UNTOUCHED = "untouched"
NEVER = datetime(2999, 1, 1, tzinfo=UTC)
"""When an incident is looked at again that time alone does not change any more; each event makes it
due at once.
"""


@dataclass(frozen=True, slots=True)
class _Rules:
    """What incidents are judged by."""

    numbers: DeskNumbers
    hours: dict[int | None, Hours]
    past: Past

    def hours_for(self, incident: Incident) -> Hours:
        return self.hours.get(incident.service_id, ALWAYS)


def run_due_escalations(parts: Parts) -> bool:
    """Judge all open incidents that are due, and close the restored nobody objected to; tell
    whether there were any.

    Batches in a short transaction each; what was done is noted with it, so doing it again does
    nothing.
    """
    did = False
    while _judge_some(parts):
        did = True
    while _close_some(parts):
        did = True
    return did


def stuck(act: Acting, incident_id: int, text: str = "") -> Incident:
    """The requester says that nothing happens: raised and told to management, once a day.

    Raises ``Refused``.
    """
    incident = open_one(act.session, incident_id)
    before, last = act.session.execute(
        select(func.count(), func.max(IncidentEvent.at)).where(
            IncidentEvent.incident_id == incident_id,
            IncidentEvent.kind == EventKind.STUCK,
        )
    ).one()
    if last is not None and act.now - last < DAY:
        raise Refused(
            said(
                "It was noted today already, and management knows. You can say "
                "it again tomorrow."
            )
        )
    raises = incident.raises + _room_above(
        incident, 1 if before < MOST_STUCK_RAISES else 0
    )
    happened(
        act,
        incident,
        EventKind.STUCK,
        f"Said to be stuck: {incident.title}",
        text=text,
        values={"raises": raises},
        public=True,
        touches=False,
    )
    why = f"The requester says that it is stuck{f': {text.strip()}' if text.strip() else '.'}"
    _tell(act, incident, f"stuck {before + 1}", before + 1, why)
    return incident


def take_note(act: Acting, escalation_id: int, answer: str) -> Escalation:
    """Management says what it does about it; that stands with the incident.

    Raises ``Invalid`` or ``Refused``.
    """
    found = one_locked(act.session, Escalation, escalation_id)
    if not answer.strip():
        raise Invalid(said("Say what is done about it."), field="answer")
    if found.seen_at is not None:
        raise Refused(
            said("%(seen_by)s has taken note of it already.", seen_by=found.seen_by)
        )
    incident = one_locked(act.session, Incident, found.incident_id)
    change = Change(about=Escalation)
    change.put(found, {"seen_at": act.now, "seen_by": act.by, "answer": answer.strip()})
    change.record(act, found, "escalation.note", f"Noted: {found.why}", reason=answer)
    happened(
        act,
        incident,
        EventKind.NOTE,
        f"Management on {incident.title}",
        text=answer,
        data={"escalation": found.id},
        touches=False,
    )
    return found


def _judge_some(parts: Parts) -> bool:
    """Judge what is due, some at once; tell whether there was any that nobody else works on."""
    now, judged = parts.now(), []
    with parts.database.read() as session:
        due = due_incidents(session, now, not_resting(Incident.id, JUDGING, now))

    def judge(some: Sequence[int]) -> None:
        judged.extend(_judge_these(parts, some, now))

    made = in_batches(parts, JUDGING, due, judge, BATCH)
    return bool(judged or made.left)


def _judge_these(parts: Parts, incident_ids: Sequence[int], now: datetime) -> list[int]:
    with parts.acting("", now) as act:
        found = still_due(act.session, incident_ids, now)
        numbers = [one.id for one in found]
        if not found:
            return numbers
        rules = _Rules(
            desk_numbers(act.session),
            all_hours(act.session),
            past_of(act.session, numbers),
        )
        looks = [{"look": _judge(act, one, rules), "number": one.id} for one in found]
        act.session.flush()
        _look_again(act.session, looks)
    return numbers


def _look_again(session: Session, looks: list[dict[str, object]]) -> None:
    # When to look next is the worker's own memory and no change of the incident, so the audit trail
    # has no line of it.
    table = cast(Table, Incident.__table__)
    for look in looks:
        session.connection().execute(
            update(table)
            .where(table.c.id == look["number"])
            .values(look_at=look["look"])
        )


def _judge(act: Acting, incident: Incident, rules: _Rules) -> datetime:
    """Do what is due for one incident and return when to look again."""
    hours, past = rules.hours_for(incident), list(rules.past.raised[incident.id])
    if (
        incident.state is IncidentState.WAITING
        and incident.waiting_until
        and incident.waiting_until <= act.now
    ):
        past.append(incident.waiting_until)
        _resume(act, incident)
    steps = levels(hours, rules.numbers, incident.priority, incident.reported_at)
    told = rules.past.told[incident.id]
    for level, due in steps:
        if due <= act.now and f"target {level}" not in told:
            _too_slow(act, incident, level, rules.numbers)
    since = idle_since(
        hours,
        rules.numbers,
        incident.priority,
        incident.touched_at,
        incident.waiting_until,
        past,
    )
    rank = max(HIGHEST, incident.priority - incident.raises)
    count, last = lapses(hours, rules.numbers, rank, since, act.now)
    if count:
        _untouched(act, incident, count, last)
    later = [due for level, due in steps if due > act.now]
    later += (
        [incident.waiting_until]
        if incident.state is IncidentState.WAITING and incident.waiting_until
        else []
    )
    later += (
        [following]
        if (following := next_lapse(hours, rules.numbers, rank - count, last))
        else []
    )
    later += _nobody_on_emergency(act, incident, rules, since)
    return min(later, default=NEVER)


def _nobody_on_emergency(
    act: Acting,
    incident: Incident,
    rules: _Rules,
    since: datetime,
) -> list[datetime]:
    """Tell management once of a P1 that nobody touches, as no raise could; return when that will be
    due.
    """
    if incident.priority != HIGHEST or UNTOUCHED in rules.past.told[incident.id]:
        return []
    due = untouched_until(rules.hours_for(incident), rules.numbers, HIGHEST, since)
    if due > act.now:
        return [due]
    hours = rules.numbers.untouched_hours[HIGHEST]
    why = f"It is a P1, and nobody touched it for {hours:g} business hours."
    _tell(act, incident, UNTOUCHED, 1, why)
    return []


def _resume(act: Acting, incident: Incident) -> None:
    on, until = incident.waiting_on, incident.waiting_until
    state = (
        IncidentState.IN_PROGRESS
        if incident.agent
        else IncidentState.ASSIGNED
        if incident.team_id
        else IncidentState.NEW
    )
    text = f"The wait for the {on.value if on else 'others'} is over; it is our turn again."
    happened(
        act.by_another(BY),
        incident,
        EventKind.RESUMED,
        f"The wait is over: {incident.title}",
        text=text,
        values={"state": state, "waiting_on": None, "waiting_until": None},
        touches=False,
        data={"rule": "wait is over", "due": until.isoformat() if until else ""},
    )


def _too_slow(
    act: Acting, incident: Incident, level: int, numbers: DeskNumbers
) -> None:
    target, share = (
        numbers.target_hours[incident.priority],
        sorted(numbers.escalate_at)[level - 1],
    )
    why = (
        f"{target * share:g} business hours have passed; the target of a P{incident.priority} is "
        f"{target:g}."
    )
    if _room_above(incident, 1):
        _raise(act, incident, 1, why, {"rule": f"target {level}"})
    _tell(act, incident, f"target {level}", level, why)


def _untouched(act: Acting, incident: Incident, count: int, due: datetime) -> None:
    why = (
        "Nobody touched it for longer than its priority "
        f"allows{'' if count == 1 else f', {count} times over'}."
    )
    _raise(act, incident, count, why, {"rule": UNTOUCHED, "due": due.isoformat()})


def _room_above(incident: Incident, wanted: int) -> int:
    """Return how many of the wanted raises still lead somewhere."""
    room = incident.priority - incident.raises - HIGHEST
    return max(0, min(wanted, room))


def _raise(
    act: Acting, incident: Incident, count: int, why: str, data: dict[str, str]
) -> None:
    sentence = said(
        "Raised %(times)s: %(title)s",
        times=nsaid("%(number)s time", "%(number)s times", count),
        title=incident.title,
    )
    happened(
        act.by_another(BY),
        incident,
        EventKind.RAISED,
        sentence,
        text=why,
        data=data,
        touches=False,
        values={"raises": incident.raises + count},
    )


def _tell(act: Acting, incident: Incident, rule: str, level: int, why: str) -> None:
    act.session.add(
        Escalation(incident_id=incident.id, level=level, rule=rule, why=why, at=act.now)
    )
    happened(
        act.by_another(BY),
        incident,
        EventKind.ESCALATED,
        f"Management is told about {incident.title}",
        text=why,
        data={"rule": rule, "level": level},
        touches=False,
    )


def _close_some(parts: Parts) -> bool:
    now = parts.now()
    with parts.database.read() as session:
        before = now - timedelta(days=desk_numbers(session).close_after_days)
        found = due_to_close(session, before, not_resting(Incident.id, CLOSING, now))
    in_batches(parts, CLOSING, found, partial(_close_these, parts, now), BATCH)
    return bool(found)


def _close_these(parts: Parts, now: datetime, incident_ids: Sequence[int]) -> None:
    with parts.acting(BY, now) as act:
        for incident_id in incident_ids:
            close(act, incident_id)
