"""The incidents room on the command line."""

from app.incidents.commands import importing
from app.incidents.commands.desk import incident

COMMANDS = [incident]

__all__ = ["COMMANDS", "importing"]
