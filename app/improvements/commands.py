"""The improvements room on the command line: the register and measured values by file, business
cases.
"""

from app.improvements.case.commands import case
from app.improvements.climb.commands import iteration
from app.improvements.metrics.commands import measure
from app.improvements.takeover.commands import improvement
from app.improvements.tasks.commands import task

improvement.add_command(task)
COMMANDS = [improvement, iteration, measure, case]

__all__ = ["COMMANDS"]
