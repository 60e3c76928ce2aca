"""The level a watched metric has reached, offered before its improvement is embedded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.figures import day as day_text
from app.core.figures import figure
from app.core.said import nsaid, said
from app.improvements.metrics.queries import series_of
from app.improvements.queries import iterations_of
from app.improvements.statistics.level import Embedding, ReachedLevel
from app.models.improvements.metric import Metric


@dataclass(frozen=True, slots=True)
class LevelOffer:
    """The level a watched metric has reached, offered as its new limits."""

    metric: Metric
    level: ReachedLevel

    @property
    def sentence(self) -> str:
        """Return the level in words, with its limits where it has them."""
        level = self.level
        points = nsaid("%(number)s point", "%(number)s points", level.points)
        told = {"name": self.metric.name, "points": points}
        told |= {"usual": figure(level.usual), "since": day_text(level.since)}
        if level.lower is None or level.upper is None:
            return said("%(name)s: %(usual)s, from %(points)s since %(since)s.", **told)
        return said(
            "%(name)s: %(usual)s, limits %(lower)s to %(upper)s, from %(points)s since %(since)s.",
            lower=figure(level.lower),
            upper=figure(level.upper),
            **told,
        )


def offered_level(
    session: Session, improvement_id: int, today: date
) -> LevelOffer | None:
    """Return the level at which an improvement would be embedded today; None where too few values
    tell it.
    """
    metric = watched_metric(session, improvement_id)
    if metric is None:
        return None
    changes = (one.changed_on for one in iterations_of(session, improvement_id))
    embedding = Embedding(today, tuple(sorted(filter(None, changes))))
    (series,) = series_of(session, [metric])
    found = replace(series, embedding=embedding).watched()
    return LevelOffer(metric, found.level) if found and found.level else None


def watched_metric(session: Session, improvement_id: int) -> Metric | None:
    """Return the metric that stays under watch after an improvement is embedded."""
    return session.scalar(select(Metric).where(Metric.control_of == improvement_id))
