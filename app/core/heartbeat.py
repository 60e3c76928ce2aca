"""Signs of life: the worker's own and each lane's, in one small file that every process of this
machine can read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.core.settings import Settings
from app.core.spoken_times import said_at

SILENT_AFTER = timedelta(seconds=30)
"""A worker that gave no sign for so long is gone, or cannot write to the data folder."""

TOO_LONG = timedelta(minutes=15)
"""A lane that failed, hung or did not look for so long does not work any more."""

LONGEST_PROBLEM = 300


@dataclass(frozen=True, slots=True)
class LaneSigns:
    """What one lane showed: since when it is at work, its last sign and success (UTC), and why it
    fails since when.
    """

    started: datetime | None = None
    busy_since: datetime | None = None
    sign: datetime | None = None
    success: datetime | None = None
    failing_since: datetime | None = None
    problem: str = ""

    def trouble(self, now: datetime, zone: str) -> str:
        """Say in the words of a zone what is wrong with the lane, or nothing.

        Work that goes on is none, however long it takes.
        """
        if self.failing_since and now - self.failing_since > TOO_LONG:
            return f"has failed since {said_at(self.failing_since, zone)}"
        last = max(
            (at for at in (self.started, self.sign, self.success) if at), default=None
        )
        if last is None or now - last <= TOO_LONG:
            return ""
        if self.busy_since:
            return f"hangs since {said_at(last, zone)}"
        return f"has not looked for work since {said_at(last, zone)}"


@dataclass(frozen=True, slots=True)
class Beat:
    """The last sign of a worker: when, which process where, and its lanes by name."""

    at: datetime
    pid: int = 0
    host: str = ""
    lanes: Mapping[str, LaneSigns] = field(default_factory=dict)

    def is_silent(self, now: datetime) -> bool:
        """Tell whether the worker gave no sign for too long."""
        return now - self.at > SILENT_AFTER


def heartbeat_file(settings: Settings) -> Path:
    """Return the file in which the worker of this machine notes every 5 s that it is alive."""
    return settings.home / "worker.heartbeat"


def write_beat(settings: Settings, beat: Beat) -> None:
    """Put the sign of life in place as a whole.

    Raises ``OSError`` when the data folder cannot be written.
    """
    file = heartbeat_file(settings)
    fresh = file.with_suffix(".new")
    fresh.write_text(
        json.dumps(asdict(beat), default=datetime.isoformat), encoding="utf-8"
    )
    fresh.replace(file)


def last_beat(settings: Settings) -> Beat | None:
    """Return the worker's last sign of life on this machine; None when there is none that can be
    read.

    A power cut may leave the file empty or torn: then the next sign, at most 5 s later, tells.
    """
    try:
        return _beat(json.loads(heartbeat_file(settings).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _beat(found: Mapping[str, Any]) -> Beat:
    lanes = {name: _signs(signs) for name, signs in found.get("lanes", {}).items()}
    return Beat(
        _time(found["at"]), int(found.get("pid", 0)), str(found.get("host", "")), lanes
    )


def _signs(found: Mapping[str, Any]) -> LaneSigns:
    times = ("started", "busy_since", "sign", "success", "failing_since")
    known = {name: _time(found[name]) for name in times if found.get(name)}
    return LaneSigns(**known, problem=str(found.get("problem", "")))


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
