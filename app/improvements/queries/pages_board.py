"""The backlog as a board: cards in columns, what needs attention, what comes first and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.improvements.queries.overview import (
    ImprovementAbout,
    OpenIteration,
    about_many,
    attention_of,
    estimate_of,
)
from app.improvements.rules.improvement import MOVES
from app.improvements.rules.ladder import Rungs
from app.improvements.rules.priority import Estimate, Ranked, ranking
from app.models.improvements.improvement import Improvement
from app.models.improvements.words import ImprovementState

COLUMNS = (
    ImprovementState.RAISED,
    ImprovementState.ACCEPTED,
    ImprovementState.IN_PROGRESS,
    ImprovementState.ON_HOLD,
    ImprovementState.EMBEDDED,
    ImprovementState.STOPPED,
)
ENDED = (ImprovementState.EMBEDDED, ImprovementState.STOPPED)
MOST_ENDED, MOST_CARDS = 6, 40


@dataclass(frozen=True, slots=True)
class BoardCard:
    """One improvement on the board.

    ``reasons`` say why it needs attention; ``late`` that its next step lapsed.
    """

    improvement: Improvement
    estimate: Estimate
    rungs: Rungs
    votes: int
    reasons: tuple[str, ...]
    late: bool
    iteration: OpenIteration | None
    children: list[BoardCard] = field(default_factory=list)

    @property
    def moves(self) -> tuple[ImprovementState, ...]:
        """Return the columns it may go to."""
        return MOVES.onward(self.improvement.state)

    @property
    def open_children(self) -> int:
        """Return how many parts are neither embedded nor stopped."""
        return sum(one.improvement.state not in ENDED for one in self.children)


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """One column with the cards that are shown and how many there are in all."""

    state: ImprovementState
    cards: tuple[BoardCard, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Board:
    """The whole board. Eight queries, however much there is."""

    columns: tuple[BoardColumn, ...]
    attention: tuple[BoardCard, ...]
    total: int
    limit: int

    @property
    def in_progress(self) -> int:
        """Return how many improvements that stand for themselves are in progress."""
        return next(
            column.total for column in self.columns if column.state is ImprovementState.IN_PROGRESS
        )


def board(session: Session, today: date, limit: int) -> Board:
    """Return the board as it is today; parts are folded under what they belong to."""
    improvements = list(session.scalars(select(Improvement)))
    cards = cards_of(session, improvements, today)
    by_id = {card.improvement.id: card for card in cards}
    for card in cards:
        if card.improvement.parent_id:
            by_id[card.improvement.parent_id].children.append(card)
    tops = in_order([card for card in cards if card.improvement.parent_id is None])
    columns = tuple(_column(state, tops) for state in COLUMNS)
    waiting = tuple(sorted((card for card in cards if card.reasons), key=_pressing))
    return Board(columns, waiting, len(cards), limit)


def cards_of(session: Session, improvements: Sequence[Improvement], today: date) -> list[BoardCard]:
    """Return the cards of these improvements in the same order. Six or seven queries."""
    about = about_many(session, improvements)
    return [_card(one, about[one.id], today) for one in improvements]


def in_order(cards: Sequence[BoardCard]) -> list[BoardCard]:
    """Return cards in the order in which they should be taken up: weighted shortest job first."""
    by_id = {card.improvement.id: card for card in cards}
    ranked = [
        Ranked(card.improvement.id, card.estimate, card.improvement.created_at) for card in cards
    ]
    return [by_id[one.id] for one in ranking(ranked)]


def _column(state: ImprovementState, tops: Sequence[BoardCard]) -> BoardColumn:
    mine = [card for card in tops if card.improvement.state is state]
    if state in ENDED:
        mine.sort(key=lambda card: card.improvement.since, reverse=True)
    return BoardColumn(
        state, tuple(mine[: MOST_ENDED if state in ENDED else MOST_CARDS]), len(mine)
    )


def _pressing(card: BoardCard) -> tuple[bool, date]:
    return (
        card.improvement.state is not ImprovementState.IN_PROGRESS,
        card.improvement.next_due or date.max,
    )


def _card(one: Improvement, about: ImprovementAbout, today: date) -> BoardCard:
    due = one.next_due if one.state is ImprovementState.IN_PROGRESS else None
    return BoardCard(
        one,
        estimate_of(one),
        about.climbed(one.eligible),
        about.votes,
        attention_of(one, about, today),
        due is not None and due < today,
        about.open,
    )
