"""Stakeholders on the command line."""

from __future__ import annotations

from typing import Any

import click

from app.core.parts import parts
from app.core.terminal import emit, group
from app.improvements.queries import get_improvement
from app.sponsors.stakeholders.queries import stakeholder_lines, supports
from app.sponsors.stakeholders.told import told, told_support


@group("stakeholder")
def stakeholder() -> None:
    """Who has a say in improvements, and where they stand."""


@stakeholder.command("list")
@click.argument("improvement_id", metavar="[N]", type=click.IntRange(1), required=False)
@click.option("--text", default="", help="Only where these words stand.")
def list_(improvement_id: int | None, text: str) -> None:
    """List who has a say in improvement N, or in all, and how much support there is."""
    today = parts().now().date()
    with parts().database.read() as session:
        if improvement_id is not None:
            get_improvement(session, improvement_id)
        lines = stakeholder_lines(session, today, improvement_id)
        told_of = supports(session, today, {line.row.improvement_id for line in lines})
    people = [told(line) for line in lines if line.fits(text)]
    support = {str(number): told_support(one) for number, one in told_of.items()}
    said = [_line(one) for one in people]
    said += [_sum(number, one) for number, one in support.items()]
    data = {"stakeholders": people, "support": support}
    emit(data, said or "Nobody is noted yet.")


def _line(one: dict[str, Any]) -> str:
    sponsor = ", sponsor" if one["sponsor"] else ""
    weight = f"power {one['power']}, interest {one['interest']}"
    return (
        f"{one['stakeholder']} {one['name']} ({one['kind']}{sponsor}): "
        f"{one['stance']}, should be {one['desired']}; {weight}"
    )


def _sum(number: str, one: dict[str, Any] | None) -> str:
    told_sum = one["arithmetic"] if one else "nobody is noted"
    return f"Support of improvement {number}: {told_sum}"
