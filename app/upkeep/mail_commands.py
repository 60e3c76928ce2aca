"""Mail on the command line: one message from a pipe."""

from __future__ import annotations

import sys

from app.core.parts import parts
from app.core.terminal import emit, group
from app.incidents.mail.keeping import LARGEST_RAW
from app.incidents.mailbox.actions import take_or_set_aside

PIECE = 1_000_000


@group("mail")
def mail() -> None:
    """Mail that comes in for the desk."""


@mail.command("take")
def take() -> None:
    """Read one mail from standard input: a new incident, or an answer to one.

    A second time it changes nothing.

    A mail that cannot be taken is kept and set aside, for the page of mails left alone.
    """
    raw = sys.stdin.buffer.read(LARGEST_RAW)
    is_whole = not _drained()
    taken = take_or_set_aside(parts(), raw, is_whole=is_whole)
    about = f"incident {taken.incident_id}: " if taken.incident_id else ""
    emit(
        {"outcome": taken.outcome, "incident": taken.incident_id},
        f"{about}{taken.outcome}",
    )


def _drained() -> bool:
    """Read what is beyond the largest mail, so that the pipe does not break; tell whether there was
    any.
    """
    more = False
    while sys.stdin.buffer.read(PIECE):
        more = True
    return more


COMMANDS = [mail]
