"""Tables of metrics and their measured values."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import worded
from app.core.db import Base
from app.models.improvements.words import (
    Direction,
    Joining,
    MetricRole,
    MetricScope,
    MetricSource,
    Period,
    Tally,
)
from app.models.incidents.words import DeskFigure

REGROUPED = "new period"
"""Where a value comes from that was made when the period of its metric changed."""


class Metric(Base):
    """What an improvement is measured by.

    ``primary_of`` is unique: one primary metric per improvement.

    ``control_of`` names the improvement that keeps it under watch after it was embedded; ``tally``
    says what kind of number it is; ``skewed`` marks durations, which are read on their logarithms;
    ``floor`` is what the value cannot fall below, such as 0 for a count; ``desk_figure`` is what
    the worker measures it by, out of incidents; ``full_count`` marks one that counts everything,
    where every difference is real.
    """

    __tablename__ = "metric"
    __table_args__ = (
        UniqueConstraint("improvement_id", "name"),
        UniqueConstraint("primary_of"),
        UniqueConstraint("control_of"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    improvement_id: Mapped[int] = mapped_column(ForeignKey("improvement.id"))
    primary_of: Mapped[int | None] = mapped_column(ForeignKey("improvement.id"))
    control_of: Mapped[int | None] = mapped_column(ForeignKey("improvement.id"))
    role: Mapped[MetricRole] = mapped_column(worded(MetricRole, "role"))
    name: Mapped[str]
    definition: Mapped[str] = mapped_column(Text, default="")
    unit: Mapped[str] = mapped_column(default="")
    direction: Mapped[Direction] = mapped_column(worded(Direction, "direction"))
    target: Mapped[float | None]
    source: Mapped[MetricSource] = mapped_column(
        worded(MetricSource, "source"), default=MetricSource.TYPED
    )
    desk_figure: Mapped[DeskFigure | None] = mapped_column(
        worded(DeskFigure, "desk_figure")
    )
    scope: Mapped[MetricScope] = mapped_column(
        worded(MetricScope, "scope"), default=MetricScope.SERVICE
    )
    period: Mapped[Period] = mapped_column(
        worded(Period, "period"), default=Period.WEEK
    )
    tally: Mapped[Tally] = mapped_column(worded(Tally, "tally"), default=Tally.MEASURED)
    skewed: Mapped[bool] = mapped_column(default=False)
    full_count: Mapped[bool] = mapped_column(default=False)
    floor: Mapped[float | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    retired_at: Mapped[datetime | None]


class Rebase(Base):
    """A day from which people decided that new limits hold for a metric, and why."""

    __tablename__ = "metric_rebase"
    noun = "rebase"
    __table_args__ = (UniqueConstraint("metric_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    metric_id: Mapped[int] = mapped_column(ForeignKey("metric.id"))
    day: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class Measurement(Base):
    """One value of a metric for one period.

    Append-only: a correction is a further ``attempt`` for the same period.

    A share or a rate keeps what it was made of: ``part`` of ``whole``. The highest attempt counts;
    a value of None takes the period out again. ``label`` tells several
    of one day apart.
    """

    __tablename__ = "measurement"
    __table_args__ = (UniqueConstraint("metric_id", "day", "label", "attempt"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    metric_id: Mapped[int] = mapped_column(ForeignKey("metric.id"))
    day: Mapped[date]
    label: Mapped[str] = mapped_column(default="")
    attempt: Mapped[int] = mapped_column(default=1)
    value: Mapped[float | None]
    part: Mapped[float | None]
    whole: Mapped[float | None]
    origin: Mapped[str] = mapped_column(default="typed")
    reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class LeftOut(Base):
    """A period of a metric whose value is shown and counts for nothing, with the reason.

    Taking it back keeps the row, with who did that and when. ``change_id`` is the change of the
    period that made it out of those of another period, ``gone_with_id`` the one it went into.
    """

    __tablename__ = "metric_left_out"
    noun = "left-out"

    id: Mapped[int] = mapped_column(primary_key=True)
    metric_id: Mapped[int] = mapped_column(ForeignKey("metric.id"), index=True)
    day: Mapped[date]
    label: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str] = mapped_column(default="")
    change_id: Mapped[int | None] = mapped_column(ForeignKey("metric_period_change.id"))
    gone_with_id: Mapped[int | None] = mapped_column(
        ForeignKey("metric_period_change.id")
    )


class PeriodChange(Base):
    """That the values of a metric were made those of another period, how, and why.

    ``last_before`` and ``last_after`` are the numbers of the newest value of the metric before and
    after it: what lies between was written by the change. Taking it back keeps the row.
    """

    __tablename__ = "metric_period_change"
    noun = "change of the period"

    id: Mapped[int] = mapped_column(primary_key=True)
    metric_id: Mapped[int] = mapped_column(ForeignKey("metric.id"), index=True)
    before: Mapped[Period] = mapped_column(worded(Period, "before"))
    after: Mapped[Period] = mapped_column(worded(Period, "after"))
    together: Mapped[Joining] = mapped_column(worded(Joining, "together"))
    last_before: Mapped[int]
    last_after: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str] = mapped_column(default="")
