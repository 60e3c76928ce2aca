"""How support went, as a small picture with its numbers beside it."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from markupsafe import Markup

from app.core.charts.points import ChartDot
from app.core.charts.spark import Spark
from app.models.sponsors.stakeholder import StakeholderAssessment
from app.sponsors.stakeholders.queries import SupportTold

LATEST = 24


def support_picture(told: SupportTold) -> Markup:
    """Return how the support of an improvement went, a point for each day somebody was asked."""
    dots = tuple(ChartDot(day, there.index) for day, there in told.history[-LATEST:])
    return _drawn(_("Support over time"), told.now.text, dots, 0)


def stance_picture(newest_first: Sequence[StakeholderAssessment]) -> Markup:
    """Return how somebody moved between unaware (0) and leading (4)."""
    rows = list(reversed(newest_first[:LATEST]))
    dots = tuple(ChartDot(row.day, row.stance.level) for row in rows)
    return _drawn(_("From unaware (0) to leading (4)"), "", dots, None)


def _drawn(
    title: str, sentence: str, dots: tuple[ChartDot, ...], centre: float | None
) -> Markup:
    if len(dots) < 2:
        return Markup("")
    return Spark(title, sentence, dots, centre).draw()
