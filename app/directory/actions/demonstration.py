"""The past of the demo company: readings as everybody's, only earlier."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from app.core.parts import Parts
from app.directory.actions import attempt
from app.directory.actions.readings import read_from_directory, silent
from app.directory.rules import READ_BEFORE, as_it_was
from ldap_sync.port import Progress
from ldap_sync.values import DirectorySnapshot


def earliest_reading(now: datetime) -> datetime:
    """Return when the demo company is read for the first time."""
    return now - timedelta(days=READ_BEFORE[0])


def seed_past(parts: Parts, directory_id: int, *, by: str) -> None:
    """Take over how the demo company was at several times before now, from how it is.

    Raises as a reading does.
    """
    now, today = parts.now(), read_from_directory(parts, directory_id)
    for days in READ_BEFORE:
        then = replace(parts, now=partial(_fixed, now - timedelta(days=days)))
        begun = attempt.begin(then, directory_id, by=by, source="ldap", forced=False)
        attempt.perform(then, begun, partial(_told, as_it_was(today, days)), silent)


def _told(was: DirectorySnapshot, _tell: Progress) -> DirectorySnapshot:
    return was


def _fixed(moment: datetime) -> datetime:
    return moment
