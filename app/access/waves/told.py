"""What the plan of a wave says as a whole: its four numbers, who loses and gains what, the proof,
the limits it is held against, and what it cannot see.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.access.apart.queries import meetings_after
from app.access.document import LeftOutPerson, PlanDocument, PlannedPerson
from app.access.plan.queries import Totals, totals_of
from app.access.queries import damage_of, plan_of
from app.access.waves.lines import Blind, LimitLine, StepProof, WaveTold
from app.access.waves.queries import deleted_lately, holders_of
from app.access.waves.rules import Limits, Reach, exceeded, reach_of
from app.core.said import said
from app.core.settings import Settings
from app.models.access.wave import Wave
from app.models.directory import Entitlement, Lens, Reading, ReadingState


@dataclass(frozen=True, slots=True)
class PlanTold:
    """A plan as a whole, without its people one by one.

    ``prepare`` are sentences, ``changes`` counts all steps, ``sees`` are keys of rights; ``places``
    tells where in the kept text each person's part begins and ends, by key.
    """

    totals: Totals
    proof: StepProof
    losses: tuple[WaveTold, ...]
    gains: tuple[WaveTold, ...]
    exceptions: tuple[WaveTold, ...]
    left_out: tuple[LeftOutPerson, ...]
    privileged: tuple[str, ...]
    realisation: str
    prepare: tuple[str, ...]
    changes: int
    reach: Reach
    sees: frozenset[str]
    places: Mapping[str, tuple[int, int]]

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing is lost, gained or kept outside the role."""
        return not (self.losses or self.gains or self.exceptions)


def told_of(wave: Wave) -> PlanTold:
    """Return what the plan of a wave says as a whole. Raises ``Conflict`` when it is damaged."""
    with damage_of(wave):
        return _told(wave.plan)


# A plan never changes, and one of five hundred people takes half a second to read: what it says as
# a whole is kept for the few that are being looked at. Whoever alters the text gets another answer.
@lru_cache(maxsize=4)
def _told(text: str) -> PlanTold:
    plan = PlanDocument.of_text(text)
    proofs = [proof_of(person) for person in plan.people]
    return PlanTold(
        totals=totals_of(plan),
        proof=StepProof(
            sum(proof.before for proof in proofs),
            sum(proof.covered for proof in proofs),
            sum(proof.kept for proof in proofs),
            sum(proof.exceptions for proof in proofs),
            sum(proof.losses for proof in proofs),
            all(proof.holds for proof in proofs),
        ),
        losses=_by_right(plan, _lost),
        gains=_by_right(plan, _gained),
        exceptions=_by_right(plan, _kept),
        left_out=plan.left_out,
        privileged=plan.privileged or (),
        realisation=plan.realisation,
        prepare=tuple(step.sentence for step in plan.prepare),
        changes=sum(1 for _ in plan.steps),
        reach=reach_of(plan),
        sees=frozenset(right.key for person in plan.people for right in person.sees),
        places=dict(_places(text)),
    )


PEOPLE = re.compile(r'"people":\s*\[')
"""Begins the people of a kept text: within what somebody wrote, the signs would be escaped."""


