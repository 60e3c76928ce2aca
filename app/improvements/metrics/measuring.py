"""Write down measured values: one, pasted or from a file.

A correction stands beside the value it corrects.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import latest_day, one
from app.core.errors import Invalid, Refused
from app.core.figures import day as day_text
from app.core.figures import figure
from app.core.said import nsaid, said
from app.improvements.events import NotedChange, locked, tell
from app.improvements.metrics.rules import PastedRow, PastedWrong, parse
from app.improvements.metrics.tally import WITH_WHOLE, Counted, counted
from app.improvements.statistics.periods import start_of
from app.models.improvements.improvement import Improvement
from app.models.improvements.metric import Measurement, Metric
from app.models.improvements.words import Period


@dataclass(frozen=True, slots=True)
class PastePreview:
    """What a pasted text would add: rows by period, periods said to be missing, and the lines that
    cannot be used.
    """

    rows: tuple[PastedRow, ...]
    missing: tuple[PastedRow, ...]
    wrong: tuple[PastedWrong, ...]

    @property
    def undecided(self) -> tuple[PastedWrong, ...]:
        """Return the lines that can be used as soon as somebody says what stands first in their
        dates.
        """
        return tuple(line for line in self.wrong if line.undecided)

    @property
    def refused(self) -> tuple[PastedWrong, ...]:
        """Return the lines that cannot be used whatever stands first in dates or numbers mean."""
        return tuple(
            line for line in self.wrong if not line.undecided and not line.either
        )

    @property
    def either(self) -> tuple[PastedWrong, ...]:
        """Return the lines that can be used as soon as somebody says what the mark in their numbers
        means.
        """
        return tuple(line for line in self.wrong if line.either)

    @property
    def asks(self) -> bool:
        """Tell whether lines wait for an answer."""
        return any(line.undecided or line.either for line in self.wrong)


def measure(
    act: Acting,
    metric_id: int,
    day: date,
    value: float,
    *,
    label: str = "",
    whole: float | None = None,
) -> Measurement:
    """Write down one value; of a share or a rate how many of ``whole``.

    Raises ``Invalid`` when the period has one already: corrections are made as such.
    """
    metric = one(
        act.session,
        Metric,
        metric_id,
    )
    improvement = locked(act.session, metric.improvement_id)
    start = start_of(day, metric.period)
    made_of = counted_of(
        metric,
        value,
        whole,
    )
    why = objection(
        metric,
        start,
        made_of.value,
        latest_day(act.now),
        taken_in(
            act.session,
            metric_id,
            [start],
        ),
        label.strip(),
    )
    if why:
        raise Invalid(why, field="value" if why.startswith("It ") else "day")
    change = NotedChange()
    made = Measurement(
        metric_id=metric_id,
        day=start,
        label=label.strip(),
        **asdict(made_of),
        created_at=act.now,
        created_by=act.by,
    )
    change.add(act.session, made)
    sentence = (
        f"{metric.name}: {figure_of_count(made_of)} {metric.unit}".strip()
        + f" on {day_text(start)}"
    )
    tell(
        act,
        improvement,
        "measurement.add",
        sentence,
        change,
    )
    return made


def correct(
    act: Acting,
    measurement_id: int,
    value: float | None,
    reason: str,
    whole: float | None = None,
) -> Measurement:
    """Put a right value beside a wrong one; None says that nothing was measured after all.

    Needs a reason.
    """
    wrong = one(
        act.session,
        Measurement,
        measurement_id,
    )
    metric = act.session.get_one(Metric, wrong.metric_id)
    improvement = locked(act.session, metric.improvement_id)
    if not reason.strip():
        raise Invalid(said("Say why the value was wrong."), field="reason")
    if start_of(wrong.day, metric.period) != wrong.day:
        raise Refused(
            said(
                "It is of a shorter period; correct the value of %(day)s.",
                day=day_text(start_of(wrong.day, metric.period)),
            )
        )
    made_of = counted_of(
        metric,
        value,
        whole,
    )
    same = (
        Measurement.metric_id == wrong.metric_id,
        Measurement.day == wrong.day,
        Measurement.label == wrong.label,
    )
    last = act.session.scalar(select(func.max(Measurement.attempt)).where(*same)) or 0
    change = NotedChange()
    made = Measurement(
        metric_id=wrong.metric_id,
        day=wrong.day,
        label=wrong.label,
        attempt=last + 1,
        **asdict(made_of),
        origin="correction",
        reason=reason.strip(),
        created_at=act.now,
        created_by=act.by,
    )
    change.add(act.session, made)
    shown = "not measured" if value is None else figure_of_count(made_of)
    sentence = f"Corrected {metric.name} on {day_text(wrong.day)}: {shown}"
    tell(
        act,
        improvement,
        "measurement.correct",
        sentence,
        change,
        reason=reason,
    )
    return made


def preview_values(
    session: Session,
    metric_id: int,
    text: str,
    *,
    months_first: bool | None = None,
    mark: str | None = None,
    now: datetime,
) -> PastePreview:
    """Tell what a pasted text would add to a metric, and which of its lines cannot be used and why.

    ``months_first`` says what stands first in dates such as 03/02/2026, where no line of the text
    tells it; ``mark`` which mark stands before decimals.
    """
    metric = one(
        session,
        Metric,
        metric_id,
    )
    pasted = parse(
        text,
        months_first,
        of_cases=metric.tally in WITH_WHOLE,
        mark=mark,
    )
    placed = [replace(row, day=start_of(row.day, metric.period)) for row in pasted.rows]
    taken = taken_in(
        session,
        metric_id,
        {row.day for row in placed},
    )
    rows, wrong = [], list(pasted.wrong)
    for row in placed:
        why = _why_not(metric, row) or objection(
            metric, row.day, row.value, latest_day(now), taken, row.label
        )
        if why:
            wrong.append(PastedWrong(row.line, f"{row.day} {row.value}", why))
            continue
        taken.setdefault((row.day, row.label), row.value)
        rows.append(row)
    return PastePreview(
        tuple(row for row in rows if row.value is not None),
        tuple(row for row in rows if row.value is None),
        tuple(sorted(wrong, key=lambda line: line.line)),
    )


def measure_pasted(
    act: Acting,
    metric_id: int,
    text: str,
    *,
    origin: str = "pasted",
    keep_good: bool = False,
    months_first: bool | None = None,
    mark: str | None = None,
) -> PastePreview:
    """Write down pasted values.

    Lines that cannot be used raise ``Invalid`` with all of them as details, and nothing is kept,
    unless ``keep_good``; then the others are, and the rejected lines are returned.
    """
    metric = one(act.session, Metric, metric_id)
    improvement = locked(act.session, metric.improvement_id)
    found = preview_values(
        act.session,
        metric_id,
        text,
        months_first=months_first,
        mark=mark,
        now=act.now,
    )
    _demand_usable(found, keep_good=keep_good)
    rows = _as_rows(found.rows, metric, origin, act.by, act.now)
    act.session.execute(insert(Measurement), list(rows))
    _tell_many(act, improvement, metric, len(found.rows), origin)
    return found


def _demand_usable(found: PastePreview, *, keep_good: bool) -> None:
    """Raise ``Invalid`` for lines that cannot be used, and where nothing is left to keep."""
    shown = tuple(line.sentence for line in found.wrong)
    if shown and not keep_good:
        lines = nsaid("%(number)s line", "%(number)s lines", len(shown))
        told = said("%(count)s cannot be used. %(value)s", count=lines, value=shown[0])
        raise Invalid(told, field="text", details=shown)
    if not found.rows:
        raise Invalid(said("There is no value to add."), field="text")


def _tell_many(
    act: Acting, improvement: Improvement, metric: Metric, count: int, origin: str
) -> None:
    told = {"values": count, "origin": origin}
    after = {f"metric:{metric.id}.{name}": value for name, value in told.items()}
    sentence = said(
        "Added %(values)s of %(name)s (%(origin)s)",
        values=nsaid("%(number)s value", "%(number)s values", count),
        name=metric.name,
        origin=origin,
    )
    change = NotedChange(after=after)
    tell(act, improvement, "measurement.add-many", sentence, change)


def counted_of(metric: Metric, value: float | None, whole: float | None) -> Counted:
    """Return what a value of a metric is made of. Raises ``Invalid``."""
    try:
        return counted(
            metric.tally,
            value,
            whole,
        )
    except ValueError as error:
        raise Invalid(error.args[0], field="value") from error


def _why_not(metric: Metric, row: PastedRow) -> str:
    try:
        counted(
            metric.tally,
            row.value,
            row.whole,
        )
    except ValueError as error:
        return str(error.args[0])
    return ""


def figure_of_count(made_of: Counted) -> str:
    """Return a value as it was typed: 12/40, or one number."""
    if made_of.whole is None or made_of.part is None:
        return figure(made_of.value or 0)
    return f"{figure(made_of.part)}/{figure(made_of.whole)}"


def objection(
    metric: Metric,
    day: date,
    value: float | None,
    today: date,
    taken: dict[tuple[date, str], float | None],
    label: str,
) -> str:
    """Return what stands against a value of a period, "" for nothing."""
    if day > today:
        return f"{day_text(day)} has not come yet."
    if (day, label) in taken:
        period = (
            ""
            if metric.period is Period.DAY
            else f" (the {metric.period} that begins then)"
        )
        known = taken[day, label]
        has = (
            "was noted as missing" if known is None else f"has {figure(known)} already"
        )
        return f"{day_text(day)}{period} {has}; correct it there, with a reason."
    if value is not None and metric.floor is not None and value < metric.floor:
        return f"It cannot be below {figure(metric.floor)}."
    return ""


def taken_in(
    session: Session, metric_id: int, days: Iterable[date]
) -> dict[tuple[date, str], float | None]:
    """Return what is written down already for periods, by day and label."""
    wanted = set(days)
    if not wanted:
        return {}
    rows = select(
        Measurement.day,
        Measurement.label,
        Measurement.value,
    ).where(
        Measurement.metric_id == metric_id,
        Measurement.day.between(min(wanted), max(wanted)),
    )
    found = session.execute(rows.order_by(Measurement.attempt))
    return {(day, label): value for day, label, value in found if day in wanted}


def _as_rows(
    rows: Iterable[PastedRow], metric: Metric, origin: str, by: str, now: datetime
) -> Iterable[dict[str, object]]:
    for row in rows:
        yield {
            "metric_id": metric.id,
            "day": row.day,
            "label": row.label,
            "attempt": 1,
            **asdict(
                counted(
                    metric.tally,
                    row.value,
                    row.whole,
                )
            ),
            "origin": origin,
            "reason": "",
            "created_at": now,
            "created_by": by,
        }
