"""The backlog as a board: cards in columns, what needs attention, what comes first and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.improvements.models import (
    Improvement,
    Iteration,
    IterationState,
    Metric,
    Participation,
    ParticipationState,
    State,
    Vote,
)
from app.improvements.queries.points import series_of
from app.improvements.queries.standing import next_step_of
from app.improvements.rules import attention
from app.improvements.rules.improvement import MOVES, WIP_LIMIT
from app.improvements.rules.priority import Estimate, Ranked, ranking

COLUMNS = (State.RAISED, State.ACCEPTED, State.IN_PROGRESS, State.ON_HOLD, State.EMBEDDED, State.STOPPED)
MOST_SHOWN = {State.EMBEDDED: 6, State.STOPPED: 6}
MOST_CARDS = 40
STARTS = (1, 2, 6)
TOP = 4


@dataclass(frozen=True, slots=True)
class Rungs:
    """Rungs ``done`` and ``running`` of four: one person, a few, many, everyone."""

    done: int
    running: int


@dataclass(frozen=True, slots=True)
class Card:
    """One improvement on the board. ``reasons`` say why it needs attention; ``late`` that its next step lapsed."""

    improvement: Improvement
    estimate: Estimate
    rungs: Rungs
    votes: int
    voted: bool
    reasons: tuple[str, ...]
    late: bool
    iteration: tuple[int, int] | None
    children: list[Card] = field(default_factory=list)

    @property
    def moves(self) -> tuple[State, ...]:
        """Return the columns it may go to."""
        return MOVES.onward(self.improvement.state)

    @property
    def open_children(self) -> int:
        """Return how many parts are neither embedded nor stopped."""
        ended = (State.EMBEDDED, State.STOPPED)
        return sum(one.improvement.state not in ended for one in self.children)


@dataclass(frozen=True, slots=True)
class Column:
    """One column with the cards that are shown and how many there are in all."""

    state: State
    cards: tuple[Card, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Board:
    """The whole board. Seven queries, however much there is."""

    columns: tuple[Column, ...]
    attention: tuple[Card, ...]
    total: int
    limit: int

    @property
    def in_progress(self) -> int:
        """Return how many improvements that stand for themselves are in progress."""
        return self.of(State.IN_PROGRESS).total

    def of(self, state: State) -> Column:
        """Return the column of a state."""
        return next(column for column in self.columns if column.state is state)


def board(session: Session, viewer: str, today: date, limit: int = WIP_LIMIT) -> Board:
    """Return the board as ``viewer`` sees it today."""
    cards = cards_of(session, list(session.scalars(select(Improvement))), viewer, today)
    by_id = {card.improvement.id: card for card in cards}
    for card in cards:
        if card.improvement.parent_id:
            by_id[card.improvement.parent_id].children.append(card)
    tops = in_order([card for card in cards if card.improvement.parent_id is None])
    columns = tuple(_column(state, tops) for state in COLUMNS)
    waiting = tuple(sorted((card for card in cards if card.reasons), key=_pressing))
    return Board(columns, waiting, len(cards), limit)


def cards_of(session: Session, improvements: Sequence[Improvement], viewer: str, today: date) -> list[Card]:
    """Return the cards of these improvements in the same order. Six queries."""
    ids = [one.id for one in improvements]
    people, votes, open_ones = _people(session, ids), _votes(session, ids, viewer), _open(session, ids)
    drifted = _drifted(session, improvements)
    return [_card(one, people, votes, open_ones, drifted.get(one.id, ""), today) for one in improvements]


def in_order(cards: Sequence[Card]) -> list[Card]:
    """Return cards in the order in which they should be taken up: weighted shortest job first."""
    by_id = {card.improvement.id: card for card in cards}
    ranked = [Ranked(card.improvement.id, card.estimate, card.improvement.created_at) for card in cards]
    return [by_id[one.id] for one in ranking(ranked)]


def estimate_of(improvement: Improvement) -> Estimate:
    """Return the four figures by which an improvement is ranked."""
    return Estimate(improvement.value, improvement.urgency, improvement.risk, improvement.job_size)


def rungs_of(improvement: Improvement, accepted: int, moving: int) -> Rungs:
    """Return how far an improvement has climbed, from the people who have it and those on the way."""
    if improvement.state is State.EMBEDDED:
        return Rungs(TOP, 0)
    done, reached = _reached(accepted, improvement.eligible), _reached(accepted + moving, improvement.eligible)
    return Rungs(done, max(reached - done, 1 if moving and done < TOP else 0))


def _column(state: State, tops: Sequence[Card]) -> Column:
    mine = [card for card in tops if card.improvement.state is state]
    if state in MOST_SHOWN:
        mine.sort(key=lambda card: card.improvement.since, reverse=True)
    return Column(state, tuple(mine[: MOST_SHOWN.get(state, MOST_CARDS)]), len(mine))


def _pressing(card: Card) -> tuple[bool, date]:
    due = card.improvement.next_due
    return card.improvement.state is not State.IN_PROGRESS, due or date.max


def _card(
    one: Improvement, people: Mapping[int, tuple[int, int]], votes: Mapping[int, tuple[int, bool]],
    open_ones: Mapping[int, tuple[int, int, date | None]], drifted: str, today: date,
) -> Card:  # fmt: skip
    number = open_ones.get(one.id)
    facts = attention.Facts(
        one.state, one.touched_at.date(), next_step_of(one), one.required_by, number[2] if number else None, drifted
    )  # fmt: skip
    due = one.next_due if one.state is State.IN_PROGRESS else None
    count, voted = votes.get(one.id, (0, False))
    return Card(
        one, estimate_of(one), rungs_of(one, *people.get(one.id, (0, 0))), count, voted,
        attention.reasons(facts, today), due is not None and due < today, number[:2] if number else None,
    )  # fmt: skip


def _reached(people: int, eligible: int | None) -> int:
    if people and eligible and people >= eligible:
        return TOP
    return sum(people >= start for start in STARTS)


def _people(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Return for each improvement how many people have it, and how many are on the way."""
    names = func.count(func.distinct(Participation.name))
    accepted = Participation.state == ParticipationState.ACCEPTED
    chosen = (
        select(Iteration.improvement_id, accepted, names)
        .join(Participation, Participation.iteration_id == Iteration.id)
        .where(
            Iteration.improvement_id.in_(ids), Participation.left_at.is_(None),
            accepted | (Iteration.open_of.is_not(None) & (Participation.state != ParticipationState.UNDONE)),
        )
        .group_by(Iteration.improvement_id, accepted)
    )  # fmt: skip
    found: dict[int, tuple[int, int]] = {}
    for improvement_id, has_it, count in session.execute(chosen):
        before = found.get(improvement_id, (0, 0))
        found[improvement_id] = (count, before[1]) if has_it else (before[0], count)
    return found


