"""One attempt at a reading: claimed by one process, giving signs of life, ending complete or
refused.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Update, and_, or_, select, update
from sqlalchemy.orm import Session

from app.core import audit
from app.core.acting import Acting
from app.core.changes import one, rows_changed
from app.core.errors import Away, Refused
from app.core.parts import Parts
from app.core.said import said
from app.models.directory import Directory, Reading, ReadingState
from ldap_sync.port import Progress

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
    full: bool = True
    again: bool = False


def begin(
    parts: Parts, directory_id: int, *, by: str, source: str = "ldap", **how: bool
) -> Attempt:
    """Start a reading in this process, ``forced`` or ``full`` or both.

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
            **how,
            holder=holder,
            beat_at=now,
            phase="connecting",
            ended_at=None,
        )
        session.add(reading)
        session.flush()
        return Attempt(
            reading.id, directory_id, holder, by, reading.forced, reading.full
        )


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
            reading.full,
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


class Beat:
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
            beat = mine(self._attempt).values(
                phase=phase, count=count, beat_at=self._parts.now()
            )
            if not rows_changed(session, beat):
                raise no_longer_ours(session, self._attempt)


def wait_again(parts: Parts, attempt: Attempt) -> None:
    """Let the reading wait for another try, unless somebody stopped it."""
    with parts.database.write() as session:
        session.execute(
            mine(attempt).values(state=ReadingState.WAITING, phase="", holder="")
        )


def end_if_open(parts: Parts, attempt: Attempt, reason: str) -> None:
    """Refuse the reading if it did not end otherwise; what was read before stays."""
    now = parts.now()
    with parts.database.write() as session:
        refused = mine(attempt).values(
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


def mine(attempt: Attempt) -> Update:
    """Return what changes the row of this attempt for as long as it is in its hands."""
    return update(Reading).where(
        Reading.id == attempt.reading_id,
        Reading.holder == attempt.holder,
        Reading.state == ReadingState.RUNNING,
        Reading.stopped_by == "",
    )


def no_longer_ours(session: Session, attempt: Attempt) -> Refused:
    """Return why a reading is no longer in these hands: stopped, or taken up by others."""
    by = session.scalar(
        select(Reading.stopped_by).where(Reading.id == attempt.reading_id)
    )
    if by:
        return Refused(stopped_sentence(by))
    return TakenUpElsewhere("Another process has taken this reading up.")


def stopped_sentence(by: str) -> str:
    """Return what is said of a reading that somebody stopped."""
    return said("%(name)s stopped this reading; what was read before stays.", name=by)


def stop_reading(act: Acting, reading_id: int) -> Reading:
    """Stop a reading that waits or runs; what was read before stays, and another can be asked for.

    Raises ``Refused`` when it is over.
    """
    reading = one(act.session, Reading, reading_id)
    if reading.state not in (ReadingState.WAITING, ReadingState.RUNNING):
        raise Refused(said("This reading is over already."))
    name = one(act.session, Directory, reading.directory_id).name
    reading.stopped_by, reading.state = act.by, ReadingState.REFUSED
    reading.reason, reading.phase = stopped_sentence(act.by), ""
    reading.ended_at = act.now
    audit.record(
        act.session,
        act.by,
        "directory.read_stopped",
        f"directory:{reading.directory_id}",
        f"Stopped a reading of {name}",
        at=act.now,
    )
    return reading


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
