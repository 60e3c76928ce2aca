"""How long an incident lay in which hands, how much of that nobody worked on it, and what the delay
costs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class DelayMoment:
    """One event as the reckoning needs it. ``work``: somebody of the team did something then."""

    at: datetime
    team_id: int | None
    work: bool


@dataclass(frozen=True, slots=True)
class DelayHand:
    """One stay in the hands of a team, or of nobody; ``idle`` is how long it lay there before
    anybody began.
    """

    team_id: int | None
    since: datetime
    until: datetime
    idle: timedelta
    begun: bool = False

    @property
    def held(self) -> timedelta:
        """Return how long it stayed."""
        return self.until - self.since


def hands(moments: Iterable[DelayMoment], end: datetime) -> list[DelayHand]:
    """Return the stays one after the other, the last until ``end`` (restoration, or now).

    Wall clock.
    """
    found: list[DelayHand] = []
    for moment in moments:
        if moment.at > end:
            break
        if not found or found[-1].team_id != moment.team_id:
            _leave(found, moment.at)
            found.append(DelayHand(moment.team_id, moment.at, moment.at, timedelta()))
        elif moment.work and not found[-1].begun:
            found[-1] = replace(found[-1], idle=moment.at - found[-1].since, begun=True)
    _leave(found, end)
    return found


def _leave(found: list[DelayHand], at: datetime) -> None:
    if found:
        last = found[-1]
        found[-1] = replace(
            last, until=max(at, last.since), idle=last.idle if last.begun else at - last.since
        )


def cost_of(duration: timedelta, weight: int, per_weight_hour: float) -> float:
    """Return what a delay costs: hours × weight of the site × cost of a weight-hour."""
    return duration / HOUR * weight * per_weight_hour
