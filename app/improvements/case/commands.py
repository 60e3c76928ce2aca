"""Business cases on the command line: as of any day, as text or Markdown."""

from __future__ import annotations

from datetime import date

import click

from app.core.parts import parts
from app.core.terminal import emit, group
from app.improvements.case.queries import business_case
from app.improvements.case.rules import Case
from app.improvements.case.text import as_markdown
from app.improvements.metrics.rules import as_day


class DayOption(click.ParamType[date]):
    """A day, written as 2026-03-02."""

    name = "day"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Return the day a text means, or fail with a sentence."""
        if isinstance(value, date):
            return value
        try:
            return as_day(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


@group("case")
def case() -> None:
    """Business cases: rendered from what was collected, each sentence with its record."""


@case.command("show")
@click.argument("improvement_id", metavar="N", type=click.IntRange(1))
@click.option(
    "--as-of", type=DayOption(), help="The day it is made for; today unless said."
)
@click.option(
    "--markdown", is_flag=True, help="As Markdown, with the records as links."
)
def show(improvement_id: int, as_of: date | None, markdown: bool) -> None:
    """Show the business case of improvement N."""
    now = parts().now()
    with parts().database.read() as session:
        made = business_case(session, improvement_id, as_of or now.date(), now)
    emit(made, as_markdown(made, _address) if markdown else _lines(made))


def _lines(made: Case) -> list[str]:
    lines = [made.title, f"Business case as of {made.as_of}."]
    for section in made.sections:
        said = [
            f"- {sentence.text} [{sentence.record}]" for sentence in section.sentences
        ]
        lines += ["", section.title, *(said or [section.empty])]
    return lines


def _address(record: str) -> str:
    return "#" + record.replace(":", "-")
