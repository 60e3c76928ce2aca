"""``right give`` and ``right take``: one right of one person, planned like every change."""

from __future__ import annotations

from datetime import datetime

import click

from app.access.commands.lookup import told_wave
from app.access.commands.texts import changes_table, plan_lines
from app.access.plan.values import KeptOutside
from app.access.single.actions import plan_one_by_one
from app.access.single.rules import OneByOne
from app.auth.console import actor
from app.core.parts import parts
from app.core.terminal import command, emit
from app.directory.actions import bring_up_to_date
from app.directory.queries.lookup import find_right
from app.people.queries import find_person

PERSON = click.argument("person")
GROUP = click.argument("group", metavar="GROUP")


@command("give")
@PERSON
@GROUP
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The last day (YYYY-MM-DD); the right is taken off by itself then. Empty: it stays.",
)
@click.option(
    "--reason",
    required=True,
    help="Why the person needs it.",
)
@click.option(
    "--owner",
    default="",
    help="Who answers for it; you, unless said.",
)
def give(
    person: str, group: str, until: datetime | None, reason: str, owner: str
) -> None:
    """Plan to give PERSON the right GROUP, for good or until a day; somebody else approves it."""
    by = actor()
    end = until.date().isoformat() if until else ""
    kept = KeptOutside(
        owner.strip() or by,
        reason,
        end,
    )
    with parts().database.read() as session:
        who = find_person(session, person)
        what = find_right(
            session,
            group,
            who.directory_id,
        )
    _plan(
        who.directory_id,
        OneByOne(who.id, give={what.id: kept}),
        by,
    )


@command("take")
@PERSON
@GROUP
@click.option(
    "--reason",
    required=True,
    help="Why it may go.",
)
def take(person: str, group: str, reason: str) -> None:
    """Plan to take the right GROUP from PERSON, who holds it directly; somebody else approves
    it.
    """
    by = actor()
    with parts().database.read() as session:
        who = find_person(session, person)
        what = find_right(
            session,
            group,
            who.directory_id,
        )
    _plan(
        who.directory_id,
        OneByOne(who.id, take={what.id: reason}),
        by,
    )


def _plan(directory_id: int, order: OneByOne, by: str) -> None:
    here = parts()
    bring_up_to_date(
        here,
        directory_id,
        by=by,
    )
    with here.acting(by) as act:
        wave = plan_one_by_one(
            act,
            directory_id,
            [order],
        ).id
    with here.database.read() as session:
        told = told_wave(
            session,
            wave,
            here.now(),
        )
    advice = f"Another operator approves it: `rung wave approve {wave} --as OPERATOR`."
    emit(told, [*plan_lines(told), changes_table(told["people"]), advice])
