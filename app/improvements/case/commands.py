"""Business cases on the command line: as of any day, as text or Markdown."""

from __future__ import annotations

from datetime import date

import click

from app.auth.console import actor
from app.core.parts import parts
from app.core.terminal import emit, group
from app.improvements.case.actions import (
    AskDraft,
    WorthDraft,
    answer_ask,
    ask,
    value_hour,
)
from app.improvements.case.queries import business_case
from app.improvements.case.rules import Case
from app.improvements.case.text import as_markdown, record_named
from app.improvements.metrics.rules import as_day
from app.models.improvements.words import AskKind


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
            self.fail(
                str(error),
                param,
                ctx,
            )


@group("case")
def case() -> None:
    """Business cases: rendered from what was collected, each sentence with its record."""


@case.command("show")
@click.argument(
    "improvement_id",
    metavar="N",
    type=click.IntRange(1),
)
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
        made = business_case(
            session,
            improvement_id,
            as_of or now.date(),
            now,
        )
    emit(made, as_markdown(made, _address) if markdown else _lines(made))


@case.command("ask")
@click.argument(
    "improvement_id",
    metavar="N",
    type=click.IntRange(1),
)
@click.argument("text")
@click.option(
    "--kind",
    type=click.Choice([one.value for one in AskKind]),
    default=AskKind.DECIDE.value,
    help="What it takes; a decision unless said.",
)
@click.option(
    "--until",
    type=DayOption(),
    required=True,
    help="Until which day.",
)
def ask_for(improvement_id: int, text: str, kind: str, until: date) -> None:
    """Ask for TEXT on top of the case of improvement N."""
    with parts().acting(actor()) as act:
        made = ask(
            act,
            improvement_id,
            AskDraft(AskKind(kind), text, until),
        )
        data = {"ask": made.id, "kind": made.kind, "text": made.text, "due": made.due}
    emit(data, f"Asked until {data['due']}: {data['text']}")


@case.command("answer")
@click.argument(
    "improvement_id",
    metavar="N",
    type=click.IntRange(1),
)
@click.argument("text")
def answer(improvement_id: int, text: str) -> None:
    """Note TEXT as the answer to what improvement N asks for."""
    with parts().acting(actor()) as act:
        made = answer_ask(
            act,
            improvement_id,
            text,
        )
        data = {"ask": made.id, "text": made.text, "answer": made.answer}
    emit(data, f"Answered “{data['text']}”: {data['answer']}")


@case.command("worth")
@click.argument(
    "improvement_id",
    metavar="N",
    type=click.IntRange(1),
)
@click.option(
    "--hour",
    type=float,
    help="What an hour is worth; none unless said.",
)
@click.option(
    "--unit",
    default="",
    help="In which money, like EUR.",
)
@click.option(
    "--years", type=int, default=1, help="Over how many years; 1 unless said."
)
def worth(improvement_id: int, hour: float | None, unit: str, years: int) -> None:
    """Say what an hour is worth in the case of improvement N, so that it can be weighed."""
    with parts().acting(actor()) as act:
        one = value_hour(
            act,
            improvement_id,
            WorthDraft(hour, unit, years),
        )
        names = ("hour_worth", "worth_unit", "worth_by", "worth_on", "horizon_years")
        data = {name: getattr(one, name) for name in names}
    emit(data, f"Changed what an hour is worth in improvement {improvement_id}.")


def _lines(made: Case) -> list[str]:
    lines = [made.title, f"Business case as of {made.as_of}."]
    for section in made.sections:
        said = [
            f"- {sentence.text} [{record_named(sentence.record)}]"
            for sentence in section.sentences
        ]
        lines += ["", section.title, *(said or [section.empty])]
    return lines


def _address(record: str) -> str:
    return "#" + record.replace(":", "-")
