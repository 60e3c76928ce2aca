"""Whose hands an incident is in: what is a bounce, a lock, and what the way cost."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Move:
    """The incident went from one team to another; ``returned``: because a fact was missing."""

    source: int | None
    goal: int | None
    returned: bool = False


def teams_that_had_it(moves: Iterable[Move]) -> set[int]:
    """Return the teams it would be a bounce to hand it to.

    Who sent it back for a fact is still waiting for it.
    """
    had: set[int] = set()
    for move in moves:
        if move.source is None:
            continue
        had = had - {move.source} if move.returned else had | {move.source}
    return had


def why_locked(goal: int, had: Collection[int], hand_overs: int, most: int) -> str:
    """Say why the incident is locked after this hand-over, the ``hand_overs``-th, or nothing."""
    if goal in had:
        return "It came back to a team that already had it."
    return (
        f"It was handed over {hand_overs} times; {most} are usual."
        if hand_overs > most
        else ""
    )


def responsible_service(
    path: Iterable[int], service_id: int, parts: Mapping[int, Collection[int]]
) -> int:
    """Return whose owner is responsible: the first service it was reported for that needs the
    present one as a part.

    ``path`` are the services it was sorted under, oldest first; ``parts`` what each service is made
    of, directly. Whoever owns a composite answers for it, whichever part fails.
    """
    whole = (earlier for earlier in path if service_id in _all_parts(earlier, parts))
    return next(whole, service_id)


def _all_parts(service_id: int, parts: Mapping[int, Collection[int]]) -> set[int]:
    found: set[int] = set()
    ahead = list(parts.get(service_id, ()))
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead += parts.get(one, ())
    return found


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
            last,
            until=max(at, last.since),
            idle=last.idle if last.begun else at - last.since,
        )


def cost_of(duration: timedelta, weight: int, per_weight_hour: float) -> float:
    """Return what a delay costs: hours × weight of the site × cost of a weight-hour."""
    return duration / HOUR * weight * per_weight_hour
