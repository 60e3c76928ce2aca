"""What waits for an operator, in the terminal."""

from __future__ import annotations

import click

from app.auth.queries import operator_named
from app.core.addresses import public_address
from app.core.errors import NotFound
from app.core.parts import parts
from app.core.spoken_times import minute_at
from app.core.terminal import command, emit, table
from app.core.waiting import Waiter, WaitingLine, waiting_for


@command("today")
@click.argument("name")
def today(name: str) -> None:
    """List what waits for the operator NAME, the oldest first."""
    here = parts()
    with here.database.read() as session:
        operator = operator_named(session, name)
        if operator is None:
            raise NotFound(f"There is no operator {name}.")
        may = tuple(operator.permissions)
        who = Waiter(operator.id, operator.name, may, here.now(), here.settings)
        found = waiting_for(session, who)
    lines = [_content(line) for line in found.lines]
    emit({"waits": found.total, "lines": lines}, _text(found.lines, found.total))


def _content(line: WaitingLine) -> dict[str, object]:
    return {
        "kind": line.wait.value,
        "what": str(line.what),
        "why": str(line.why),
        "since": line.since,
        "page": public_address(parts().settings, line.page),
    }


def _text(lines: tuple[WaitingLine, ...], total: int) -> list[str]:
    if not lines:
        return ["Nothing waits."]
    zone = parts().settings.timezone
    rows = [
        (minute_at(line.since, zone), line.wait.value, str(line.what), str(line.why))
        for line in lines
    ]
    more = [f"and {total - len(lines)} more"] if total > len(lines) else []
    return [table((f"Since ({zone})", "Kind", "What", "Why"), rows), *more]


COMMANDS = [today]
