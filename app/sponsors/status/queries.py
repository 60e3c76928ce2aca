"""Everything the page of the status shows, of all improvements or of one with what is under it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from app.access.pace import moves_asked, pace_of
from app.core.errors import NotFound
from app.core.said import said
from app.improvements.board.queries import ImprovementAbout, about_many
from app.improvements.board.rules import Rungs
from app.improvements.people.rules import SWITCHED
from app.improvements.spread.queries import family
from app.incidents.figures.queries import in_time, oldest_open
from app.models.improvements.improvement import CaseAsk, Improvement
from app.models.improvements.iteration import Decision, Iteration
from app.models.improvements.words import (
    ImprovementState,
    ParticipationState,
    Verdict,
)
from app.models.incidents.incident import Incident
from app.models.sponsors.stakeholder import Stakeholder
from app.models.sponsors.words import WhomFor
from app.sponsors.adoption.rules import KnownShare
from app.sponsors.gains.queries import gain_rows
from app.sponsors.said.queries import AskShown, one_thing
from app.sponsors.stakeholders.queries import supports
from app.sponsors.status.below import BelowFigures, below_of
from app.sponsors.status.rules import (
    DeskKept,
    ImprovementStands,
    PeopleMoved,
    how_it_stands,
    stands,
    support_told,
)

GOING = (ImprovementState.IN_PROGRESS, ImprovementState.ON_HOLD)
OVER = (ImprovementState.EMBEDDED, ImprovementState.STOPPED)
LATELY = timedelta(days=90)
"""What ended longer ago than this is no news on the status of everything."""
SHOWN = 5
TURNED_DOWN = (ImprovementState.REJECTED, ImprovementState.DUPLICATE)
ADOPTED = (ImprovementState.IN_PROGRESS, ImprovementState.EMBEDDED)
WEEK = timedelta(days=7)
FEWEST = 5
"""Of fewer people who have a say no index is shown: it would tell of single ones."""


@dataclass(frozen=True, slots=True)
class StatusImprovement:
    """One improvement in a line: its ladder, and how it stands in words."""

    id: int
    title: str
    state: ImprovementState
    rungs: Rungs
    words: str


@dataclass(frozen=True, slots=True)
class StatusShown:
    """How things stand. ``about`` is the title of the one improvement it is about; ``moved`` and
    ``desk`` are told of everything only. ``asked`` is the one thing from who reads;
    ``numbers`` are of the improvements one may answer about.
    """

    about: str
    sentence: str
    moved: PeopleMoved | None
    improvements: tuple[StatusImprovement, ...]
    more: int
    desk: DeskKept | None
    asked: AskShown | None
    below: BelowFigures
    numbers: frozenset[int]
    gain: str = ""
    """What top management gains from the one improvement it is about."""


def status_of(
    session: Session,
    now: datetime,
    improvement_id: int | None = None,
    *,
    knows: bool = False,
) -> StatusShown:
    """Return how all of it stands, or one improvement with what stands under it; for who ``knows``
    also how those stand who have a say.
    """
    chosen = _chosen(session, now, improvement_id)
    whole = improvement_id is None
    moved = _moved(session, now) if whole else None
    support = _support(session, chosen, now) if knows else {}
    lines = _lines(session, chosen, support)
    asked = one_thing(session, None if whole else [one.id for one in chosen])
    numbers = {one.id for one in chosen} | (
        {asked.ask.improvement_id} if asked else set()
    )
    shown = lines[:SHOWN] if whole else lines
    return StatusShown(
        about="" if whole else chosen[0].title,
        sentence=how_it_stands([one.state for one in chosen], moved),
        moved=moved,
        improvements=tuple(shown),
        more=len(lines) - len(shown),
        desk=_desk(session, now) if whole else None,
        asked=asked,
        below=below_of(session, now, chosen, all_of=whole),
        numbers=frozenset(numbers),
        gain="" if whole else _gain(session, chosen[0].id),
    )


def _gain(session: Session, improvement_id: int) -> str:
    row = gain_rows(session, improvement_id).get(WhomFor.TOP)
    return row.text if row else ""


def _chosen(
    session: Session, now: datetime, improvement_id: int | None
) -> list[Improvement]:
    if improvement_id is not None:
        ids = family(session, improvement_id)
        found = session.scalars(
            select(Improvement).where(Improvement.id.in_(ids))
        ).all()
        if not found:
            raise NotFound(said("There is no such improvement."))
        return sorted(found, key=lambda one: (one.id != improvement_id, one.id))
    order = Improvement.state.in_(OVER), Improvement.since.desc(), Improvement.id
    return list(session.scalars(select(Improvement).where(_news(now)).order_by(*order)))


def _news(now: datetime) -> ColumnElement[bool]:
    ended = and_(Improvement.state.in_(OVER), Improvement.since > now - LATELY)
    return and_(
        Improvement.parent_id.is_(None), or_(Improvement.state.in_(GOING), ended)
    )


def _moved(session: Session, now: datetime) -> PeopleMoved | None:
    moved, _moving, people = (session.scalar(one) or 0 for one in moves_asked())
    if not people:
        return None
    pace = pace_of(session, people, now)
    lately, ahead = (pace.lately, pace.sentence) if pace else (0, "")
    return PeopleMoved(moved, people, lately, ahead)


def _desk(session: Session, now: datetime) -> DeskKept | None:
    oldest = oldest_open(session)
    lately, before = (
        in_time(session, now - WEEK, now),
        in_time(session, now - 2 * WEEK, now - WEEK),
    )
    if oldest is None and not (lately.due or before.due):
        return None
    waiting = select(func.count()).where(Incident.is_open.is_(True))
    return DeskKept(
        lately.kept,
        lately.due,
        before.kept,
        before.due,
        session.scalar(waiting) or 0,
        now - oldest if oldest else None,
    )


def _adoption(one: Improvement, known: ImprovementAbout) -> KnownShare | None:
    if one.state not in ADOPTED or not one.eligible:
        return None
    unheard = sum(known.people[state] for state in SWITCHED)
    sure = known.people[ParticipationState.ACCEPTED]
    return KnownShare(sure, unheard, max(one.eligible, sure + unheard))


def _lines(
    session: Session, improvements: Sequence[Improvement], support: Mapping[int, str]
) -> list[StatusImprovement]:
    about = about_many(session, improvements)
    verdicts = _verdicts(session, [one.id for one in improvements])
    found = []
    for one in improvements:
        known = about[one.id]
        running = (known.open.number, known.open.ends_on) if known.open else None
        words = ImprovementStands(
            one.state,
            known.people[ParticipationState.ACCEPTED],
            _adoption(one, known),
            running,
            verdicts.get(one.id),
            one.stop_learning,
            support.get(one.id, ""),
        )
        rungs = known.climbed(one.eligible)
        found.append(
            StatusImprovement(
                one.id,
                one.title,
                one.state,
                rungs,
                stands(words),
            )
        )
    return found


def _support(
    session: Session, improvements: Sequence[Improvement], now: datetime
) -> dict[int, str]:
    """Return the support of each, where so many have a say that it tells of no single one."""
    counted = select(Stakeholder.improvement_id, func.count()).where(
        Stakeholder.improvement_id.in_([one.id for one in improvements])
    )
    rows = session.execute(counted.group_by(Stakeholder.improvement_id))
    enough = [number for number, count in rows if count >= FEWEST]
    told = supports(session, now.date(), enough)
    return {
        number: support_told(one.now.text, one.moved_text if one.before else "")
        for number, one in told.items()
    }


def _verdicts(session: Session, ids: Sequence[int]) -> dict[int, Verdict | None]:
    rows = session.execute(
        select(Iteration.improvement_id, Decision.verdict)
        .join(Decision, Decision.iteration_id == Iteration.id)
        .where(Iteration.improvement_id.in_(ids))
        .order_by(Iteration.number)
    )
    return dict(rows.all())


@dataclass(frozen=True, slots=True)
class PortfolioLine:
    """One improvement in the portfolio: how it stands, what comes next, and what is asked."""

    shown: StatusImprovement
    owner: str
    following: str
    until: date | None
    asked: str


def portfolio(session: Session, now: datetime, *, knows: bool) -> list[PortfolioLine]:
    """Return every improvement that stands for itself and was not turned down: what is on its way
    first, then what is to come, then what ended.
    """
    wanted = select(Improvement).where(
        Improvement.parent_id.is_(None), Improvement.state.not_in(TURNED_DOWN)
    )
    found = sorted(session.scalars(wanted), key=_in_portfolio)
    support = _support(session, found, now) if knows else {}
    asked = dict(session.execute(select(CaseAsk.open_of, CaseAsk.text)).all())
    return [
        PortfolioLine(
            line, one.owner, one.next_what, one.next_due, asked.get(one.id, "")
        )
        for one, line in zip(found, _lines(session, found, support), strict=True)
    ]


def _in_portfolio(one: Improvement) -> tuple[int, int]:
    order = (*GOING, ImprovementState.ACCEPTED, ImprovementState.RAISED, *OVER)
    return order.index(one.state), one.id
