"""The catalogue on the command line."""

from app.catalog.commands.services import service

COMMANDS = [service]

__all__ = ["COMMANDS"]
