"""The audit trail: append-only, hash-chained, in the same transaction as the change it tells of
(design 5.15).

Each event bears a seal: the HMAC of its hash with a key that lies outside of the database. The head
of the chain bears one too. Whoever has the database alone can thus neither write another past nor
cut off its end.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Dialect, Row, Table, Text, TypeDecorator, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.acting import Acting
from app.core.db import Base
from app.core.errors import Refused
from app.core.masking import masked
from app.core.said import said
from app.core.sealing import Accepted, KeyFile, Ring, key_name

START = "0" * 64
PAGE = 1000


class AuditValue(TypeDecorator[Any]):
    """Any JSON value, kept as text: SQLite would take a JSON column's 0.0 for the number 0 and
    break the chain.
    """

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
    before: Mapped[Any] = mapped_column(AuditValue, nullable=False)
    after: Mapped[Any] = mapped_column(AuditValue, nullable=False)
    reason: Mapped[str] = mapped_column(Text)
    previous: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)
    seal: Mapped[str] = mapped_column(default="", server_default="")


class AuditHead(Base):
    """The last link of the chain; locking this one row keeps two writers from making the same
    link.
    """

    __tablename__ = "audit_head"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str]
    seal: Mapped[str] = mapped_column(default="", server_default="")


@dataclass(frozen=True, slots=True)
class Broken:
    """The first link that does not hold; ``id`` is the event, 0 when what is missing stood at the
    end.

    ``key`` is the name of the key it was sealed with, where only that is missing here.
    """

    id: int
    why: str
    key: str = ""

    @property
    def sentence(self) -> str:
        """Say what does not hold, and where."""
        return f"event {self.id}: {self.why}" if self.id else self.why


@dataclass(frozen=True, slots=True)
class Told:
    """What an event tells: what was done to which thing, what it was before and after, and why."""

    action: str
    subject: str
    label: str
    before: Any = None
    after: Any = None
    reason: str = ""


COLUMNS = (
    "at",
    "actor",
    "action",
    "subject",
    "label",
    "before",
    "after",
    "reason",
    "previous",
    "hash",
    "seal",
)


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
    """Append one event.

    ``subject`` is like ``wave:3``, ``label`` the sentence shown, ``at`` is now unless given.

    Values of columns that hold secrets are masked. Raises ``Refused`` when the key that seals the
    trail is not here.
    """
    told = Told(action, subject, label, before, after, reason)
    [event] = _linked(session, actor, [told], at or datetime.now(UTC))
    session.add(event)
    session.flush()  # one event, one insert: the order of the ids is the order of the links
    return event


def record_all(
    session: Session, actor: str, events: Sequence[Told], at: datetime
) -> None:
    """Append several events at once, in their order."""
    linked = _linked(session, actor, events, at)
    rows = [{name: getattr(one, name) for name in COLUMNS} for one in linked]
    session.flush()
    if rows:
        # Row by row in one go: the order of the ids is the order of the links.
        table = cast(Table, AuditEvent.__table__)
        session.connection().execute(insert(table), rows)


def _linked(
    session: Session, actor: str, events: Sequence[Told], at: datetime
) -> list[AuditEvent]:
    """Return events that are linked and sealed, one to the other, with the head at the last."""
    if not events:
        return []
    head, linked = _locked_head(session), []
    ring = _ring(session)
    for told in events:
        event = AuditEvent(
            at=at,
            actor=actor,
            action=told.action,
            subject=told.subject,
            label=told.label,
            before=_stored(told.subject, told.before),
            after=_stored(told.subject, told.after),
            reason=told.reason,
            previous=head.hash,
        )
        event.hash = link(_content(event), event.previous)
        ring = _seal(session, event, head, ring)
        linked.append(event)
    session.info["audit_events"] = session.info.get("audit_events", 0) + len(linked)
    return linked


def link(content: Mapping[str, Any], previous: str) -> str:
    """Return the SHA-256 over an event's content and the link before it, as 64 hex digits."""
    return hashlib.sha256((previous + spelled(content)).encode()).hexdigest()


def spelled(value: Any) -> str:
    """Return the one JSON spelling of ``value`` that is hashed: keys sorted, nothing escaped, no
    spaces.
    """
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def verify(
    session: Session, expected: Mapping[int, str] | None = None, *, sealed: bool = True
) -> Broken | None:
    """Walk the whole chain and return the first broken link, or None when every link holds.

    ``expected`` holds hashes by the number of their event, as they were noted outside of the
    database. Seals are looked at where the session knows of a file with keys, unless ``sealed`` is
    off.
    """
    ring = _ring(session) if sealed else None
    wanted = dict(expected or {})
    previous = START
    last = 0
    for event in _all(session):
        broken = _fault(event, previous, ring) or _unexpected(event, wanted)
        if broken:
            return broken
        previous, last = event.hash, event.id
    return _end_fault(session, previous, last, ring) or _unmet(wanted)


def go_on_from_here(act: Acting, *, reason: str) -> str:
    """Take the past as it is, without proof, and seal what comes with a new key; return the name of
    that key.

    For who has lost the key, or put back a database that was sealed with another one.
    """
    head = _locked_head(act.session)
    file = KeyFile(_key_file(act.session))
    last = _last_event(act.session)
    fresh = file.renew(file.ring(), Accepted(last, head.hash)).keys[-1]
    head.seal = fresh.seal(_end(head.hash))
    after = {"key": fresh.name, "accepted": last, "hash": head.hash}
    label = f"Took the trail up to event {last} as it was; a new key seals what follows"
    record(
        act.session,
        act.by,
        "audit.new-key",
        "audit:key",
        label,
        after=after,
        reason=reason,
        at=act.now,
    )
    return fresh.name


