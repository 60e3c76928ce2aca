"""Which value of a metric is due, and what was typed on the sheet of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from app.core.numbers_in import TwoNumbers, number_of, two_readings
from app.core.said import said
from app.improvements.metrics.tally import OF, WITH_WHOLE
from app.improvements.statistics.periods import end_of, start_of
from app.models.improvements.words import Period, Tally

FRIDAY = 4


@dataclass(frozen=True, slots=True)
class DueEntry:
    """One row of the sheet as it was typed."""

    metric_id: int
    day: date
    value: str = ""
    whole: str = ""
    missing: bool = False
    reason: str = ""
    mark: str | None = None

    @property
    def empty(self) -> bool:
        """Tell whether nothing was typed; then nothing is meant."""
        return not (self.value or self.whole or self.missing or self.reason)


@dataclass(frozen=True, slots=True)
class DueAnswer:
    """What a row says: a value, of how many, or that nothing was measured."""

    value: float | None
    whole: float | None = None


class DueProblem(ValueError):
    """Why a row cannot be used: the field, a sentence, and the ``two`` numbers it may mean."""

    def __init__(
        self, field: str, why: str, two: tuple[tuple[str, str], ...] = ()
    ) -> None:
        super().__init__(why)
        self.field, self.why, self.two = field, why, two


def due_day(period: Period, last: date | None, today: date) -> date | None:
    """Return the first day of the latest period that is over; None where it has its value, and for
    groups of tickets, which no calendar asks for.

    ``last`` is the latest day that has a value or was noted as not measured. A daily metric whose
    latest value is of a working day is not asked for the weekend.
    """
    if period is Period.GROUP:
        return None
    day = start_of(today, period) - timedelta(days=1)
    weekends = last is not None and last.weekday() > FRIDAY
    if period is Period.DAY and not weekends:
        day -= timedelta(days=max(0, day.weekday() - FRIDAY))
    start = start_of(day, period)
    return None if last is not None and last >= start else start


def due_since(day: date, period: Period) -> date:
    """Return the first day on which the value of a period could be known."""
    return end_of(day, period) + timedelta(days=1)


def answered(entry: DueEntry, tally: Tally) -> DueAnswer:
    """Return what a row says. Raises ``DueProblem``."""
    if entry.missing:
        return _missing(entry)
    if entry.reason:
        raise DueProblem(
            "missing",
            said("Tick “not measured”, or give a value instead of the reason."),
        )
    if not entry.value:
        raise DueProblem("value", said("Give how many were counted."))
    value, whole = entry.value, entry.whole
    if tally in WITH_WHOLE and not whole:
        value, _, whole = OF.sub("/", value).partition("/")
    mark = entry.mark
    cases = _number("whole", whole, mark) if whole else None
    return DueAnswer(_number("value", value, mark), cases)


def _missing(entry: DueEntry) -> DueAnswer:
    if entry.value or entry.whole:
        raise DueProblem(
            "missing",
            said("There is a value and “not measured”; one of them is wrong."),
        )
    if not entry.reason:
        raise DueProblem("reason", said("Say why nothing was measured."))
    return DueAnswer(None)


def _number(field: str, text: str, mark: str | None) -> float:
    try:
        return number_of(text, mark, ask=True)
    except TwoNumbers as two:
        raise DueProblem(field, str(two), two_readings(text)) from two
    except ValueError as error:
        raise DueProblem(field, str(error)) from error
