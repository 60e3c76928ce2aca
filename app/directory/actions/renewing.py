"""Readings that nobody has to ask for: before something is decided on one, and once every night."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.parts import Parts
from app.directory.actions.attempt import DEAD_AFTER
from app.directory.actions.readings import OPEN, ask_reading, read_now
from app.models.directory import Directory, Reading, ReadingState

NEW_ENOUGH = timedelta(seconds=30)
"""A reading that ended no longer ago is not done again before a plan or an apply."""

NIGHT = time(2)
"""When everything is read once a day, in the time of the site."""

AGAIN_AFTER = timedelta(hours=1)
"""How long after a nightly reading that failed another one is asked for."""

PATIENCE_SECONDS, PAUSE_SECONDS = 60, 0.2
BY = "Rung"


def bring_up_to_date(parts: Parts, directory_id: int, *, by: str) -> None:
    """Read what changed before something is decided on it; waits for a reading under way.

    Nothing to do for a directory read from a file, one never read, and one read a moment ago.
    Raises ``Away`` when it cannot be reached, ``Refused`` when the reading is not believed; what
    was read before stays.
    """
    for _ in range(int(PATIENCE_SECONDS / PAUSE_SECONDS)):
        with parts.database.read() as session:
            if not _is_due(session, directory_id, parts.now()):
                return
            if not _under_way(session, directory_id, parts.now()):
                break
        parts.pause(PAUSE_SECONDS)
    read_now(parts, directory_id, by=by)


def _is_due(session: Session, directory_id: int, now: datetime) -> bool:
    directory = session.get_one(Directory, directory_id)
    last = _last(session, directory_id, ReadingState.COMPLETE)
    return bool(directory.url) and last is not None and last < now - NEW_ENOUGH


def _under_way(session: Session, directory_id: int, now: datetime) -> bool:
    running = select(Reading.id).where(
        Reading.directory_id == directory_id,
        Reading.state == ReadingState.RUNNING,
        Reading.beat_at > now - DEAD_AFTER,
    )
    return session.scalars(running).first() is not None


def _last(
    session: Session, directory_id: int, state: ReadingState, *, full: bool = False
) -> datetime | None:
    ended = select(func.max(Reading.ended_at)).where(
        Reading.directory_id == directory_id, Reading.state == state
    )
    return session.scalar(ended.where(Reading.full) if full else ended)


def ask_nightly_readings(parts: Parts) -> bool:
    """Ask for the nightly complete reading of each directory whose night has come; tell whether
    there was one.
    """
    now = parts.now()
    night = last_night(now, parts.settings.timezone)
    with parts.database.read() as session:
        reached = session.scalars(select(Directory.id).where(Directory.url != ""))
        due = [one for one in reached if _is_nightly_due(session, one, night, now)]
    for directory_id in due:
        with parts.acting(BY) as act:
            ask_reading(act, directory_id, full=True)
    if due:
        parts.ring()
    return bool(due)


def last_night(now: datetime, zone: str) -> datetime:
    """Return when the last nightly reading was due."""
    here = now.astimezone(ZoneInfo(zone))
    night = datetime.combine(here.date(), NIGHT, here.tzinfo)
    return night if night <= here else night - timedelta(days=1)


def _is_nightly_due(
    session: Session, directory_id: int, night: datetime, now: datetime
) -> bool:
    full = _last(session, directory_id, ReadingState.COMPLETE, full=True)
    if full is None or full >= night:
        return False  # the first reading is asked for by a person
    failed = _last(session, directory_id, ReadingState.REFUSED, full=True)
    waits = select(Reading.id).where(
        Reading.directory_id == directory_id, Reading.state.in_(OPEN), Reading.full
    )
    recently = failed is not None and failed > now - AGAIN_AFTER
    return not recently and session.scalars(waits).first() is None
