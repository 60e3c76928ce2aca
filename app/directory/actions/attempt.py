"""One attempt at a reading: claimed by one process, giving signs of life, ending complete or
refused.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Update, and_, func, insert, or_, select, update
from sqlalchemy.orm import Session

from app.core import audit
from app.core.aside import reason_of
from app.core.changes import one, rows_changed
from app.core.errors import Away, Refused, RungError
from app.core.parts import Parts
from app.core.said import said
from app.directory.actions.store import Stored, grants_known, identities, take_over
from app.directory.rules import (
    Resolved,
    all_grants_missing,
    distrust,
    resolve,
    shrinkage,
)
from app.models.directory import Directory, Reading, ReadingChange, ReadingState
from ldap_sync.port import DirectoryError, IncompleteRead, Progress
from ldap_sync.values import DirectorySnapshot

DEAD_AFTER = timedelta(seconds=60)
"""A reading that gave no sign of life for so long is taken up again: its process is gone."""

BEAT_SECONDS = 0.5
"""How often progress is written at most."""

MOST_LEFT_OUT = 100
"""So many entries that were left out are named; all are counted."""

BROKEN_OFF = "The reading was broken off before it was complete."


class TakenUpElsewhere(Refused):
    """Another process has taken this reading up, and will finish it."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One reading in the hands of this process; ``holder`` is unique to the attempt.

    ``again``: when something breaks that nobody foresaw, it waits for another try instead of being
    refused.
    """

    reading_id: int
    directory_id: int
    holder: str
    asked_by: str
    forced: bool
    again: bool = False


def begin(
    parts: Parts, directory_id: int, *, by: str, source: str, forced: bool
) -> Attempt:
    """Start a reading in this process.

    Raises ``Refused`` while another process reads the same directory.
    """
    now, holder = parts.now(), uuid.uuid4().hex
    with parts.database.write() as session:
        live = select(Reading).where(Reading.directory_id == directory_id, _alive(now))
        if (other := session.scalars(live).first()) is not None:
            raise Refused(
                said(
                    "This directory is being read right now, asked for by "
                    "%(asked_by)s. Wait for it to end.",
                    asked_by=other.asked_by,
                )
            )
        reading = Reading(
            directory_id=directory_id,
            state=ReadingState.RUNNING,
            source=source,
            asked_by=by,
            started_at=now,
            forced=forced,
            holder=holder,
            beat_at=now,
            phase="connecting",
            ended_at=None,
        )
        session.add(reading)
        session.flush()
        return Attempt(reading.id, directory_id, holder, by, forced)


def waiting(parts: Parts) -> Sequence[int]:
    """Return the readings that wait or whose process is gone, by number, the oldest first."""
    now = parts.now()
    with parts.database.read() as session:
        open_ones = select(Reading.id).where(
            or_(_due(now), _dead(now)), _directory_is_free(now)
        )
        return session.scalars(open_ones.order_by(Reading.id)).all()


def claim(parts: Parts, reading_id: int) -> Attempt | None:
    """Take a reading in hand, one per directory at a time; None: others have it, or read the same
    directory.
    """
    now, holder = parts.now(), uuid.uuid4().hex
    this = update(Reading).where(Reading.id == reading_id, _directory_is_free(now))
    with parts.database.write() as session:
        # A file that was being read is not there any more when its process is gone.
        ended = {
            "state": ReadingState.REFUSED,
            "ended_at": now,
            "reason": BROKEN_OFF,
            "phase": "",
        }
        session.execute(this.where(_dead(now), Reading.source != "ldap").values(ended))
        begun = {
            "state": ReadingState.RUNNING,
            "holder": holder,
            "beat_at": now,
            "phase": "connecting",
            "count": 0,
        }
        if not rows_changed(session, this.where(_due(now)).values(begun)):
            return None
        reading = session.get_one(Reading, reading_id, populate_existing=True)
        return Attempt(
            reading.id,
            reading.directory_id,
            holder,
            reading.asked_by,
            reading.forced,
            again=True,
        )


def give_up(session: Session, reading_id: int, reason: str, now: datetime) -> None:
    """Refuse a reading that broke each time; what was read before stays, and another one can be
    asked for.
    """
    open_one = update(Reading).where(
        Reading.id == reading_id, Reading.state != ReadingState.COMPLETE
    )
    ended = {
        "state": ReadingState.REFUSED,
        "ended_at": now,
        "reason": f"{BROKEN_OFF} {reason}",
        "phase": "",
    }
    session.execute(open_one.values(ended))


def perform(
    parts: Parts,
    attempt: Attempt,
    load: Callable[[Progress], DirectorySnapshot],
    tell: Progress,
) -> Reading:
    """Load a snapshot and take it over in one transaction, or refuse it and keep what was there
    before.

    Raises ``Refused`` when it is not complete or not believed, ``Away`` when the directory cannot
    be reached.
    """
    fault: RungError = Refused(BROKEN_OFF)
    try:
        return _taken_over(parts, attempt, _believed(load(_Beat(parts, attempt, tell))))
    except DirectoryError as error:
        fault = (
            Refused(str(error))
            if isinstance(error, IncompleteRead)
            else Away(str(error))
        )
        raise fault from error
    except RungError as error:
        fault = error
        raise
    except Exception as error:
        fault = Refused(
            said(
                "%(broken_off)s %(error)s",
                broken_off=BROKEN_OFF,
                error=reason_of(error),
            )
        )
        if attempt.again:
            _wait_again(parts, attempt)
        raise
    finally:
        _end_if_open(parts, attempt, fault.message)


class _Beat:
    """Passes progress on and writes it to the reading, not too often; at the same time a sign of
    life.
    """

    def __init__(self, parts: Parts, attempt: Attempt, tell: Progress) -> None:
        self._parts, self._attempt, self._tell = parts, attempt, tell
        self._written = float("-inf")

    def __call__(self, phase: str, count: int) -> None:
        """Note that ``count`` of ``phase`` are in.

        Raises ``TakenUpElsewhere`` when the reading is no longer ours.
        """
        self._tell(phase, count)
        if time.monotonic() - self._written < BEAT_SECONDS:
            return
        self._written = time.monotonic()
        with (
            suppress(Away),
            self._parts.database.write() as session,
        ):  # a busy database costs a sign of life, no more
            beat = _mine(self._attempt).values(
                phase=phase, count=count, beat_at=self._parts.now()
            )
            if not rows_changed(session, beat):
                raise TakenUpElsewhere("Another process has taken this reading up.")


def _believed(snapshot: DirectorySnapshot) -> DirectorySnapshot:
    if fault := distrust(snapshot):
        raise Refused(fault)
    return snapshot


def _taken_over(parts: Parts, attempt: Attempt, snapshot: DirectorySnapshot) -> Reading:
    with parts.database.read() as session:
        directory = one(session, Directory, attempt.directory_id)
        read = resolve(snapshot, directory.stand_ins)
    now = parts.now()
    with parts.database.write() as session:
        # The lock on the directory's row keeps two readings of it from being taken over at once.
        session.execute(
            select(Directory.id)
            .where(Directory.id == attempt.directory_id)
            .with_for_update()
        )
        directory, before = (
            one(session, Directory, attempt.directory_id),
            _last_taken_over(session, attempt),
        )
        complete = _mine(attempt).values(
            state=ReadingState.COMPLETE, ended_at=now, phase="", beat_at=now
        )
        if not rows_changed(session, complete):
            raise TakenUpElsewhere("Another process has taken this reading up.")
        if not attempt.forced and (fault := _looks_cut(session, directory.id, read)):
            raise Refused(fault)
        stored = take_over(session, directory, read, now, before)
        reading = session.get_one(Reading, attempt.reading_id, populate_existing=True)
        left_out = snapshot.left_out
        reading.left_out_count = len(left_out)
        reading.left_out = [asdict(entry) for entry in left_out[:MOST_LEFT_OUT]]
        reading.outside_count = sum(not group.why for group in snapshot.outside)
        reading.outside = [asdict(one) for one in snapshot.outside[:MOST_LEFT_OUT]]
        return _noted(session, reading, attempt, directory, stored, now)


def _last_taken_over(session: Session, attempt: Attempt) -> datetime | None:
    complete = (
        Reading.directory_id == attempt.directory_id,
        Reading.state == ReadingState.COMPLETE,
    )
    return session.scalar(select(func.max(Reading.ended_at)).where(*complete))


def _looks_cut(session: Session, directory_id: int, read: Resolved) -> str:
    seen = {
        "people": {person.key for person in read.snapshot.people},
        "groups": {group.key for group in read.snapshot.groups},
    }
    held = any(meaning.kind == "person" for meaning in read.meanings.values())
    fault = shrinkage(identities(session, directory_id), seen)
    return fault or (
        "" if held else all_grants_missing(grants_known(session, directory_id))
    )


def _noted(
    session: Session,
    reading: Reading,
    attempt: Attempt,
    directory: Directory,
    stored: Stored,
    now: datetime,
) -> Reading:
    reading.people, reading.groups, reading.grants = (
        stored.people,
        stored.groups,
        stored.grants,
    )
    reading.changes = stored.changes
    directory.known_since = directory.known_since or now
    if stored.differences:
        rows = [
            {"reading_id": reading.id, **asdict(difference)}
            for difference in stored.differences
        ]
        session.execute(insert(ReadingChange), rows)
    counts = {
        "people": stored.people,
        "groups": stored.groups,
        "grants": stored.grants,
        "changes": stored.changes,
    }
    told = (
        f"Read {directory.name}: {stored.people:,} people, {stored.groups:,} groups, "
        f"{stored.changes:,} changes"
    )
    subject = f"directory:{directory.id}"
    audit.record(
        session, attempt.asked_by, "directory.read", subject, told, after=counts, at=now
    )
    return reading


def _wait_again(parts: Parts, attempt: Attempt) -> None:
    with parts.database.write() as session:
        session.execute(
            _mine(attempt).values(state=ReadingState.WAITING, phase="", holder="")
        )


def _end_if_open(parts: Parts, attempt: Attempt, reason: str) -> None:
    """Refuse the reading if it did not end otherwise; what was read before stays."""
    now = parts.now()
    with parts.database.write() as session:
        refused = _mine(attempt).values(
            state=ReadingState.REFUSED, ended_at=now, reason=reason, phase=""
        )
        if not rows_changed(session, refused):
            return
        name = session.scalar(
            select(Directory.name).where(Directory.id == attempt.directory_id)
        )
        told, subject = (
            f"A reading of {name} was refused",
            f"directory:{attempt.directory_id}",
        )
        audit.record(
            session,
            attempt.asked_by,
            "directory.read_refused",
            subject,
            told,
            reason=reason,
            at=now,
        )


def _mine(attempt: Attempt) -> Update:
    return update(Reading).where(
        Reading.id == attempt.reading_id,
        Reading.holder == attempt.holder,
        Reading.state == ReadingState.RUNNING,
    )


def _directory_is_free(now: datetime) -> ColumnElement[bool]:
    busy = select(Reading.directory_id).where(_alive(now)).correlate(None)
    return Reading.directory_id.not_in(busy)


def _alive(now: datetime) -> ColumnElement[bool]:
    return and_(
        Reading.state == ReadingState.RUNNING, Reading.beat_at > now - DEAD_AFTER
    )


def _dead(now: datetime) -> ColumnElement[bool]:
    return and_(
        Reading.state == ReadingState.RUNNING, Reading.beat_at <= now - DEAD_AFTER
    )


def _due(now: datetime) -> ColumnElement[bool]:
    return or_(
        Reading.state == ReadingState.WAITING,
        and_(_dead(now), Reading.source == "ldap"),
    )
