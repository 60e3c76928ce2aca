"""The board and its cards, what is known of many improvements at once, and what a move asks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Select, String, cast, func, select
from sqlalchemy.orm import Session

from app.improvements.board.priority import Estimate, Ranked, ranking
from app.improvements.board.roles import moved_under
from app.improvements.board.rules import AttentionFacts, Rungs, reasons, rungs
from app.improvements.metrics.queries import series_of
from app.improvements.people.rules import SWITCHED
from app.improvements.queries import get_improvement
from app.improvements.register.queries import facts_of, next_step_of
from app.improvements.register.rules import MOVES, objections
from app.models.access.wave import Switch
from app.models.access.words import SwitchState
from app.models.improvements.improvement import Improvement, Vote
from app.models.improvements.iteration import Iteration, Participation
from app.models.improvements.metric import Metric
from app.models.improvements.words import (
    IMPROVEMENT_ENDED,
    ImprovementKind,
    ImprovementState,
    IterationState,
    ParticipationState,
)


@dataclass(frozen=True, slots=True)
class OpenIteration:
    """The iteration that is on its way."""

    id: int
    number: int
    state: IterationState
    ends_on: date | None


@dataclass(slots=True)
class ImprovementAbout:
    """What is known of one improvement besides its own fields.

    ``drift`` is what its control metric says; ``unconfirmed`` counts people in new roles who wait
    to be confirmed, for the programme that moves them.
    """

    votes: int = 0
    iterations: int = 0
    open: OpenIteration | None = None
    people: Counter[ParticipationState] = field(default_factory=Counter)
    drift: str = ""
    unconfirmed: int = 0

    def climbed(self, eligible: int | None) -> Rungs:
        """Return the rungs of its ladder."""
        moving = sum(self.people[state] for state in SWITCHED)
        return rungs(self.people[ParticipationState.ACCEPTED], moving, eligible)


@dataclass(frozen=True, slots=True)
class Drifted:
    """An improvement whose control metric goes back from what it was embedded at; ``state`` tells
    whether it was opened again.
    """

    improvement_id: int
    title: str
    owner: str
    metric_id: int
    sentence: str
    state: ImprovementState


def about_many(
    session: Session, improvements: Sequence[Improvement]
) -> Mapping[int, ImprovementAbout]:
    """Return what is known of these improvements. Six or seven queries."""
    ids = [one.id for one in improvements]
    found: dict[int, ImprovementAbout] = defaultdict(ImprovementAbout)
    for improvement_id, votes in session.execute(
        select(Vote.improvement_id, func.count())
        .where(Vote.improvement_id.in_(ids))
        .group_by(Vote.improvement_id)
    ):
        found[improvement_id].votes = votes
    for improvement_id, number in session.execute(
        select(Iteration.improvement_id, func.count())
        .where(Iteration.improvement_id.in_(ids))
        .group_by(Iteration.improvement_id)
    ):
        found[improvement_id].iterations = number
    for one in session.scalars(select(Iteration).where(Iteration.open_of.in_(ids))):
        found[one.improvement_id].open = OpenIteration(
            one.id, one.number, one.state, one.ends_on
        )
    for improvement_id, state, people in session.execute(_people(ids)):
        found[improvement_id].people[state] = people
    for drifted in drifted_among(session, improvements):
        found[drifted.improvement_id].drift = drifted.sentence
    for improvement_id, moved in moved_under(session, ids).items():
        found[improvement_id].people += moved
    programmes = [one for one in improvements if one.kind is ImprovementKind.ACCESS]
    if programmes:
        waiting = select(func.count(func.distinct(Switch.person_id))).where(
            Switch.state == SwitchState.SOAKING
        )
        count = session.scalar(waiting) or 0
        for programme in programmes:
            found[programme.id].unconfirmed = count
    return found


def drifted_among(
    session: Session, improvements: Sequence[Improvement]
) -> list[Drifted]:
    """Return those embedded improvements whose control metric goes back from the level at which
    they were embedded.
    """
    embedded = {
        one.id: one for one in improvements if one.state is ImprovementState.EMBEDDED
    }
    return _drifted(session, embedded)


def gone_back(session: Session) -> list[Drifted]:
    """Return everything that goes back from the level it was embedded at: what is embedded still,
    and what was opened again because of it.
    """
    known = (
        ImprovementState.EMBEDDED,
        ImprovementState.IN_PROGRESS,
        ImprovementState.ON_HOLD,
    )
    wanted = select(Improvement).where(Improvement.state.in_(known))
    found = session.scalars(wanted.order_by(Improvement.id))
    return _drifted(session, {one.id: one for one in found})


def _drifted(session: Session, embedded: Mapping[int, Improvement]) -> list[Drifted]:
    if not embedded:
        return []
    watched = list(
        session.scalars(
            select(Metric).where(Metric.control_of.in_(embedded)).order_by(Metric.id)
        )
    )
    found = []
    for series in series_of(session, watched):
        improvement = embedded[series.metric.improvement_id]
        watch = series.watched()
        if watch is not None and watch.worse:
            found.append(
                Drifted(
                    improvement.id,
                    improvement.title,
                    improvement.owner,
                    series.metric.id,
                    f"{series.metric.name}: {watch.sentence}",
                    improvement.state,
                )
            )
    return found


def embedded(session: Session, among: Sequence[int] | None = None) -> list[Improvement]:
    """Return the embedded improvements, all or those with the numbers ``among``."""
    wanted = select(Improvement).where(Improvement.state == ImprovementState.EMBEDDED)
    if among is not None:
        wanted = wanted.where(Improvement.id.in_(among))
    return list(session.scalars(wanted))


def estimate_of(improvement: Improvement) -> Estimate:
    """Return the figures its place on the board comes from."""
    return Estimate(
        improvement.value, improvement.urgency, improvement.risk, improvement.job_size
    )


def attention_of(
    improvement: Improvement, about: ImprovementAbout, today: date
) -> tuple[str, ...]:
    """Return why an improvement needs attention today, most pressing first."""
    window = (
        about.open.ends_on
        if about.open and about.open.state is IterationState.RUNNING
        else None
    )
    facts = AttentionFacts(
        state=improvement.state,
        last_heard=improvement.touched_at.date(),
        next_step=next_step_of(improvement),
        required_by=improvement.required_by,
        window_ended=window,
        drifted=about.drift,
        unconfirmed=about.unconfirmed,
        by_waves=improvement.kind is ImprovementKind.ROLE,
    )
    return reasons(facts, today)


def _people(ids: Sequence[int]) -> Select[int, ParticipationState, int]:
    """Count people by state; who takes part in two iterations counts once for each state."""
    person = func.coalesce(cast(Participation.person_id, String), Participation.name)
    return (
        select(
            Iteration.improvement_id, Participation.state, func.count(person.distinct())
        )
        .join(Iteration, Iteration.id == Participation.iteration_id)
        .where(Iteration.improvement_id.in_(ids), Participation.left_at.is_(None))
        .group_by(Iteration.improvement_id, Participation.state)
    )


COLUMNS = (
    ImprovementState.RAISED,
    ImprovementState.ACCEPTED,
    ImprovementState.IN_PROGRESS,
    ImprovementState.ON_HOLD,
    ImprovementState.EMBEDDED,
    ImprovementState.STOPPED,
)
ENDED = IMPROVEMENT_ENDED
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
            column.total
            for column in self.columns
            if column.state is ImprovementState.IN_PROGRESS
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


def cards_of(
    session: Session, improvements: Sequence[Improvement], today: date
) -> list[BoardCard]:
    """Return the cards of these improvements in the same order. Six or seven queries."""
    about = about_many(session, improvements)
    return [_card(one, about[one.id], today) for one in improvements]


def in_order(cards: Sequence[BoardCard]) -> list[BoardCard]:
    """Return cards in the order in which they should be taken up: weighted shortest job first."""
    by_id = {card.improvement.id: card for card in cards}
    ranked = [
        Ranked(card.improvement.id, card.estimate, card.improvement.created_at)
        for card in cards
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


ANY_REASON = "x"


@dataclass(frozen=True, slots=True)
class MoveWanted:
    """A move somebody thinks of.

    ``firm`` are objections that no reason answers; ``open`` those that one does.
    """

    improvement: Improvement
    to: ImprovementState
    firm: tuple[str, ...]
    open: tuple[str, ...]

    @property
    def possible(self) -> bool:
        """Tell whether the move can be made, with a reason if one is asked for."""
        return not self.firm


def wanted_move(
    session: Session,
    improvement_id: int,
    to: ImprovementState,
    today: date,
    wip_limit: int,
) -> MoveWanted:
    """Return what stands in the way of a move. Raises ``NotFound``."""
    improvement = get_improvement(session, improvement_id)
    facts = facts_of(session, improvement, wip_limit)
    firm = objections(facts, to, ANY_REASON, today)
    every = objections(facts, to, "", today)
    return MoveWanted(
        improvement, to, firm, tuple(one for one in every if one not in firm)
    )
