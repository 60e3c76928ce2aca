"""The backlog board: what stands where, in which order, and what needs attention."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.improvements.models import Improvement, Kind, Size, State
from app.improvements.queries.overview import About, OpenIteration, about_many, attention_of, estimate_of
from app.improvements.rules.improvement import MOVES, WIP_LIMIT
from app.improvements.rules.ladder import Rungs
from app.improvements.rules.priority import Estimate, Ranked, ranking


@dataclass(frozen=True, slots=True)
class Card:
    """One improvement on the board. ``onward`` are the columns it may go to; ``attention`` why it stands on top."""

    id: int
    title: str
    state: State
    kind: Kind
    size: Size | None
    owner: str
    service: str
    estimate: Estimate
    next_what: str
    next_who: str
    next_due: date | None
    required_by: date | None
    since: datetime
    touched_at: datetime
    revision: int
    votes: int
    iterations: int
    open: OpenIteration | None
    rungs: Rungs
    attention: tuple[str, ...]
    onward: tuple[State, ...]
    children: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One state with its cards: those that need attention first, then by rank; ``limit`` is 0 where there is none."""

    state: State
    cards: tuple[Card, ...]
    limit: int = 0

    @property
    def count(self) -> int:
        """How many improvements stand here, children not counted."""
        return len(self.cards)

    @property
    def over(self) -> bool:
        """Tell whether more is in progress than the limit advises."""
        return bool(self.limit) and self.count > self.limit


def board(session: Session, today: date, *, text: str = "", wip_limit: int = WIP_LIMIT) -> tuple[Column, ...]:
    """Return the six columns. Children are folded under their parents. ``text`` narrows by title, owner, service."""
    chosen = select(Improvement)
    if text.strip():
        columns = (Improvement.title, Improvement.owner, Improvement.service)
        chosen = chosen.where(or_(*(column.icontains(text.strip(), autoescape=True) for column in columns)))
    improvements = session.scalars(chosen).all()
    cards = _cards(improvements, about_many(session, improvements), today)
    stands: dict[State, list[Card]] = defaultdict(list)
    for card in cards:
        stands[card.state].append(card)
    limits = {State.IN_PROGRESS: wip_limit}
    return tuple(Column(state, tuple(stands[state]), limits.get(state, 0)) for state in State)


def attention(session: Session, today: date) -> list[Card]:
    """Return the improvements that need attention, those in progress first; children stand for themselves."""
    improvements = session.scalars(select(Improvement).where(Improvement.state != State.STOPPED)).all()
    about = about_many(session, improvements)
    cards = [_card(one, about[one.id], today, ()) for one in improvements]
    wanting = [card for card in cards if card.attention]
    return sorted(wanting, key=lambda card: (card.state is not State.IN_PROGRESS, card.touched_at, card.id))


def _cards(improvements: Sequence[Improvement], about: Mapping[int, About], today: date) -> list[Card]:
    """Return the cards of those that stand for themselves, in order, their children inside."""
    shown = {one.id for one in improvements}
    under: dict[int | None, list[Improvement]] = defaultdict(list)
    for one in _ranked(improvements):
        under[one.parent_id if one.parent_id in shown else None].append(one)

    def made(one: Improvement) -> Card:
        return _card(one, about[one.id], today, tuple(made(child) for child in under[one.id]))

    cards = [made(one) for one in under[None]]
    return sorted(cards, key=lambda card: not card.attention)


def _ranked(improvements: Sequence[Improvement]) -> list[Improvement]:
    by_id = {one.id: one for one in improvements}
    order = ranking(Ranked(one.id, estimate_of(one), one.created_at) for one in improvements)
    return [by_id[item.id] for item in order]


def _card(one: Improvement, about: About, today: date, children: tuple[Card, ...]) -> Card:
    return Card(
        id=one.id, title=one.title, state=one.state, kind=one.kind, size=one.size, owner=one.owner,
        service=one.service, estimate=estimate_of(one), next_what=one.next_what, next_who=one.next_who,
        next_due=one.next_due, required_by=one.required_by, since=one.since, touched_at=one.touched_at,
        revision=one.revision, votes=about.votes, iterations=about.iterations, open=about.open,
        rungs=about.climbed(one.eligible), attention=attention_of(one, about, today),
        onward=MOVES.onward(one.state), children=children,
    )  # fmt: skip
