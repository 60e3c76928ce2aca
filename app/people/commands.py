"""People on the command line."""

from __future__ import annotations

import click

from app.core.parts import parts
from app.core.terminal import emit, group, table
from app.people.queries import STATES, PeopleFilter, count_people, people_page


@group("person")
def person() -> None:
    """People of the directories, as last read."""


@person.command("list")
@click.argument("words", required=False, default="")
@click.option(
    "--state", type=click.Choice(STATES[1:]), help="Only people in this state."
)
def list_people(words: str, state: str | None) -> None:
    """List people, all of them or those whose name, uid or mail holds WORDS."""
    wanted = PeopleFilter(q=words, state=state or "")
    with parts().database.read() as session:
        found = people_page(session, wanted, "name", 0, count_people(session, wanted))
    rows = [
        (line.uid, line.name, line.department, line.site, line.state, line.rights)
        for line in found
    ]
    shown = table(("Person", "Name", "Department", "Site", "State", "Rights"), rows)
    emit({"people": found}, shown or "Nobody fits. `rung sync` reads a directory.")


COMMANDS = [person]
