"""What the commands of this room share."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import click

from app.improvements.rules.pasted import as_day


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


def one_of(words: type[StrEnum]) -> click.Choice[str]:
    """Return a choice of the words of an enum, as they are written everywhere else."""
    return click.Choice([word.value for word in words])


DAY = DayOption()
IMPROVEMENT = click.argument("improvement_id", metavar="N", type=click.IntRange(1))
ITERATION = click.argument("iteration_id", metavar="I", type=click.IntRange(1))
METRIC = click.argument("metric_id", metavar="M", type=click.IntRange(1))
REASON = click.option("--reason", default="", help="Why.")
