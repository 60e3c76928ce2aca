"""Reject, duplicate and merge on the command line."""

from __future__ import annotations

import click

from app.auth.console import actor
from app.core.parts import parts
from app.core.terminal import command, emit
from app.improvements.merging import actions
from app.improvements.merging.queries import would_move

NUMBER = click.IntRange(1)


@command("reject")
@click.argument(
    "improvement_id",
    metavar="N",
    type=NUMBER,
)
@click.option(
    "--reason",
    required=True,
    help="Why; who asked reads it.",
)
def reject(improvement_id: int, reason: str) -> None:
    """Reject improvement N, an idea nobody will try."""
    with parts().acting(actor()) as act:
        row = actions.reject(
            act,
            improvement_id,
            reason,
        )
        data = {"improvement": row.id, "title": row.title, "state": row.state.value}
    emit(data, f"Rejected: {data['title']}.")


@command("duplicate")
@click.argument(
    "improvement_id",
    metavar="N",
    type=NUMBER,
)
@click.argument(
    "other_id",
    metavar="OTHER",
    type=NUMBER,
)
@click.option(
    "--reason",
    default="",
    help="What makes them the same.",
)
def duplicate(improvement_id: int, other_id: int, reason: str) -> None:
    """Say that improvement N asks for the same as OTHER, which goes on."""
    with parts().acting(actor()) as act:
        row = actions.mark_duplicate(
            act,
            improvement_id,
            other_id,
            why=reason,
        )
        data = {"improvement": row.id, "title": row.title, "duplicate_of": other_id}
    emit(data, f"A duplicate of {other_id}: {data['title']}.")


@command("merge")
@click.argument(
    "improvement_id",
    metavar="N",
    type=NUMBER,
)
@click.argument(
    "into_id",
    metavar="INTO",
    type=NUMBER,
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Only say what would move.",
)
def merge(improvement_id: int, into_id: int, dry_run: bool) -> None:
    """Move everything of improvement N into INTO. This cannot be taken back."""
    with parts().database.read() as session:
        moving = would_move(session, improvement_id)
    if not dry_run:
        with parts().acting(actor()) as act:
            actions.merge(
                act,
                improvement_id,
                into_id,
            )
    data = {"improvement": improvement_id, "into": into_id, "moved": moving}
    told = ", ".join(f"{count} {name}" for name, count in moving.items())
    verb = "Would move" if dry_run else "Moved"
    emit({**data, "done": not dry_run}, f"{verb} into {into_id}: {told or 'nothing'}.")
