"""What an attempt at a reading brings, and how it is taken over: in one transaction, or not at
all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.auth.notices import tell_operators
from app.core import audit
from app.core.acting import Acting
from app.core.aside import reason_of
from app.core.changes import one, rows_changed
from app.core.errors import Away, Refused, RungError
from app.core.parts import Parts
from app.core.said import said
from app.core.signals import tell
from app.directory.actions.attempt import (
    BROKEN_OFF,
    Attempt,
    Beat,
    end_if_open,
    mine,
    no_longer_ours,
    wait_again,
)
from app.directory.actions.entries import Gone
from app.directory.actions.members import Times
from app.directory.actions.servers import note_position
from app.directory.actions.standing import KeptStanding
from app.directory.actions.store import (
    Stored,
    identities,
    take_increment,
    take_over,
    there,
)
from app.directory.rules import (
    Resolved,
    all_grants_missing,
    distrust,
    resolve,
    shrinkage,
    shrunk,
)
from app.directory.signals import reading_taken
from app.models.directory import Directory, Reading, ReadingChange, ReadingState
from ldap_sync.port import DirectoryError, IncompleteRead, Progress
from ldap_sync.values import DirectorySnapshot, Increment, Position

NOWHERE = Position()
MOST_LEFT_OUT = 100
"""So many entries that were left out, or changes that were missed, are named; all are counted."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a reading brought: everything, or what changed.

    ``note`` tells why everything was read where changes would have done; ``changes`` is what they
    alone would have brought, to compare the two. ``position``: which of several servers was asked.
    """

    read: DirectorySnapshot | Increment
    note: str = ""
    changes: Increment | None = None
    position: Position = NOWHERE

    @property
    def part(self) -> DirectorySnapshot:
        """Return what was read, be it everything or not."""
        return self.read.part if isinstance(self.read, Increment) else self.read


def perform(
    parts: Parts,
    attempt: Attempt,
    load: Callable[[Progress], Loaded],
    tell: Progress,
) -> Reading:
    """Load a snapshot and take it over in one transaction, or refuse it and keep what was there
    before.

    Raises ``Refused`` when it is not complete or not believed, ``Away`` when the directory cannot
    be reached.
    """
    fault: RungError = Refused(BROKEN_OFF)
    try:
        return _taken_over(parts, attempt, _believed(load(Beat(parts, attempt, tell))))
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
            wait_again(parts, attempt)
        raise
    finally:
        end_if_open(parts, attempt, fault.message)


def _believed(loaded: Loaded) -> Loaded:
    if fault := distrust(loaded.part):
        raise Refused(fault)
    return loaded


def _taken_over(parts: Parts, attempt: Attempt, loaded: Loaded) -> Reading:
    read = _understood(parts, attempt, loaded)
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
        complete = mine(attempt).values(
            state=ReadingState.COMPLETE, ended_at=now, phase="", beat_at=now
        )
        if not rows_changed(session, complete):
            raise no_longer_ours(session, attempt)
        if not attempt.forced:
            _demand_whole(session, directory, loaded, read)
        times = Times(now, before.ended_at if before else None)
        stored = _stored(session, directory, loaded, read, times)
        if not attempt.forced and before is not None and not stored.grants:
            _demand_grants(before.grants)
        reading = session.get_one(Reading, attempt.reading_id, populate_existing=True)
        _told_beside(reading, loaded, stored, before)
        if before is not None:
            before.mark = {}
        if loaded.position.address:
            reading.server = loaded.position.address
            note_position(session, directory.id, loaded.position)
        if reading.missed_count:
            act = Acting(session, attempt.asked_by, now, parts.settings)
            _tell_of_missed(act, directory, reading)
        noted = _noted(session, reading, attempt, directory, stored, now)
        session.flush()
        act = Acting(session, attempt.asked_by, now, parts.settings)
        told = {"directory_id": directory.id, "began": reading.started_at}
        tell(reading_taken, act, **told)
        return noted


def _tell_of_missed(act: Acting, directory: Directory, reading: Reading) -> None:
    sentence = (
        f"A complete reading of {directory.name} found {reading.missed_count:,} that are other "
        "than readings of changes had told."
    )
    page = f"/directory/{directory.id}/readings/{reading.id}"
    tell_operators(act, sentence, page)


def _understood(parts: Parts, attempt: Attempt, loaded: Loaded) -> Resolved:
    if isinstance(loaded.read, Increment):
        standing = KeptStanding(parts.database, attempt.directory_id)
        return standing.resolved(loaded.read)
    with parts.database.read() as session:
        directory = one(session, Directory, attempt.directory_id)
        return resolve(loaded.read, directory.stand_ins)


def _stored(
    session: Session,
    directory: Directory,
    loaded: Loaded,
    read: Resolved,
    times: Times,
) -> Stored:
    if not isinstance(loaded.read, Increment):
        return take_over(session, directory, read, times.now, times.before)
    gone = Gone(loaded.read.gone_people, loaded.read.gone_groups)
    return take_increment(session, directory, read, gone, times)


def _told_beside(
    reading: Reading, loaded: Loaded, stored: Stored, before: Reading | None
) -> None:
    """Note what was left out, up to where changes are known now, and what readings of changes had
    missed. What is outside of the bases is looked for in complete readings.
    """
    left_out, mark = loaded.part.left_out, loaded.part.mark
    reading.left_out_count = len(left_out)
    reading.left_out = [asdict(entry) for entry in left_out[:MOST_LEFT_OUT]]
    reading.full = not isinstance(loaded.read, Increment)
    outside = loaded.part.outside
    reading.outside_count = sum(not group.why for group in outside)
    reading.outside = [asdict(group) for group in outside[:MOST_LEFT_OUT]]
    if before is not None and not reading.full:
        reading.outside_count, reading.outside = before.outside_count, before.outside
    reading.note = loaded.note
    reading.mark = asdict(mark) if mark.way else {}
    if loaded.changes is not None:
        missed = stored.missed_by(loaded.changes)
        reading.missed_count, reading.missed = len(missed), missed[:MOST_LEFT_OUT]


def _last_taken_over(session: Session, attempt: Attempt) -> Reading | None:
    complete = (
        Reading.directory_id == attempt.directory_id,
        Reading.state == ReadingState.COMPLETE,
        Reading.id != attempt.reading_id,
    )
    newest = select(Reading).where(*complete).order_by(Reading.ended_at.desc()).limit(1)
    return session.scalars(newest).first()


def _demand_whole(
    session: Session, directory: Directory, loaded: Loaded, read: Resolved
) -> None:
    """Raise ``Refused`` where so much is missing that the reading looks cut."""
    if isinstance(loaded.read, Increment):
        known = there(session, directory.id)
        gone = len(loaded.read.gone_people), len(loaded.read.gone_groups)
        faults = (
            shrunk(*each)
            for each in zip(("people", "groups"), gone, known, strict=True)
        )
        fault = next(filter(None, faults), "")
    else:
        seen = {
            "people": {person.key for person in read.snapshot.people},
            "groups": {group.key for group in read.snapshot.groups},
        }
        fault = shrinkage(identities(session, directory.id), seen)
    if fault:
        raise Refused(fault)


def _demand_grants(known: int) -> None:
    if fault := all_grants_missing(known):
        raise Refused(fault)


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
    if reading.server:
        told = f"{told}, from {reading.server}"
    subject = f"directory:{directory.id}"
    audit.record(
        session, attempt.asked_by, "directory.read", subject, told, after=counts, at=now
    )
    return reading
