"""What was done, and how records stood at an earlier time, out of the audit trail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.audit import AuditEvent
from app.core.plain import plain, ref
from app.improvements.history.rules import rewound
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration

COLUMNS = (
    AuditEvent.id,
    AuditEvent.at,
    AuditEvent.actor,
    AuditEvent.action,
    AuditEvent.label,
    AuditEvent.before,
    AuditEvent.after,
    AuditEvent.reason,
)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that was done: who, what, and the fields before and after; ``finding:7.state`` is
    of a finding.
    """

    id: int
    at: datetime
    actor: str
    action: str
    label: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    reason: str


def event_of(session: Session, improvement_id: int, number: int) -> Event | None:
    """Return one thing that was done to an improvement, by its number in the trail."""
    chosen = _events(improvement_id).where(AuditEvent.id == number)
    row = session.execute(chosen).first()
    return Event(*row) if row else None


def last_of(session: Session, improvement_id: int, actions: str) -> Event | None:
    """Return the latest thing done to an improvement whose name begins like ``actions``."""
    chosen = _events(improvement_id).where(AuditEvent.action.startswith(actions))
    row = session.execute(chosen.limit(1)).first()
    return Event(*row) if row else None


def events_since(
    session: Session, improvement_id: int, moment: datetime
) -> list[Event]:
    """Return what was done to an improvement after a moment, the latest first."""
    rows = session.execute(_events(improvement_id).where(AuditEvent.at > moment)).all()
    return [Event(*row) for row in rows]


def events_of(
    session: Session, ids: Sequence[int], moment: datetime
) -> defaultdict[int, list[Event]]:
    """Return what was done to each of several improvements after a moment, the latest first. One
    query.
    """
    subjects = {f"improvement:{number}": number for number in ids}
    rows = session.execute(
        select(AuditEvent.subject, *COLUMNS)
        .where(AuditEvent.subject.in_(subjects), AuditEvent.at > moment)
        .order_by(AuditEvent.id.desc())
    )
    found: defaultdict[int, list[Event]] = defaultdict(list)
    for subject, *row in rows:
        found[subjects[subject]].append(Event(*row))
    return found


def edits_since(
    session: Session, improvement_id: int, revision: int, record: str = ""
) -> list[Event]:
    """Return the changes of a record with a revision (the improvement itself unless said) after it,
    latest first.
    """
    edits, key = [], f"{record}.revision" if record else "revision"
    for event in session.execute(_events(improvement_id)):
        number = (event.after or {}).get(key)
        if number is not None and number <= revision:
            break
        if number is not None:
            edits.append(Event(*event))
    return edits


def as_they_were(
    current: Mapping[str, Mapping[str, Any]], events: Iterable[Event]
) -> dict[str, dict[str, Any]]:
    """Take records back to before the events, which come latest first; keys are records such as
    ``finding:7``.
    """
    earlier: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in events:
        for name, values in _by_record(event.before or {}).items():
            earlier[name].append(values)
    return {name: rewound(values, earlier[name]) for name, values in current.items()}


def _by_record(flat: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for key, value in flat.items():
        record, _, name = key.rpartition(".")
        found[record][name] = value
    return found


def _events(improvement_id: int) -> Any:
    mine = AuditEvent.subject == f"improvement:{improvement_id}"
    return select(*COLUMNS).where(mine).order_by(AuditEvent.id.desc())


def base_of(
    session: Session, row: Improvement | Iteration, names: Sequence[str], revision: int
) -> dict[str, Any]:
    """Return fields as they were at an earlier revision, as plain values."""
    own = isinstance(row, Improvement)
    improvement_id = row.id if isinstance(row, Improvement) else row.improvement_id
    record = "" if own else ref(row)
    current = {name: plain(getattr(row, name)) for name in names}
    return as_they_were(
        {record: current}, edits_since(session, improvement_id, revision, record)
    )[record]
