"""Reads roll-outs: what is expected, what came, what has to be there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.core.changes import one
from app.models.catalog.service import Service
from app.models.improvements.improvement import Improvement
from app.models.incidents.incident import Incident
from app.models.knowledge import Article
from app.models.sponsors.rollout import ExpectedCalls, Rollout, RolloutItem
from app.models.sponsors.words import RolloutItemKind, RolloutState
from app.sponsors.rollouts import rules
from app.sponsors.rollouts.rules import Band, CallType, Prepared

WEEK = timedelta(days=7)
USUAL_WEEKS = 4
BEGUN = (RolloutState.RUNNING, RolloutState.CLOSING)


@dataclass(
    frozen=True,
    slots=True,
)
class RolloutLine:
    """A roll-out in a list."""

    row: Rollout
    improvement: str

    def fits(self, text: str) -> bool:
        """Tell whether all words looked for stand in it."""
        there = f"{self.row.title}\n{self.improvement}\n{self.row.desk_member}".lower()
        return all(each in there for each in text.lower().split())


@dataclass(
    frozen=True,
    slots=True,
)
class RolloutWeek:
    """One week: what was foreseen in three ways, what came, the hours it takes."""

    starts: date
    expected: float
    band: Band
    analogue: float | None
    actual: int | None
    hours: float


@dataclass(frozen=True)
class RolloutPage:
    """One roll-out with everything that stands on its page."""

    line: RolloutLine
    calls: Sequence[tuple[ExpectedCalls, str | None]]
    items: Sequence[tuple[RolloutItem, str | None]]
    earlier: Rollout | None
    usual: float
    came: list[int]

    @property
    def one(self) -> Rollout:
        """Return the roll-out."""
        return self.line.row

    @cached_property
    def types(self) -> list[CallType]:
        """Return the types of calls that are expected."""
        return [_type(row) for row, _name in self.calls]

    @cached_property
    def bands(self) -> list[Band]:
        """Return the bands, as they were when it was made ready."""
        if self.one.bands:
            return [Band(*pair) for pair in self.one.bands]
        return list(
            rules.simulated(
                self.types,
                self.one.weeks,
                self.one.seed,
            )
        )

    @property
    def hours(self) -> tuple[float, ...]:
        """Return the hours needed each week."""
        return rules.hours(
            self.types,
            self.bands,
        )

    @property
    def foreseen(self) -> tuple[float, ...]:
        """Return users × rate × decay each week."""
        return rules.expected(
            self.types,
            self.one.weeks,
        )

    @property
    def is_short(self) -> bool:
        """Tell whether a week takes more hours than there are."""
        return max(
            self.hours,
            default=0,
        ) > (self.one.hours_there or 0)

    @property
    def above(self) -> list[int]:
        """Return the weeks with more calls than nine of ten chances held, counted from 1."""
        return [
            week + 1
            for week in rules.above(
                self.came,
                self.bands,
            )
        ]

    @property
    def learned(self) -> tuple[float, float] | None:
        """Return what was learned of what came."""
        return rules.learned(
            self.came,
            self.foreseen,
            self.one.users,
        )

    @property
    def missing(self) -> list[str]:
        """Return what is missing before it is ready."""
        return rules.missing(self._prepared())

    def of_kind(self, kind: str) -> list[tuple[RolloutItem, str | None]]:
        """Return the items of one kind."""
        return [pair for pair in self.items if pair[0].kind == kind]

    def weeks(self) -> list[RolloutWeek]:
        """Return its weeks in order."""
        row, early = self.one, self.earlier
        past = (early.actuals, early.users) if early else ([], 0)
        like = rules.analogue(
            *past,
            row.users,
            row.weeks,
        )
        return [
            RolloutWeek(
                row.starts_on + place * WEEK,
                round(
                    self.foreseen[place],
                    1,
                ),
                self.bands[place],
                like[place],
                self.came[place] if place < len(self.came) else None,
                self.hours[place],
            )
            for place in range(row.weeks)
        ]

    def _prepared(self) -> Prepared:
        row = self.one
        kinds = (RolloutItemKind.READINESS, RolloutItemKind.ARTICLE)
        undone = [
            one for one, _n in self.items if one.kind in kinds and not one.done_on
        ]
        return Prepared(
            seat=bool(row.desk_member),
            trained=bool(row.trained_on or row.hands_on),
            types=bool(self.calls),
            volunteers=bool(self.of_kind(RolloutItemKind.VOLUNTEER)),
            open_items=len(undone),
            hours_known=row.hours_there is not None,
            short=self.is_short,
            decided=bool(row.staffing),
        )


def _type(row: ExpectedCalls) -> CallType:
    return CallType(
        row.users,
        row.rate,
        row.decay,
        row.minutes,
    )


def rollout_lines(session: Session, *where: ColumnElement[bool]) -> list[RolloutLine]:
    """Return roll-outs, the latest begun first."""
    asked = (
        select(
            Rollout,
            Improvement.title,
        )
        .join(Improvement, Improvement.id == Rollout.improvement_id)
        .where(*where)
        .order_by(Rollout.starts_on.desc(), Rollout.id.desc())
    )
    return [
        RolloutLine(
            row,
            title,
        )
        for row, title in session.execute(asked)
    ]


def rollout_page(session: Session, rollout_id: int, now: datetime) -> RolloutPage:
    """Return one roll-out. Raises ``NotFound``."""
    row = one(
        session,
        Rollout,
        rollout_id,
    )
    (line,) = rollout_lines(
        session,
        Rollout.id == rollout_id,
    )
    calls = (
        select(
            ExpectedCalls,
            Service.name,
        )
        .outerjoin(Service, Service.id == ExpectedCalls.service_id)
        .where(ExpectedCalls.rollout_id == rollout_id)
        .order_by(ExpectedCalls.id)
    )
    items = (
        select(
            RolloutItem,
            Article.title,
        )
        .outerjoin(Article, Article.id == RolloutItem.article_id)
        .where(RolloutItem.rollout_id == rollout_id)
        .order_by(RolloutItem.due.is_(None), RolloutItem.due, RolloutItem.id)
    )
    rows = [(call, name) for call, name in session.execute(calls)]
    services = {call.service_id for call, _name in rows if call.service_id}
    usual, came = calls_that_came(session, row, sorted(services), now)
    earlier = (
        session.get(
            Rollout,
            row.analogue_id,
        )
        if row.analogue_id
        else None
    )
    needed = [(item, title) for item, title in session.execute(items)]
    return RolloutPage(
        line,
        rows,
        needed,
        earlier,
        usual,
        came,
    )


def calls_that_came(
    session: Session, row: Rollout, services: Sequence[int], now: datetime
) -> tuple[float, list[int]]:
    """Return the usual calls a week to these services before it began, and those over it since."""
    if row.state is RolloutState.CLOSED:
        return 0.0, list(row.actuals)
    if row.state not in BEGUN or not services:
        return 0.0, []
    asked = select(Incident.reported_at).where(
        Incident.service_id.in_(services),
        Incident.merged_into_id.is_(None),
        Incident.reported_at >= _begins(row) - USUAL_WEEKS * WEEK,
    )
    return _over_usual(row, session.scalars(asked).all(), now)


def exceeded(session: Session, now: datetime) -> list[tuple[RolloutLine, int]]:
    """Return running roll-outs with more calls than nine of ten chances held, and the last week
    in which they came, the first being 0: with as many questions however many run.
    """
    running = Rollout.state == RolloutState.RUNNING
    lines = rollout_lines(session, running)
    if not lines:
        return []
    earliest = min(_begins(line.row) for line in lines) - USUAL_WEEKS * WEEK
    asked = (
        select(ExpectedCalls.rollout_id, Incident.id, Incident.reported_at)
        .join(Incident, Incident.service_id == ExpectedCalls.service_id)
        .join(Rollout, Rollout.id == ExpectedCalls.rollout_id)
        .where(
            running,
            Incident.merged_into_id.is_(None),
            Incident.reported_at >= earliest,
        )
        .distinct()
    )
    came: dict[int, list[datetime]] = defaultdict(list)
    for number, _incident, at in session.execute(asked):
        came[number].append(at)
    found = []
    for line in lines:
        _usual, counts = _over_usual(line.row, came[line.row.id], now)
        bands = [Band(*pair) for pair in line.row.bands]
        if weeks := rules.above(counts, bands):
            found.append((line, weeks[-1]))
    return found


def _begins(row: Rollout) -> datetime:
    return datetime.combine(row.starts_on, time(), UTC)


def _over_usual(
    row: Rollout, reported: Sequence[datetime], now: datetime
) -> tuple[float, list[int]]:
    """Return what is usual a week, and the calls over it in the weeks that have begun."""
    begins = _begins(row)
    begun = min(row.weeks, (now - begins) // WEEK + 1)
    if begun < 1:
        return 0.0, []
    places = [(at - begins) // WEEK for at in reported]
    usual = sum(-USUAL_WEEKS <= place < 0 for place in places) / USUAL_WEEKS
    counts = [places.count(week) for week in range(begun)]
    return usual, rules.over_usual(counts, usual)


def may_be_like(session: Session, but: int | None) -> list[tuple[str, str]]:
    """Return the closed roll-outs to be forecast after; first that it is none."""
    asked = select(
        Rollout.id,
        Rollout.title,
    ).where(Rollout.state == RolloutState.CLOSED, Rollout.id != (but or 0))
    rows = session.execute(asked.order_by(Rollout.starts_on.desc(), Rollout.id))
    return [("", "–"), *((str(number), title) for number, title in rows)]
