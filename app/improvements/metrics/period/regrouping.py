"""Values of a metric as those of another period: which fall together, and what they make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from statistics import fmean

from app.improvements.metrics.queries import Value
from app.improvements.metrics.tally import Counted, counted
from app.improvements.statistics.periods import start_of
from app.models.improvements.words import Joining, Period, Tally

LENGTHS = (Period.DAY, Period.WEEK, Period.MONTH)
"""The periods of the calendar, the shortest first."""

SENSIBLE = {
    Tally.MEASURED: (Joining.MEAN, Joining.SUM, Joining.LAST),
    Tally.COUNT: (Joining.SUM, Joining.LAST),
    Tally.SHARE: (Joining.POOL, Joining.LAST),
    Tally.RATE: (Joining.POOL, Joining.LAST),
}
"""How values of a kind may be put together, the usual way first."""


@dataclass(frozen=True, slots=True)
class Regrouped:
    """One period as it would be: what it is made of, and its value."""

    day: date
    made_of: tuple[Value, ...]
    counted: Counted

    @property
    def stays(self) -> bool:
        """Tell whether it is one value that keeps its day."""
        [first, *more] = self.made_of
        return not more and (first.day, first.label) == (self.day, "")

    @property
    def joined(self) -> bool:
        """Tell whether several values fall together in it."""
        return len(self.made_of) > 1


def is_longer(period: Period, before: Period) -> bool:
    """Tell whether a period of the calendar is longer than another one."""
    return LENGTHS.index(period) > LENGTHS.index(before)


def regrouped(
    values: Iterable[Value],
    tally: Tally,
    period: Period,
    together: Joining,
) -> list[Regrouped]:
    """Return the values as those of ``period``, in order of time.

    Each lies in the period in which its day lies; a value that is alone there stays what it is.
    """
    ordered = sorted(values, key=lambda one: (one.day, one.label))
    found = []
    for day, some in groupby(
        ordered,
        key=lambda one: start_of(one.day, period),
    ):
        made_of = tuple(some)
        made = put_together(made_of, tally, together)
        found.append(Regrouped(day, made_of, made))
    return found


def put_together(
    values: Sequence[Value],
    tally: Tally,
    together: Joining,
) -> Counted:
    """Return what values of one period make, given in order of time.

    All cases together: 1 of 2 and 0 of 98 are 1 of 100.
    """
    last = values[-1]
    if together is Joining.LAST or len(values) == 1:
        return Counted(last.value, last.part, last.whole)
    if together is Joining.POOL:
        part = sum(one.part or 0 for one in values)
        whole = sum(one.whole or 0 for one in values)
        return counted(tally, part, whole)
    known = [one.value for one in values]
    return Counted(sum(known) if together is Joining.SUM else fmean(known))
