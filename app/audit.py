"""The audit trail: append-only, hash-chained, in the same transaction as the change it tells of (design 5.15)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Dialect, Row, Text, TypeDecorator, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db import Base
from app.masking import masked

START = "0" * 64
PAGE = 1000


class Value(TypeDecorator[Any]):
    """Any JSON value, kept as text: SQLite would take a JSON column's 0.0 for the number 0 and break the chain."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        """Write the value in one fixed spelling."""
        return spelled(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read the value back."""
        return json.loads(value or "null")


class AuditEvent(Base):
    """Who did what to which thing, what it was before and after, and why."""

    __tablename__ = "audit_event"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(index=True)
    label: Mapped[str] = mapped_column(Text)
    before: Mapped[Any] = mapped_column(Value, nullable=False)
    after: Mapped[Any] = mapped_column(Value, nullable=False)
    reason: Mapped[str] = mapped_column(Text)
    previous: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)


class AuditHead(Base):
    """The last link of the chain; locking this one row keeps two writers from making the same link."""

    __tablename__ = "audit_head"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str]


@dataclass(frozen=True, slots=True)
class Broken:
    """The first link that does not hold; ``id`` is the event, 0 when what is missing stood at the end."""

    id: int
    why: str

    @property
    def sentence(self) -> str:
        """Say what does not hold, and where."""
        return f"event {self.id}: {self.why}" if self.id else self.why


def record(  # noqa: PLR0913 (an event has this many parts)
    session: Session,
    actor: str,
    action: str,
    subject: str,
    label: str,
    *,
    before: Any = None,
    after: Any = None,
    reason: str = "",
    at: datetime | None = None,
) -> AuditEvent:
    """Append one event. ``subject`` is like ``wave:3``, ``label`` the sentence shown, ``at`` is now unless given.

    Values of columns that hold secrets are masked.
    """
    locked = select(AuditHead).where(AuditHead.id == 1).with_for_update().execution_options(populate_existing=True)
    head = session.scalars(locked).one()
    event = AuditEvent(
        at=at or datetime.now(UTC), actor=actor, action=action, subject=subject, label=label,
        before=_stored(subject, before), after=_stored(subject, after), reason=reason, previous=head.hash,
    )  # fmt: skip
    event.hash = head.hash = link(_content(event), event.previous)
    session.add(event)
    session.flush()  # one event, one insert: the order of the ids is the order of the links
    session.info["audit_events"] = session.info.get("audit_events", 0) + 1
    return event


def link(content: Mapping[str, Any], previous: str) -> str:
    """Return the SHA-256 over an event's content and the link before it, as 64 hex digits."""
    return hashlib.sha256((previous + spelled(content)).encode()).hexdigest()


def spelled(value: Any) -> str:
    """Return the one JSON spelling of ``value`` that is hashed: keys sorted, nothing escaped, no spaces."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def verify(session: Session) -> Broken | None:
    """Walk the whole chain and return the first broken link, or None when every link holds."""
    previous = START
    for event in _all(session):
        if event.previous != previous:
            return Broken(event.id, "the event before it is missing or was changed")
        if link(_content(event), previous) != event.hash:
            return Broken(event.id, "its content was changed after it was written")
        previous = event.hash
    head = session.get(AuditHead, 1)
    if (head.hash if head else START) != previous:
        return Broken(0, "events are missing at the end")
    return None


def count(session: Session) -> int:
    """Return how many events there are."""
    return session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def _stored(subject: str, value: Any) -> Any:
    # What is written can never be taken out again, so no secret gets in.
    # The link is made over what the database will give back: keys become texts and tuples become lists first.
    return masked(subject, json.loads(json.dumps(value)))


def _all(session: Session) -> Iterator[Row[Any]]:
    # Page by page: a chain of years must not fill the memory.
    ordered = select(*AuditEvent.__table__.c).order_by(AuditEvent.id).limit(PAGE)
    page = session.execute(ordered).all()
    while page:
        yield from page
        page = session.execute(ordered.where(AuditEvent.id > page[-1].id)).all()


def _content(event: AuditEvent | Row[Any]) -> dict[str, Any]:
    names = ("actor", "action", "subject", "label", "before", "after", "reason")
    return {"at": event.at.astimezone(UTC).isoformat(), **{name: getattr(event, name) for name in names}}
