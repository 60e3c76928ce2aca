"""What lists and board need of many improvements at once, in a number of queries that does not grow
with them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Select, String, cast, func, select
from sqlalchemy.orm import Session

from app.improvements.queries.points import Series, series_of
from app.improvements.queries.standing import next_step_of
from app.improvements.rules.attention import AttentionFacts, reasons
from app.improvements.rules.ladder import Rungs, rungs
from app.improvements.rules.participation import SWITCHED
from app.improvements.rules.priority import Estimate
from app.models.improvements.improvement import Improvement, Vote
from app.models.improvements.iteration import Iteration, Participation
from app.models.improvements.metric import Metric
from app.models.improvements.words import ImprovementState, IterationState, ParticipationState


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

    ``drift`` is what its control metric says.
    """

    votes: int = 0
    iterations: int = 0
    open: OpenIteration | None = None
    people: Counter[ParticipationState] = field(default_factory=Counter)
    drift: str = ""

    def climbed(self, eligible: int | None) -> Rungs:
        """Return the rungs of its ladder."""
        moving = sum(self.people[state] for state in SWITCHED)
        return rungs(self.people[ParticipationState.ACCEPTED], moving, eligible)


@dataclass(frozen=True, slots=True)
class Drifted:
    """An embedded improvement whose control metric went the wrong way since."""

    improvement_id: int
    title: str
    owner: str
    metric_id: int
    sentence: str


def about_many(
    session: Session, improvements: Sequence[Improvement]
) -> Mapping[int, ImprovementAbout]:
    """Return what is known of these improvements. Six queries."""
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
        found[one.improvement_id].open = OpenIteration(one.id, one.number, one.state, one.ends_on)
    for improvement_id, state, people in session.execute(_people(ids)):
        found[improvement_id].people[state] = people
    for drifted in drifted_among(session, improvements):
        found[drifted.improvement_id].drift = drifted.sentence
    return found


def drifted_among(session: Session, improvements: Sequence[Improvement]) -> list[Drifted]:
    """Return those embedded improvements whose control metric shows a signal the wrong way since
    they were embedded.
    """
    embedded = {one.id: one for one in improvements if one.state is ImprovementState.EMBEDDED}
    if not embedded:
        return []
    watched = list(
        session.scalars(select(Metric).where(Metric.control_of.in_(embedded)).order_by(Metric.id))
    )
    found = []
    for series in series_of(session, watched):
        improvement = embedded[series.metric.improvement_id]
        sentence = _drift(series, improvement.since.date())
        if sentence:
            found.append(
                Drifted(
                    improvement.id, improvement.title, improvement.owner, series.metric.id, sentence
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
    return Estimate(improvement.value, improvement.urgency, improvement.risk, improvement.job_size)


def attention_of(improvement: Improvement, about: ImprovementAbout, today: date) -> tuple[str, ...]:
    """Return why an improvement needs attention today, most pressing first."""
    window = (
        about.open.ends_on if about.open and about.open.state is IterationState.RUNNING else None
    )
    facts = AttentionFacts(
        state=improvement.state,
        last_heard=improvement.touched_at.date(),
        next_step=next_step_of(improvement),
        required_by=improvement.required_by,
        window_ended=window,
        drifted=about.drift,
    )
    return reasons(facts, today)


def _drift(series: Series, since: date) -> str:
    reading = series.read(since)
    return f"{series.metric.name}: {reading.sentence}" if reading.helped is False else ""


def _people(ids: Sequence[int]) -> Select[int, ParticipationState, int]:
    """Count people by state; who takes part in two iterations counts once for each state."""
    person = func.coalesce(cast(Participation.person_id, String), Participation.name)
    return (
        select(Iteration.improvement_id, Participation.state, func.count(person.distinct()))
        .join(Iteration, Iteration.id == Participation.iteration_id)
        .where(Iteration.improvement_id.in_(ids), Participation.left_at.is_(None))
        .group_by(Iteration.improvement_id, Participation.state)
    )
