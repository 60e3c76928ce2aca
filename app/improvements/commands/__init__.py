"""The improvements room on the command line: improvements, iterations, measured values, business
cases.
"""

from app.improvements.commands.cases import case
from app.improvements.commands.iterations import iteration
from app.improvements.commands.measures import measure
from app.improvements.commands.register import improvement

COMMANDS = [improvement, iteration, measure, case]

__all__ = ["COMMANDS"]
