"""How far one improvement has spread: who has it, by which way and where, and what they say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.improvements.spread.queries import family
from app.improvements.spread.rules import PersonTold, Share, Uptake, all_told
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

    ``techniques`` tell what moved people, ``would_not_go_back`` what they say themselves;
    ``places`` are the sites they work at, by name.
    """

    uptake: Uptake
    techniques: tuple[Part, ...]
    sites: tuple[Part, ...]
    places: Mapping[str, Site]
    would_not_go_back: Share
    median_undo_seconds: int | None


def adoption_of(session: Session, improvement_id: int, today: date) -> Adoption:
    """Return the adoption of an improvement with all that stands under it; the latest word on each
    person counts.
    """
    ids = family(session, improvement_id)
    told, places = _told(session, ids)
    people = list(told.values())
    asked = [one for one in people if one.would_go_back is not None]
    undo = sorted(one.undo_seconds for one in people if one.undo_seconds is not None)
    last = [one.last_used_on for one in people if one.last_used_on is not None]
    return Adoption(
        uptake=Uptake(
            eligible=_eligible(session, improvement_id, ids),
            switched=sum(one.switched for one in people),
            accepted=_in(people, ParticipationState.ACCEPTED),
            undone=sum(
                one.state is ParticipationState.UNDONE and one.switched
                for one in people
            ),
            used=sum(today - day <= RECENT for day in last),
            heard=len(last),
        ),
        techniques=_parts(people, lambda one: one.technique.strip()),
        sites=_parts(people, lambda one: one.site),
        places=places,
        would_not_go_back=Share(
            sum(one.would_go_back is False for one in asked), len(asked)
        ),
        median_undo_seconds=undo[len(undo) // 2] if undo else None,
    )


People = Sequence[PersonTold]


def _eligible(session: Session, improvement_id: int, ids: Sequence[int]) -> int:
    """Return for how many people it is: what the improvement says itself, else all that stands
    under it.
    """
    chosen = select(Improvement.id, Improvement.eligible).where(Improvement.id.in_(ids))
    said = {number: eligible or 0 for number, eligible in session.execute(chosen)}
    return said.get(improvement_id) or sum(said.values())


def _told(
    session: Session, improvement_ids: Iterable[int]
) -> tuple[Mapping[int | str, PersonTold], Mapping[str, Site]]:
    """Return what is known of each person who takes part, from all their rungs together, and the
    sites they work at.
    """
    rows = (
        select(Participation, Site)
        .join(Iteration, Iteration.id == Participation.iteration_id)
        .outerjoin(Site, Site.id == Participation.site_id)
        .where(
            Iteration.improvement_id.in_(list(improvement_ids)),
            Participation.left_at.is_(None),
        )
        .order_by(Participation.id)
    )
    rungs: dict[int | str, list[PersonTold]] = defaultdict(list)
    places: dict[str, Site] = {}
    for one, site in session.execute(rows):
        name = site.name if site else ""
        rungs[one.person_id or one.name].append(_of_rung(one, name))
        if site:
            places[name] = site
    return {person: all_told(some) for person, some in rungs.items()}, places


def _of_rung(one: Participation, site: str) -> PersonTold:
    return PersonTold(
        one.state,
        one.switched_at is not None,
        one.technique,
        site,
        one.would_go_back,
        one.last_used_on,
        one.undo_seconds,
        one.saved,
    )


def _in(people: People, state: ParticipationState) -> int:
    return sum(one.state is state for one in people)


def _parts(people: People, named: Callable[[PersonTold], str]) -> tuple[Part, ...]:
    """Return the parts that have a name, the largest first."""
    parts: dict[str, list[PersonTold]] = defaultdict(list)
    for one in people:
        parts[named(one)].append(one)
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
