"""The catalogue on the command line."""

from app.catalog.commands.scripts import script
from app.catalog.commands.services import service

COMMANDS = [service, script]

__all__ = ["COMMANDS"]
