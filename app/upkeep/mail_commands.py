"""Mail on the command line: one message from a pipe."""

from __future__ import annotations

import sys

from app.incidents.actions.mailing import take_mail
from app.parts import parts
from app.terminal import emit, group


@group("mail")
def mail() -> None:
    """Mail that comes in for the desk."""


@mail.command("take")
def take() -> None:
    """Read one mail from standard input: a new incident, or an answer to one. A second time it changes nothing."""
    taken = take_mail(parts(), sys.stdin.buffer.read())
    about = f"incident {taken.incident_id}: " if taken.incident_id else ""
    emit({"outcome": taken.outcome, "incident": taken.incident_id}, f"{about}{taken.outcome}")


COMMANDS = [mail]
