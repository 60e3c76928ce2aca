"""The commands of the sponsors room."""

from __future__ import annotations

from app.sponsors.status.commands import status

COMMANDS = [status]