def _votes(session: Session, ids: Sequence[int], viewer: str) -> dict[int, tuple[int, bool]]:
    found: dict[int, list[str]] = defaultdict(list)
    for improvement_id, voter in session.execute(
        select(Vote.improvement_id, Vote.voter).where(Vote.improvement_id.in_(ids))
    ):
        found[improvement_id].append(voter)
    return {improvement_id: (len(voters), viewer in voters) for improvement_id, voters in found.items()}


def _open(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, int, date | None]]:
    """Return for each improvement its open iteration: id, number, last day of its window while it runs."""
    columns = (Iteration.open_of, Iteration.id, Iteration.number, Iteration.ends_on, Iteration.state)
    found = {}
    for improvement_id, iteration_id, number, ends_on, state in session.execute(
        select(*columns).where(Iteration.open_of.in_(ids))
    ):
        found[improvement_id] = (iteration_id, number, ends_on if state is IterationState.RUNNING else None)
    return found


def _drifted(session: Session, improvements: Sequence[Improvement]) -> dict[int, str]:
    """Return what the watched metrics of embedded improvements say where they went the wrong way since."""
    since = {one.id: one.since.date() for one in improvements if one.state is State.EMBEDDED}
    watched = session.scalars(select(Metric).where(Metric.control_of.in_(since))).all()
    readings = {
        one.metric.control_of: one.read(since[one.metric.control_of])
        for one in series_of(session, watched)
        if one.metric.control_of
    }
    return {number: reading.sentence for number, reading in readings.items() if reading.helped is False}
