"""The marks of a chart as small pictures beside words: where a metric goes, what its target may
expect.
"""

from __future__ import annotations

from markupsafe import Markup

from app.core.charts.svg import SHAPES, mark, tag


def sign(kind: str) -> Markup:
    """Return a mark as wide as a letter: "better", "worse", "steady" or a promise about a target;
    the words stand beside it.
    """
    shape = kind if kind in SHAPES else "steady"
    return tag(
        "svg",
        mark(shape, (8, 8)),
        class_="chart-picture chart-sign",
        width=16,
        height=16,
        viewBox="0 0 16 16",
        aria_hidden="true",
    )
