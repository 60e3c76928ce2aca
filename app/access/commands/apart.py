"""``apart``: rights that nobody should hold together."""

from __future__ import annotations

from dataclasses import asdict

import click

from app.access.apart.actions import keep_apart, let_meet
from app.access.apart.queries import pairs_apart
from app.auth.console import actor
from app.core.parts import parts
from app.core.terminal import emit, group, table
from app.directory.queries import find_right


@group("apart")
def apart() -> None:
    """Pairs of rights that nobody should hold together: reported, never enforced."""


@apart.command("list")
def list_pairs() -> None:
    """List the pairs, with who holds both."""
    with parts().database.read() as session:
        pairs = pairs_apart(session)
    rows = [
        (
            pair.id,
            pair.one,
            pair.other,
            ", ".join(name for _, name in pair.people),
        )
        for pair in pairs
    ]
    shown = table(("Pair", "Right", "and", "Held together by"), rows)
    emit({"pairs": [asdict(pair) for pair in pairs]}, shown or "No pair is noted.")


@apart.command("add")
@click.argument("one", metavar="RIGHT")
@click.argument("other", metavar="OTHER")
@click.option("--reason", required=True, help="Why nobody should hold both.")
def add(one: str, other: str, reason: str) -> None:
    """Note that nobody should hold RIGHT and OTHER together."""
    with parts().acting(actor()) as act:
        first, second = (find_right(act.session, name) for name in (one, other))
        pair = keep_apart(
            act,
            first.id,
            second.id,
            reason,
        ).id
    told = f"{first.cn} and {second.cn} should not meet (pair {pair})."
    emit({"pair": pair}, told)


@apart.command("remove")
@click.argument("pair_id", metavar="PAIR", type=click.IntRange(1))
def remove(pair_id: int) -> None:
    """Take back that the rights of PAIR should not meet."""
    with parts().acting(actor()) as act:
        let_meet(act, pair_id)
    emit({"pair": pair_id}, "They may be held together again.")
