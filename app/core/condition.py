"""How this installation is: data folder, key, tables, worker and its lanes.

Nothing waits for a network.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core import schema
from app.core.aside import count_aside
from app.core.db import BEHIND, Database
from app.core.errors import Away, Refused
from app.core.heartbeat import Beat, LaneSigns, last_beat
from app.core.parts import Parts
from app.core.said import nsaid, said
from app.core.sealing import KeyFile
from app.core.settings import Settings
from app.core.spoken_times import said_at

FIRST_ROUND = timedelta(seconds=90)
"""How long after the start of the web server its worker may be without a sign."""

MEGABYTE = 1_000_000
MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. ``level`` is ok, warning or problem; a problem keeps Rung from working.

    ``unready`` says to strangers, without names or values, why no work should be expected; empty
    where it may be.
    """

    subject: str
    level: str
    text: str
    exit_code: int = 0
    unready: str = ""


def readiness(parts: Parts, up_since: datetime | None = None) -> list[Check]:
    """Look at everything a load balancer should know of; ``up_since`` is when this web server
    started.
    """
    looked = [*storage(parts.settings), *worker(parts, up_since)]
    try:
        return [*looked, tables(parts.database)]
    except Away as error:
        return [
            *looked,
            Check("database", "problem", error.message, error.exit_code, error.message),
        ]


def storage(settings: Settings) -> list[Check]:
    """Look at the data folder, the room on its disk, and the key."""
    return [_folder(settings), *_key(settings), *_audit_key(settings)]


def tables(database: Database) -> Check:
    """Look whether the database answers and its tables are of this version. Raises ``Away``."""
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    if not schema.is_current(database):
        raise Away(BEHIND)
    return Check(
        "database",
        "ok",
        f"{kind} answers and is up to date (revision {schema.head()}).",
    )


def worker(parts: Parts, up_since: datetime | None = None) -> list[Check]:
    """Look at the worker of this machine and each of its lanes."""
    now = parts.now()
    if not parts.settings.expect_worker:
        return []
    beat = last_beat(parts.settings)
    young = up_since is not None and now - up_since < FIRST_ROUND
    if beat is None:
        text = said(
            "No worker runs on this machine; start `rung serve` or `rung worker`."
        )
        return [
            Check("worker", "warning", text, unready="" if young else "no worker runs")
        ]
    if beat.is_silent(now):
        at = said_at(beat.at, parts.settings.timezone)
        text = f"The worker was last alive at {at}."
        return [
            Check(
                "worker",
                "warning",
                text,
                unready="" if young else "the worker is silent",
            )
        ]
    alive = Check("worker", "ok", "The worker is alive.")
    return [alive, *(_lane(name, beat, parts) for name in sorted(beat.lanes))]


def worker_away(parts: Parts) -> list[str]:
    """Return why nobody works at what the worker was asked for; nothing while it is alive."""
    looked = [found for found in worker(parts) if found.subject == "worker"]
    return [found.text for found in looked if found.level != "ok"]


def aside(parts: Parts) -> list[Check]:
    """Tell of rows the worker set aside. Raises ``Away``."""
    with parts.database.read() as session:
        count = count_aside(session)
    if not count:
        return []
    what = nsaid("%(number)s row", "%(number)s rows", count)
    text = f"{what} set aside; `rung worker set-aside` says which and why."
    return [Check("set aside", "warning", text)]


def _folder(settings: Settings) -> Check:
    home = settings.home
    if not os.access(home, os.W_OK | os.X_OK):
        text = f"{home} cannot be written by this user."
        return Check(
            "data folder", "problem", text, 1, "the data folder cannot be written"
        )
    free = shutil.disk_usage(home).free // MEGABYTE
    text = f"{home} has only {free} MB left."
    if free < settings.least_free_mb:
        return Check(
            "data folder", "problem", text, 1, "no space is left in the data folder"
        )
    if free < settings.warn_free_mb:
        return Check("data folder", "warning", text)
    return Check("data folder", "ok", f"{home} can be written.")


def _key(settings: Settings) -> list[Check]:
    """Look whether there is a key; an empty file is what a full disk or a power cut leaves of
    it.
    """
    file = settings.home / "secret_key"
    try:
        empty = file.exists() and not file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        text = f"{file} cannot be read."
        return [
            Check("secret key", "problem", text, 1, "the secret key cannot be read")
        ]
    if empty or not settings.secret_key:
        text = f"{file} is empty: nobody can sign in. Delete it and start Rung again."
        return [Check("secret key", "problem", text, 1, "there is no secret key")]
    return []


def _audit_key(settings: Settings) -> list[Check]:
    """Look whether the keys of the audit trail can be read: without them nothing can be changed."""
    try:
        KeyFile(settings.audit_key).ring()
    except Refused as error:
        return [
            Check(
                "audit key",
                "problem",
                error.message,
                1,
                "the key of the audit trail cannot be read",
            )
        ]
    return []


def _lane(name: str, beat: Beat, parts: Parts) -> Check:
    signs, now = beat.lanes[name], parts.now()
    zone = parts.settings.timezone
    trouble = signs.trouble(now, zone)
    if trouble:
        text = f"It {trouble}{_why(signs)}"
        what = "the mailbox" if name == MAIL else f"the worker's lane {name}"
        return Check(f"lane {name}", "warning", text, unready=f"{what} {trouble}")
    if signs.failing_since:
        return Check(f"lane {name}", "warning", f"It waits{_why(signs)}")
    return Check(f"lane {name}", "ok", _well(signs, zone))


def _why(signs: LaneSigns) -> str:
    return f": {signs.problem}" if signs.problem else "."


def _well(signs: LaneSigns, zone: str) -> str:
    if signs.success is None:
        return "It is at its first round."
    return f"It last did all there was at {said_at(signs.success, zone)}."
