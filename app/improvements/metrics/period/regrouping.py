"""Values of a metric as those of another period: which fall together, and what they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from statistics import fmean
from types import MappingProxyType

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


Reasons = Mapping[tuple[date, str], str]
"""Why values are left out, by day and label."""


@dataclass(frozen=True, slots=True)
class Regrouped:
    """One period as it would be: what it is made of, and its value.

    ``aside`` are the values of it that are left out, ``left_out`` why the period itself will be.
    """

    day: date
    made_of: tuple[Value, ...]
    counted: Counted
    aside: tuple[Value, ...] = ()
    left_out: str = ""

    @property
    def stays(self) -> bool:
        """Tell whether it is one value that keeps its day."""
        [first, *more] = self.made_of
        return not more and (first.day, first.label) == (self.day, "")

    @property
    def joined(self) -> bool:
        """Tell whether several values fall together in it."""
        return len(self.made_of) > 1

    @property
    def in_part(self) -> bool:
        """Tell whether some of its values are left out and others are not."""
        return 0 < len(self.aside) < len(self.made_of)


def is_longer(period: Period, before: Period) -> bool:
    """Tell whether a period of the calendar is longer than another one."""
    return LENGTHS.index(period) > LENGTHS.index(before)


def regrouped(
    values: Iterable[Value],
    tally: Tally,
    period: Period,
    together: Joining,
    reasons: Reasons = MappingProxyType({}),
) -> list[Regrouped]:
    """Return the values as those of ``period``, in order of time.

    Each lies in the period in which its day lies; a value that is alone there stays what it is.
    ``reasons`` are those of the values that are left out.
    """
    ordered = sorted(values, key=lambda one: (one.day, one.label))
    found = []
    for day, some in groupby(
        ordered,
        key=lambda one: start_of(one.day, period),
    ):
        found.append(_made(day, tuple(some), tally, together, reasons))
    return found


def _made(
    day: date,
    values: tuple[Value, ...],
    tally: Tally,
    together: Joining,
    reasons: Reasons,
) -> Regrouped:
    """Return a period made of the values that count; where none does, it is left out as they were.

    A sum without some of its days would be too low, and nobody can say by how much: it is left out
    as a whole.
    """
    aside = tuple(one for one in values if (one.day, one.label) in reasons)
    counting = tuple(one for one in values if one not in aside) or values
    is_known = counting != values and together is not Joining.SUM
    told = dict.fromkeys(reasons[one.day, one.label].rstrip(".") for one in aside)
    why = "" if is_known else "; ".join(told)
    return Regrouped(day, values, put_together(counting, tally, together), aside, why)


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
