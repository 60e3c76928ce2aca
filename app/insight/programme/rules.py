"""What the programme counts, from what is known of each move; values in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.core.figures import people as people_said
from app.core.said import Grouped, said
from app.improvements.spread.rules import BurnWeek, burn_up
from app.improvements.statistics.forecast import Forecast, forecast
from app.improvements.statistics.weeks import WEEK, throughput, week_end


class ExceptionAge(StrEnum):
    """How long a right is kept outside of roles."""

    NEW = "up to 30 days"
    OLDER = "31 to 90 days"
    OLD = "more than 90 days"
    OVERDUE = "past its end"


@dataclass(frozen=True, slots=True)
class MoveSeen:
    """One move of a person to a role: on which day it was switched, seen working and taken back;
    ``holds`` tells whether the person stands in the role by it.
    """

    person_id: int
    role_id: int
    switched: date
    seen: date | None
    undone: date | None
    holds: bool


@dataclass(frozen=True, slots=True)
class SpanHeld:
    """A time in which a person held some right directly, or was in the group of a role."""

    person_id: int
    in_role: bool
    since: date
    until: date | None

    def lasts_on(self, day: date) -> bool:
        """Tell whether it lasted at the end of a day."""
        return self.since <= day and (self.until is None or self.until > day)


@dataclass(frozen=True, slots=True)
class ProgrammeCount:
    """How many people moved for good, are on the way, still hold rights directly without any role;
    how many moves there were and how many were taken back.
    """

    moved: int
    moving: int
    direct: int
    moves: int
    undone: int

    @property
    def scope(self) -> int:
        """Return for how many people the change is: who moved, is on the way, or is to come."""
        return self.moved + self.moving + self.direct

    @property
    def left(self) -> int:
        """Return how many did not move for good yet."""
        return self.moving + self.direct

    @property
    def undo_rate(self) -> float | None:
        """Return the share (0–1) of moves that were taken back, None before the first."""
        return self.undone / self.moves if self.moves else None


def moved_people(moves: Iterable[MoveSeen]) -> dict[int, date]:
    """Return who moved for good, each person once, with the day on which that was first seen of a
    role still held.
    """
    first: dict[int, date] = {}
    for move in moves:
        if move.holds and move.seen is not None:
            first[move.person_id] = min(first.get(move.person_id, move.seen), move.seen)
    return first


def counted(
    moves: Sequence[MoveSeen], direct: Iterable[int], inside: Iterable[int] = ()
) -> ProgrammeCount:
    """Count the programme. ``direct`` are people who hold rights directly, ``inside`` those in the
    group of a role without a move of ours: neither they nor who moved are still to come.
    """
    moved = moved_people(moves)
    moving = {move.person_id for move in moves if move.holds} - moved.keys()
    to_come = set(direct) - moved.keys() - moving - set(inside)
    back = sum(move.undone is not None for move in moves)
    return ProgrammeCount(len(moved), len(moving), len(to_come), len(moves), back)


def scope_on(spans: Iterable[SpanHeld], moves: Iterable[MoveSeen], day: date) -> int:
    """Return for how many people the change was at the end of a day: who was in a role by it, and
    who held rights directly and was in no role's group.
    """
    direct, inside = set[int](), set[int]()
    for span in spans:
        if span.lasts_on(day):
            (inside if span.in_role else direct).add(span.person_id)
    there = {move.person_id for move in moves if _stood(move, day)}
    return len(there | (direct - inside))


def _stood(move: MoveSeen, day: date) -> bool:
    """Tell whether somebody stood in a role by a move at the end of a day."""
    later = move.undone is not None and move.undone > day
    return move.switched <= day and (move.holds or later)


def week_ends(first: date, last: date) -> list[date]:
    """Return the last day of each week from that of one day to that of another."""
    end, found = week_end(first), []
    while end <= last:
        found.append(end)
        end += WEEK
    return found


def weeks_of(
    moves: Sequence[MoveSeen], scope: Mapping[date, int], today: date
) -> tuple[BurnWeek, ...]:
    """Return week after week how many people had moved for good, against those it was for then."""
    return tuple(burn_up(sorted(moved_people(moves).values()), scope, today))


def finish_of(
    moves: Sequence[MoveSeen], count: ProgrammeCount, today: date
) -> Forecast:
    """Forecast when nobody is left, by people a week since the first move; refuses where too
    little is known.
    """
    began = min((move.switched for move in moves), default=today)
    days = moved_people(moves).values()
    return forecast(throughput(days, began, today), count.left, today)


def finish_days(found: Forecast, today: date) -> tuple[date | None, date | None]:
    """Return the days between which it will be done: with 50 % and with 85 % chance by then; None
    where nobody can say.
    """
    weeks = [found.weeks.get(chance) for chance in (50, 85)]
    early, late = (None if one is None else today + one * WEEK for one in weeks)
    return early, late


def age_of(since: date, until: date, today: date) -> ExceptionAge:
    """Return how old an exception is, or that its end has passed."""
    if until < today:
        return ExceptionAge.OVERDUE
    age = today - since
    if age <= timedelta(days=30):
        return ExceptionAge.NEW
    return ExceptionAge.OLDER if age <= timedelta(days=90) else ExceptionAge.OLD


def next_role(ready: Mapping[int, int], going: Sequence[int]) -> int | None:
    """Return the role to go on with: one that is on its way, else the one for whose people nothing
    changes most often; None where there is neither.
    """
    if going:
        return going[0]
    best = max(ready, key=lambda role: (ready[role], -role), default=None)
    return best if best is not None and ready[best] else None


def sentence_of(count: ProgrammeCount) -> str:
    """Say how far it is."""
    if not count.scope:
        return said("Nobody holds a right directly, and nobody moved yet.")
    return said(
        "%(moved)s of %(scope)s moved to a role for good; on the way: %(moving)s; still with "
        "rights one by one: %(direct)s.",
        moved=Grouped(count.moved),
        scope=people_said(count.scope),
        moving=Grouped(count.moving),
        direct=Grouped(count.direct),
    )
