"""Charts that several tests draw, and a parser for what came out."""

from __future__ import annotations

from datetime import date, timedelta
from xml.etree.ElementTree import Element, fromstring

from markupsafe import Markup

from app.core.charts import (
    Ahead,
    BurnUpChart,
    ChartDot,
    FlowChart,
    FlowWeek,
    Happened,
    Lines,
    SeriesChart,
    Week,
)

MONDAY = date(2026, 1, 5)
SPACE = "{http://www.w3.org/2000/svg}"


def week(number: int) -> date:
    return MONDAY + timedelta(weeks=number)


def parsed(markup: Markup) -> Element:
    """Return the root of a picture; fails when it is not well-formed."""
    return fromstring(str(markup).replace("&nbsp;", "\u00a0"))


def texts(root: Element, tag: str = "text") -> list[str]:
    return [node.text or "" for node in root.iter(tag)]


def looks(root: Element) -> list[str]:
    return [look for node in root.iter() for look in node.get("class", "").split()]


def series(*values: float | None, **more: object) -> SeriesChart:
    dots = tuple(ChartDot(week(number), value) for number, value in enumerate(values))
    given: dict[str, object] = {
        "title": "Minutes",
        "sentence": "Steady.",
        "unit": "Minutes",
        "dots": dots,
        **more,
    }
    return SeriesChart(**given)  # type: ignore[arg-type] - tests give what they need


PILOT = series(
    sentence="2 of 2 points below the old average; unlikely to be chance.",
    dots=(
        ChartDot(week(0), 42),
        ChartDot(week(1), None),
        ChartDot(week(2), 40),
        ChartDot(week(3), 30, pilot=True, mark="better", why="outside the limits"),
        ChartDot(week(4), 50, pilot=True, mark="worse", why="outside the limits"),
    ),
    lines=(Lines(0, 5, 41, 31, 49, True, 12),),
    target=30,
    assurance="hit or miss",
)
BURN_UP = BurnUpChart(
    "People",
    "5 of 10.",
    (Week(week(0), 2, 8), Week(week(1), 5, 10)),
    (Ahead(week(2), 8, 6), Ahead(week(3), 10, 9), Ahead(week(4), 10, 10)),
    week(3),
    week(4),
    happened=(Happened(week(0), "rung", "Rung 1 began", "rung 1"),),
)
FLOW = FlowChart(
    "Improvements", "3 open.", (FlowWeek(week(0), 4, 0), FlowWeek(week(1), 9, 6))
)
EVENTFUL = series(
    *range(20, 40),
    happened=(
        Happened(week(2), "rung", "Rung 1 began", "rung 1"),
        Happened(week(9), "decision", "Rung 1 decided: scale", "scale"),
        Happened(week(9), "rung", "Rung 2 began", "rung 2"),
        Happened(week(12), "note", "Server moved"),
    ),
)
EVERY = (
    PILOT,
    series(7),
    series(),
    series(1, 10, 100, logged=True),
    BURN_UP,
    FLOW,
    EVENTFUL,
)
