"""How far a new way has spread: shares with their denominators, weekly steps, and how long things
lie open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from app.core.figures import share_of
from app.improvements.statistics.weeks import WEEK, week_end
from app.models.improvements.words import ParticipationState


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, such as accepted participants of all eligible people."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """The share, 0–1; None of nothing."""
        return self.part / self.whole if self.whole else None

    @property
    def text(self) -> str:
        """The share in words, as in "12 of 80 (15 %)"."""
        return share_of(self.part, self.whole)


@dataclass(frozen=True, slots=True)
class Uptake:
    """Counts of one improvement.

    ``used`` are people who used the new way in the last 28 days, of the ``heard`` of whom anybody
    knows when they last did.
    """

    eligible: int
    switched: int
    accepted: int
    undone: int
    used: int
    heard: int

    @property
    def migrated(self) -> Share:
        """Accepted participants of the eligible people."""
        return Share(self.accepted, self.eligible)

    @property
    def active(self) -> Share:
        """People who used the new way in the last 28 days, of those of whom it is known."""
        return Share(self.used, self.heard)


@dataclass(frozen=True, slots=True)
class BurnWeek:
    """The end of one week: how many are done so far, and how many are to be done in all at that
    time.
    """

    ends: date
    done: int
    scope: int


def burn_up(
    done: Iterable[date], scope: Mapping[date, int], until: date
) -> list[BurnWeek]:
    """Return week after week what is done and what is to be done.

    ``done`` has a day for each item, ``scope`` the number of items in all from a day on; changes of
    it stay visible. The first week is that of the first day known, the last the one that holds
    ``until``.
    """
    days = sorted(done)
    known = [*days[:1], *scope]
    if not known or min(known) > until:
        return []
    weeks, end = [], week_end(min(known))
    while True:
        finished = sum(day <= min(end, until) for day in days)
        weeks.append(BurnWeek(end, finished, _scope_on(scope, min(end, until))))
        if end >= until:
            return weeks
        end += WEEK


def _scope_on(scope: Mapping[date, int], day: date) -> int:
    started = [when for when in scope if when <= day]
    return scope[max(started)] if started else 0


@dataclass(frozen=True, slots=True)
class PersonTold:
    """What one rung knows of a person; None and "" where nobody said."""

    state: ParticipationState
    switched: bool = False
    technique: str = ""
    site: str = ""
    would_go_back: bool | None = None
    last_used_on: date | None = None
    undo_seconds: int | None = None
    saved: float | None = None


def all_told(rungs: Sequence[PersonTold]) -> PersonTold:
    """Return what is known of a person from at least one rung, the oldest first.

    The latest answer to each question counts; who is asked again keeps what they said before, and
    whoever accepted has it until they go back.
    """
    found = rungs[0]
    for one in rungs[1:]:
        found = PersonTold(
            _standing(found.state, one.state),
            found.switched or one.switched,
            one.technique or found.technique,
            one.site or found.site,
            _later(found.would_go_back, one.would_go_back),
            _later(found.last_used_on, one.last_used_on),
            _later(found.undo_seconds, one.undo_seconds),
            _later(found.saved, one.saved),
        )
    return found


Answer = TypeVar("Answer")


def _later(before: Answer | None, now: Answer | None) -> Answer | None:
    return before if now is None else now


def _standing(
    before: ParticipationState, now: ParticipationState
) -> ParticipationState:
    has_it = before is ParticipationState.ACCEPTED
    return before if has_it and now is not ParticipationState.UNDONE else now
