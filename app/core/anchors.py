"""Anchors: the end of the audit trail, noted each day in a file outside of the database.

One line each: when, what, the number of the last event, its hash. ``restored`` says that a backup
was put back, so that later events which earlier lines speak of are rightly gone. A copy of the file
elsewhere is a witness against whoever has this machine.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog
from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import Away, Invalid
from app.core.parts import Parts
from app.core.said import said
from app.core.settings import Settings

ANCHOR, RESTORED = "anchor", "restored"
LINE = re.compile(r"(\S{19,40}) (anchor|restored) (\d{1,18}) ([0-9a-f]{64})")
log = structlog.get_logger("rung.audit")


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the trail ended with at a time (UTC): the number and the hash of its last event."""

    at: datetime
    kind: str
    event: int
    hash: str

    @property
    def line(self) -> str:
        """Return the anchor as it stands in the file."""
        return f"{self.at.isoformat(timespec='seconds')} {self.kind} {self.event} {self.hash}"


def anchors_in(file: Path) -> list[Anchor]:
    """Return the anchors of a file, the oldest first; none when there is no file.

    A last line without its end is what a power cut leaves, and is passed over. Raises ``Invalid``
    with the line that is no anchor, ``Away`` when the file cannot be read.
    """
    try:
        text = file.read_text(encoding="utf-8-sig", errors="replace")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise Away(
            said(
                "%(file)s cannot be read (%(strerror)s).",
                file=file,
                strerror=error.strerror,
            )
        ) from error
    whole = text[: text.rfind("\n") + 1]
    lines = enumerate(whole.splitlines(), 1)
    return [_anchor(file, number, line) for number, line in lines if line.strip()]


def expected(anchors: Iterable[Anchor]) -> dict[int, str]:
    """Return the hashes that the trail must hold, by the number of their event."""
    found: dict[int, str] = {}
    for anchor in anchors:
        if anchor.kind == RESTORED:
            found = {
                event: known for event, known in found.items() if event <= anchor.event
            }
        if anchor.event:
            found[anchor.event] = anchor.hash
    return found


def verified(session: Session, settings: Settings) -> audit.Broken | None:
    """Walk the chain, and hold it against the anchors of this installation."""
    try:
        anchors = anchors_in(settings.anchors)
    except Invalid as error:
        return audit.Broken(0, error.message.rstrip("."))
    return audit.verify(session, expected(anchors))


def drop_anchor(
    session: Session, settings: Settings, now: datetime, kind: str = ANCHOR
) -> Anchor:
    """Note the end of the trail in the file of this installation.

    Raises ``Away`` when it cannot be written.
    """
    anchor = Anchor(now.astimezone(UTC), kind, *audit.head_of(session))
    _append(settings.anchors, anchor.line)
    log.info(f"audit.{kind}", number=anchor.event, hash=anchor.hash)
    return anchor


def run_daily_anchor(parts: Parts) -> bool:
    """Note the end of the trail once a day (UTC), when there is something new; tell whether it
    was.
    """
    now = parts.now()
    anchors = anchors_in(parts.settings.anchors)
    if anchors and anchors[-1].at.date() >= now.astimezone(UTC).date():
        return False
    with parts.database.read() as session:
        if audit.head_of(session)[0] == (anchors[-1].event if anchors else 0):
            return False
        drop_anchor(session, parts.settings, now)
    return True


def _anchor(file: Path, number: int, line: str) -> Anchor:
    found = LINE.fullmatch(line.strip())
    at = _moment(found[1]) if found else None
    if found is None or at is None:
        raise Invalid(
            said(
                "%(file)s, line %(number)s: this is no anchor of an audit trail.",
                file=file,
                number=number,
            ),
            field="against",
        )
    return Anchor(at, found[2], int(found[3]), found[4])


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _append(file: Path, line: str) -> None:
    try:
        with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as out:
            whole = out.read()
            # What a power cut left of a line goes: read as a line of its own it would spoil the
            # file.
            out.seek(whole.rfind(b"\n") + 1)
            out.write(f"{line}\n".encode())
            out.truncate()
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise Away(
            said(
                "%(file)s cannot be written (%(strerror)s).",
                file=file,
                strerror=error.strerror,
            )
        ) from error
