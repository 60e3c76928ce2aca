"""The catalogue on the command line."""

from app.catalog.scripts.commands import script
from app.catalog.takeover.commands import service

COMMANDS = [service, script]

__all__ = ["COMMANDS"]
