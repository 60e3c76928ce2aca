"""How far one improvement has spread among its people, by which technique, and at which site."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.improvements.queries.portfolio import family
from app.improvements.rules.adoption import Share, Uptake
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration, Participation
from app.models.improvements.words import ParticipationState
from app.models.people import Site

RECENT = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the participants: how many there were, how many accepted, how many went back."""

    name: str
    people: int
    accepted: Share
    undone: Share


@dataclass(frozen=True, slots=True)
class Adoption:
    """How far it has spread.

    ``techniques`` tell what moved people, ``would_not_go_back`` what they say themselves.
    """

    uptake: Uptake
    techniques: tuple[Part, ...]
    sites: tuple[Part, ...]
    would_not_go_back: Share
    median_undo_seconds: int | None


def adoption_of(session: Session, improvement_id: int, today: date) -> Adoption:
    """Return the adoption of an improvement with all that stands under it; the latest word on each
    person counts.
    """
    ids = family(session, improvement_id)
    eligible = session.scalars(select(Improvement.eligible).where(Improvement.id.in_(ids))).all()
    people = _latest(session, ids)
    asked = [one for one, _ in people if one.would_go_back is not None]
    undo = sorted(one.undo_seconds for one, _ in people if one.undo_seconds is not None)
    return Adoption(
        uptake=Uptake(
            eligible=sum(number or 0 for number in eligible),
            switched=sum(one.switched_at is not None for one, _ in people),
            accepted=_in(people, ParticipationState.ACCEPTED),
            undone=sum(
                one.state is ParticipationState.UNDONE and one.switched_at is not None
                for one, _ in people
            ),
            used=sum(
                one.last_used_on is not None and today - one.last_used_on <= RECENT
                for one, _ in people
            ),
        ),
        techniques=_parts(people, lambda one, _: one.technique.strip()),
        sites=_parts(people, lambda _, site: site),
        would_not_go_back=Share(sum(one.would_go_back is False for one in asked), len(asked)),
        median_undo_seconds=undo[len(undo) // 2] if undo else None,
    )


People = Sequence[tuple[Participation, str]]


def _latest(session: Session, improvement_ids: Iterable[int]) -> People:
    rows = (
        select(Participation, Site.name, Iteration.improvement_id)
        .join(Iteration, Iteration.id == Participation.iteration_id)
        .outerjoin(Site, Site.id == Participation.site_id)
        .where(Iteration.improvement_id.in_(list(improvement_ids)), Participation.left_at.is_(None))
        .order_by(Participation.id)
    )
    latest = {
        (number, one.person_id or one.name): (one, site or "")
        for one, site, number in session.execute(rows)
    }
    return list(latest.values())


def _in(people: People, state: ParticipationState) -> int:
    return sum(one.state is state for one, _ in people)


def _parts(people: People, named: Callable[[Participation, str], str]) -> tuple[Part, ...]:
    """Return the parts that have a name, the largest first."""
    parts: dict[str, list[tuple[Participation, str]]] = defaultdict(list)
    for one, site in people:
        parts[named(one, site)].append((one, site))
    made = [
        Part(
            name,
            len(some),
            Share(_in(some, ParticipationState.ACCEPTED), len(some)),
            Share(_in(some, ParticipationState.UNDONE), len(some)),
        )
        for name, some in parts.items()
        if name
    ]
    return tuple(sorted(made, key=lambda part: (-part.people, part.name)))
