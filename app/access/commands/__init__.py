"""The access room on the command line: roles, waves, and where a person's rights come from."""

from app.access.commands.apart import apart
from app.access.commands.drift import drift
from app.access.commands.drill import drill
from app.access.commands.exceptions import exceptions
from app.access.commands.explain import explain
from app.access.commands.health import undo_health
from app.access.commands.ladder import ladder
from app.access.commands.leftovers import leftovers_command
from app.access.commands.planned import version
from app.access.commands.rehearse import rehearse
from app.access.commands.reviews import review
from app.access.commands.roles import role
from app.access.commands.single import give, take
from app.access.commands.suggest import suggest
from app.access.commands.trial import trial
from app.access.commands.turnover import turnover
from app.access.commands.waves import wave
from app.access.commands.whole import undo as undo_whole_role
from app.directory.right_commands import right

role.add_command(ladder)
for _command in (give, take):
    right.add_command(_command)
for _command in (undo_whole_role, version):
    role.add_command(_command)
COMMANDS = [
    apart,
    role,
    wave,
    drift,
    drill,
    exceptions,
    explain,
    leftovers_command,
    rehearse,
    review,
    right,
    trial,
    turnover,
    suggest,
    undo_health,
]

__all__ = ["COMMANDS"]
