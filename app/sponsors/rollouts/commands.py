"""Roll-outs on the command line."""

from __future__ import annotations

import click

from app.core.parts import parts
from app.core.terminal import emit, group
from app.sponsors.rollouts.queries import rollout_lines, rollout_page
from app.sponsors.rollouts.told import told, told_whole


@group("rollout")
def rollout() -> None:
    """What is brought to users: which calls are expected, what came."""


@rollout.command("list")
def list_() -> None:
    """List roll-outs, the latest first."""
    with parts().database.read() as session:
        shown = [told(line) for line in rollout_lines(session)]
    lines = [
        f"{one['rollout']} {one['title']} ({one['state']}, from {one['starts']})"
        for one in shown
    ]
    emit(
        {"rollouts": shown},
        lines or "There are none.",
    )


@rollout.command("show")
@click.argument(
    "rollout_id",
    metavar="R",
    type=click.IntRange(1),
)
def show(rollout_id: int) -> None:
    """Show roll-out R week by week: what was foreseen, what came, the hours it takes."""
    with parts().database.read() as session:
        one = told_whole(rollout_page(session, rollout_id, parts().now()))
    lines = [
        f"{week['week of']}: {week['50 %']} to {week['90 %']} calls, came "
        f"{'-' if week['actual'] is None else week['actual']}"
        for week in one["sheet"]
    ]
    emit(one, [f"{one['title']} ({one['state']})", *lines])
