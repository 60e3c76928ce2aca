"""The improvements room on the command line: the register and measured values by file, business
cases.
"""

from app.improvements.answers.commands import give_link, send_letter, take_link
from app.improvements.case.commands import case
from app.improvements.climb.commands import iteration, raised
from app.improvements.comments.commands import comment
from app.improvements.crowd.commands import people
from app.improvements.due.commands import values
from app.improvements.merging.commands import duplicate, merge, reject
from app.improvements.metrics.commands import measure
from app.improvements.takeover.commands import improvement
from app.improvements.tasks.commands import task

for each in (task, raised, reject, duplicate, merge, comment):
    improvement.add_command(each)
for of_values in values.commands.values():
    measure.add_command(of_values)
for of_links in (send_letter, give_link, take_link):
    people.add_command(of_links)
iteration.add_command(people)
COMMANDS = [improvement, iteration, measure, case]

__all__ = ["COMMANDS"]
