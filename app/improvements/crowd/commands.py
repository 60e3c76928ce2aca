"""The people of a rung on the command line: listed, asked, moved."""

from __future__ import annotations

import click

from app.auth.console import actor
from app.core.parts import parts
from app.core.terminal import emit, group, table
from app.improvements.crowd.actions import CrowdAsked, ask_many, move_many, reach_of
from app.improvements.crowd.naming import (
    CrowdTyped,
    crowd_told,
    filter_typed,
    move_told,
    numbers_typed,
    reach_told,
    source_called,
    state_typed,
)
from app.improvements.people.actions import MoveSaid

EVERYBODY = 1_000_000
RUNG = click.argument("rung_id", metavar="R", type=click.IntRange(1))
STATE = click.option("--state", default="", help="Only who stands there, as in asked.")
SITE = click.option("--site", default="", help="Only who works at this site.")
NAME = click.option("--name", "names", multiple=True, help="This person; repeatable.")
BUT = click.option("--except", "but", multiple=True, help="Not this one; repeatable.")


@group("people")
def people() -> None:
    """People of a rung: asked, ready, using it, say it works, or undone."""


@people.command("list")
@RUNG
@STATE
@SITE
def people_list(rung_id: int, state: str, site: str) -> None:
    """List the people of rung R and count where they stand."""
    wanted = filter_typed(CrowdTyped(state, site))
    with parts().database.read() as session:
        found = crowd_told(session, rung_id, wanted, EVERYBODY, 0)
    counted = ", ".join(f"{number} {key}" for key, number in found["counts"].items())
    columns = ("name", "state", "site", "department")
    shown = [[one[name] for name in columns] for one in found["people"]]
    emit(found, [counted or "Nobody is asked yet.", table(columns, shown)])


@people.command("invite")
@RUNG
@SITE
@click.option("--department", default="", help="Only who is in this department.")
@click.option("--team", default="", help="Only who is in this team.")
@click.option("--group", "right", default="", help="Only who is in this group.")
@NAME
@BUT
@click.option("--technique", default="", help="What moved them.")
@click.option("--dry-run", is_flag=True, help="Count only.")
def people_invite(  # noqa: PLR0913 (each is an option)
    rung_id: int,
    site: str,
    department: str,
    team: str,
    right: str,
    names: tuple[str, ...],
    but: tuple[str, ...],
    technique: str,
    dry_run: bool,
) -> None:
    """Ask people to take part in rung R, all or none: by site, team, group and name."""
    with parts().acting(actor()) as act:
        source = source_called(act.session, site, department, team, right)
        wanted = CrowdAsked(source, names, but, technique)
        reach = (
            reach_of(act.session, rung_id, wanted)
            if dry_run
            else ask_many(act, rung_id, wanted)
        )
    emit({**reach_told(reach), "done": not dry_run}, reach.sentence)


@people.command("move")
@RUNG
@click.argument("to")
@STATE
@SITE
@NAME
@BUT
@click.option("--all", "everybody", is_flag=True, help="Everybody who takes part.")
@click.option("--reason", default="", help="Why; an undo asks for it.")
@click.option("--confirmed-by", default="", help="Who confirmed that it works.")
def people_move(  # noqa: PLR0913 (each is an option)
    rung_id: int,
    to: str,
    state: str,
    site: str,
    names: tuple[str, ...],
    but: tuple[str, ...],
    everybody: bool,
    reason: str,
    confirmed_by: str,
) -> None:
    """Move people of rung R on TO ready, using, works or undone; who stays is named."""
    goal = state_typed(to)
    meant = CrowdTyped(state, site, names, but, everybody)
    with parts().acting(actor()) as act:
        numbers = numbers_typed(act.session, rung_id, meant)
        told = MoveSaid(act.now, reason, confirmed_by)
        found = move_many(act, rung_id, numbers, goal, told)
    emit(move_told(found), found.sentence)
