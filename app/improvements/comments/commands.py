"""Comments on the command line."""

from __future__ import annotations

import click

from app.auth.console import actor
from app.core.parts import parts
from app.core.terminal import command, emit
from app.improvements.comments import actions


@command("comment")
@click.argument("improvement_id", metavar="N", type=click.IntRange(1))
@click.argument("text")
@click.option("--finding", type=click.IntRange(1), help="The finding it is about.")
@click.option("--iteration", type=click.IntRange(1), help="The rung it is about.")
def comment(
    improvement_id: int, text: str, finding: int | None, iteration: int | None
) -> None:
    """Say something about improvement N; @NAME brings it to that operator's Today."""
    with parts().acting(actor()) as act:
        made = actions.add_comment(
            act, improvement_id, text, finding_id=finding, iteration_id=iteration
        )
        data = {"comment": made.id, "improvement": improvement_id}
    emit(data, f"Comment {data['comment']}.")