def head_of(session: Session) -> tuple[int, str]:
    """Return the number and the hash of the last event; 0 and zeros when there is none."""
    last = (
        select(AuditEvent.id, AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1)
    )
    found = session.execute(last).first()
    return (found.id, found.hash) if found else (0, START)


def count(session: Session) -> int:
    """Return how many events there are."""
    return session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def _locked_head(session: Session) -> AuditHead:
    wanted = select(AuditHead).where(AuditHead.id == 1)
    fresh = wanted.with_for_update().execution_options(populate_existing=True)
    return session.scalars(fresh).one()


def _seal(
    session: Session, event: AuditEvent, head: AuditHead, ring: Ring | None
) -> Ring | None:
    """Seal the event and the new end, and return the ring with the key that did; an end that was
    tampered with before stays visible as such.
    """
    whole = True
    if ring is not None:
        last = 0 if head.seal else _last_event(session)
        whole = _is_whole(head, last, ring)
        ring = _with_key(session, ring, head, last)
        event.seal = ring.keys[-1].seal(event.hash)
        head.seal = ring.keys[-1].seal(_end(event.hash) if whole else _torn(event.hash))
    elif head.seal:
        raise Refused(
            said(
                "The audit trail is sealed, and no file with its keys was "
                "named. Nothing was changed."
            )
        )
    head.hash = event.hash
    return ring


def _with_key(session: Session, ring: Ring, head: AuditHead, last: int) -> Ring:
    path = _key_file(session)
    if head.seal and not ring.knows(head.seal):
        raise Refused(
            said(
                "The audit trail is sealed with the key %(seal)s, which is not "
                "in %(path)s. Nothing was changed. Copy that file from where "
                "Rung ran before, or run `rung audit new-key`.",
                seal=key_name(head.seal),
                path=path,
            )
        )
    return ring if ring.keys else KeyFile(path).begin(last + 1)


def _is_whole(head: AuditHead, last: int, ring: Ring) -> bool:
    if head.seal:
        return ring.fits(head.seal, _end(head.hash)) or not ring.knows(head.seal)
    return not ring.wants_seal(last)


def _ring(session: Session) -> Ring | None:
    file = session.info.get("audit_key")
    return KeyFile(file).ring() if file else None


def _key_file(session: Session) -> Path:
    file: Path = session.info["audit_key"]
    return file


def _last_event(session: Session) -> int:
    return session.scalar(select(func.max(AuditEvent.id))) or 0


def _end(hashed: str) -> str:
    return f"end {hashed}"


def _torn(hashed: str) -> str:
    return f"torn {hashed}"


def _fault(event: Row[Any], previous: str, ring: Ring | None) -> Broken | None:
    """Return what is wrong with a link of the chain, or None."""
    if event.previous != previous:
        return Broken(event.id, "the event before it is missing or was changed")
    if link(_content(event), previous) != event.hash:
        return Broken(event.id, "its content was changed after it was written")
    return _fault_of_seal(event, ring) if ring else None


def _fault_of_seal(event: Row[Any], ring: Ring) -> Broken | None:
    if (
        ring.accepted
        and event.id == ring.accepted.event
        and event.hash != ring.accepted.hash
    ):
        return Broken(
            event.id, "it is not the one that was accepted when a new key was made"
        )
    if ring.accepts(event.id) or (event.seal and ring.fits(event.seal, event.hash)):
        return None
    if not event.seal:
        return (
            Broken(event.id, "its seal is missing")
            if ring.wants_seal(event.id)
            else None
        )
    if ring.knows(event.seal):
        return Broken(event.id, "it was not written by Rung: its seal is wrong")
    key = key_name(event.seal)
    return Broken(event.id, f"it is sealed with the key {key}, which is not here", key)


def _unexpected(event: Row[Any], wanted: dict[int, str]) -> Broken | None:
    if wanted.pop(event.id, event.hash) == event.hash:
        return None
    return Broken(event.id, "another one stood here when its hash was noted outside")


def _end_fault(
    session: Session, previous: str, last: int, ring: Ring | None
) -> Broken | None:
    head = session.get(AuditHead, 1)
    if (head.hash if head else START) != previous:
        return Broken(0, "events are missing at the end")
    if ring is None or head is None:
        return None
    if ring.keys and not last:
        return Broken(0, "all events are missing")
    if head.seal and ring.knows(head.seal) and ring.fits(head.seal, _torn(previous)):
        return Broken(0, "events were missing at the end when later ones were written")
    if not _is_whole(head, last, ring):
        return Broken(0, "events are missing at the end: its seal is of another one")
    return None


def _unmet(wanted: Mapping[int, str]) -> Broken | None:
    if not wanted:
        return None
    return Broken(
        0,
        f"events are missing at the end: {max(wanted)} was there when its hash was noted outside",
    )


def _stored(subject: str, value: Any) -> Any:
    # What is written can never be taken out again, so no secret gets in.
    # The link is made over what the database will give back: keys become texts and tuples become
    # lists first.
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
    return {
        "at": event.at.astimezone(UTC).isoformat(),
        **{name: getattr(event, name) for name in names},
    }