def _places(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    begun = PEOPLE.search(text)
    at = _sign(text, begun.end() if begun else len(text))
    while text.startswith("{", at):
        part, end = json.JSONDecoder().raw_decode(text, at)
        yield part["key"], (at, end)
        at = _sign(text, _sign(text, end) + 1)


def _sign(text: str, at: int) -> int:
    """Return where the next sign stands that is no space."""
    while text[at : at + 1].isspace():
        at += 1
    return at


def parts_told(
    told: PlanTold, text: str, keys: Collection[str]
) -> dict[str, PlannedPerson]:
    """Return the parts of these people (by key) from the kept text of a plan that was read."""
    found = {key: told.places[key] for key in keys if key in told.places}
    return {
        key: PlannedPerson.from_json(json.loads(text[begin:end]))
        for key, (begin, end) in found.items()
    }


def proof_of(plan: PlannedPerson) -> StepProof:
    """Return the arithmetic of one person's part of a plan."""
    proof = plan.proof
    return StepProof(
        before=len(plan.before),
        covered=len(proof.covered),
        kept=len(proof.kept),
        exceptions=len(proof.exceptions),
        losses=len(proof.losses),
        holds=plan.proves,
    )


def _lost(person: PlannedPerson) -> Iterator[WaveTold]:
    for loss in person.losses:
        yield WaveTold(loss.right, (), loss.still_seen, loss.accepted_by, loss.reason)


def _gained(person: PlannedPerson) -> Iterator[WaveTold]:
    for gain in person.gains:
        yield WaveTold(gain.right, (), gain.how)


def _kept(person: PlannedPerson) -> Iterator[WaveTold]:
    for kept in person.exceptions:
        until = date.fromisoformat(kept.until)
        yield WaveTold(kept.right, (), "", kept.owner, kept.reason, until)


def _by_right(
    plan: PlanDocument, told_of: Callable[[PlannedPerson], Iterator[WaveTold]]
) -> tuple[WaveTold, ...]:
    """Return the losses, gains or exceptions by right, people with the same one together."""
    found: dict[WaveTold, list[str]] = defaultdict(list)
    for person in plan.people:
        for same in told_of(person):
            found[same].append(person.name)
    told = (replace(same, people=tuple(people)) for same, people in found.items())
    return tuple(sorted(told, key=lambda item: (item.right.lower(), item.how)))


def limits_of(
    session: Session, wave: Wave, reach: Reach, settings: Settings, now: datetime
) -> tuple[LimitLine, ...]:
    """Return the limits in force with their arithmetic, those a wave would exceed first."""
    deleted = deleted_lately(session, now)
    holders = holders_of(session, wave.role.directory_id, reach.losers)
    limits = Limits(
        settings.max_people_per_wave,
        settings.max_share_of_group,
        settings.max_deletions_per_hour,
    )
    kept = [
        said(
            "%(people)s of at most %(limit)s people in one wave.",
            people=reach.people,
            limit=limits.people,
        ),
        said(
            "%(deletions)s values to delete and %(deleted)s deleted in the last hour, "
            "of at most %(limit)s an hour.",
            deletions=reach.deletions,
            deleted=deleted,
            limit=limits.deletions_per_hour,
        ),
    ]
    kept += [
        said(
            "%(losers)s of the %(held)s people in %(right)s would lose it, "
            "of at most %(share)s where four or more hold it.",
            losers=losers,
            held=holders.get(right, losers),
            right=right,
            share=f"{limits.share_of_group:.0%}",
        )
        for right, losers in sorted(reach.losers.items())
    ]
    over = [
        LimitLine(text, over=True) for text in exceeded(reach, limits, holders, deleted)
    ]
    return (
        *_meetings(session, wave),
        *over,
        *(LimitLine(text, over=False) for text in kept),
    )


def _meetings(session: Session, wave: Wave) -> list[LimitLine]:
    """Return what would meet after a plan and should not: said, and hindering nothing."""
    told = meetings_after(session, wave.role.directory_id, lambda: plan_of(wave))
    return [LimitLine(sentence, over=True) for sentence in told]


def blind_of(session: Session, wave: Wave, sees: Collection[str]) -> Blind:
    """Return what a wave cannot see, whose people see the rights with these keys."""
    columns = Entitlement.key, Entitlement.cn, Entitlement.lens, Entitlement.lens_by
    to_be_told = or_(Entitlement.lens == Lens.UNKNOWN, Entitlement.lens_by != "")
    rights = select(*columns).where(
        Entitlement.directory_id == wave.role.directory_id, to_be_told
    )
    by_name = rights.order_by(func.lower(Entitlement.cn))
    found = [right for right in session.execute(by_name) if right.key in sees]
    read = select(func.max(Reading.ended_at)).where(
        Reading.directory_id == wave.role.directory_id,
        Reading.state == ReadingState.COMPLETE,
        Reading.ended_at <= wave.created_at,
    )
    return Blind(
        read_at=session.scalar(read),
        unknown=tuple(right.cn for right in found if right.lens is Lens.UNKNOWN),
        stated=tuple(
            (right.cn, right.lens.value, right.lens_by)
            for right in found
            if right.lens_by
        ),
    )
