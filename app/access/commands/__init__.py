"""The access room on the command line: roles, waves, and where a person's rights come from."""

from app.access.commands.drift import drift
from app.access.commands.explain import explain
from app.access.commands.rehearse import rehearse
from app.access.commands.roles import role
from app.access.commands.waves import wave

COMMANDS = [role, wave, drift, explain, rehearse]

__all__ = ["COMMANDS"]
