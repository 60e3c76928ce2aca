"""The burn-up of what is done, with its forecast, as a chart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.core.charts import Ahead, BurnUpChart, Week
from app.core.said import Grouped, said
from app.improvements.spread.rules import BurnWeek
from app.improvements.statistics.forecast import SOON, FanWeek, Forecast
from app.improvements.statistics.weeks import WEEK


def burn_up_chart(
    title: str, past: Sequence[BurnWeek], forecast: Forecast, fan: Sequence[FanWeek]
) -> BurnUpChart:
    """Return the burn-up of at least one week with its forecast, which begins where the past
    ends.
    """
    last = past[-1]
    ahead = tuple(
        Ahead(
            last.ends + week.week * WEEK,
            last.done + week.likely,
            last.done + week.careful,
        )
        for week in fan
        if week.week
    )
    weeks = tuple(Week(week.ends, week.done, week.scope) for week in past)
    told = said(
        "%(done)s of %(scope)s so far. %(sentence)s",
        done=Grouped(last.done),
        scope=Grouped(last.scope),
        sentence=forecast.sentence,
    )
    return BurnUpChart(
        title,
        told,
        weeks,
        ahead,
        _completed(last, forecast, 50),
        _completed(last, forecast, 85),
    )


def _completed(last: BurnWeek, forecast: Forecast, chance: int) -> date | None:
    weeks = forecast.weeks.get(chance)
    return None if weeks is None or weeks > SOON else last.ends + weeks * WEEK
