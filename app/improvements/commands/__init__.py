"""The improvements room on the command line: the register and measured values by file, business
cases.
"""

from app.improvements.commands.cases import case
from app.improvements.commands.measures import measure
from app.improvements.commands.register import improvement

COMMANDS = [improvement, measure, case]

__all__ = ["COMMANDS"]
