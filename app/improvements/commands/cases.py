"""Business cases on the command line: show as of any day, as Markdown, freeze."""

from __future__ import annotations

from datetime import date

import click

from app.auth.console import actor
from app.core.parts import parts
from app.core.terminal import emit, group
from app.improvements.actions.cases import freeze_case
from app.improvements.commands.options import DAY, IMPROVEMENT
from app.improvements.queries.case import business_case
from app.improvements.rules.case import Case
from app.improvements.rules.case_text import as_markdown

AS_OF = click.option("--as-of", type=DAY, help="The day it is made for; today unless said.")


@group("case")
def case() -> None:
    """Business cases: rendered from what was collected, each sentence with its record."""


@case.command("show")
@IMPROVEMENT
@AS_OF
@click.option("--markdown", is_flag=True, help="As Markdown, with the records as links.")
def show(improvement_id: int, as_of: date | None, markdown: bool) -> None:
    """Show the business case of improvement N."""
    now = parts().now()
    with parts().database.read() as session:
        made = business_case(session, improvement_id, as_of or now.date(), now)
    emit(made, as_markdown(made, _address) if markdown else _lines(made))


@case.command("freeze")
@IMPROVEMENT
@AS_OF
def freeze(improvement_id: int, as_of: date | None) -> None:
    """Freeze the business case of improvement N with its hash."""
    by, now = actor(), parts().now()
    with parts().acting(by) as act:
        made = freeze_case(act, improvement_id, as_of or now.date())
    emit(
        {"case": made.id, "as_of": made.as_of, "hash": made.hash},
        f"Frozen as case {made.id}, {made.hash[:12]}….",
    )


def _lines(made: Case) -> list[str]:
    lines = [made.title, f"Business case as of {made.as_of}."]
    for section in made.sections:
        said = [f"- {sentence.text} [{sentence.record}]" for sentence in section.sentences]
        lines += ["", section.title, *(said or [section.empty])]
    return lines


def _address(record: str) -> str:
    return "#" + record.replace(":", "-")
