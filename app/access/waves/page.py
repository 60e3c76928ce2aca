"""One wave: its plan in numbers and sentences, how far each person is, what was verified, what
speaks against it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.document import UNDONE, PlanDocument, PlannedPerson
from app.access.plan.queries import Totals, totals_of
from app.access.plan.written import forward_ldif, reverse_ldif
from app.access.queries import looks_at, plan_of
from app.access.waves.lines import (
    Blind,
    LimitLine,
    PersonPart,
    StepProof,
    Stuck,
    WaveProgress,
    WaveTold,
    behind,
)
from app.access.waves.queries import approval_by, deleted_lately, get_wave, holders_of
from app.access.waves.rules import Limits, exceeded, objection, reach_of
from app.core.errors import Refused
from app.core.settings import Settings
from app.incidents.links.queries import LinkedIncident, incidents_of, reported_by
from app.incidents.links.rules import IncidentSignal
from app.models.access import (
    HOLDING,
    SETTLED_STEPS,
    RoleRight,
    Step,
    StepState,
    Switch,
    SwitchState,
    Wave,
    WaveState,
)
from app.models.catalog.service import ServiceRight
from app.models.directory import Entitlement, Lens, Reading, ReadingState

RUNNING = (WaveState.APPLYING, WaveState.UNDOING)
STUCK_STEPS = (StepState.DRIFT, StepState.REFUSED)


@dataclass(frozen=True, slots=True)
class WavePage:
    """One wave.

    ``objection`` says why the viewer may not approve it; ``plan`` is the document that was hashed.
    """

    id: int
    number: int
    role_id: int
    role: str
    version: int
    directory: str
    writable: bool
    state: str
    message: str
    hash: str
    author: str
    created_at: datetime
    first_approved_by: str
    first_approved_at: datetime | None
    approved_by: str
    approved_at: datetime | None
    self_approved: bool
    applied_by: str
    started_at: datetime | None
    ended_at: datetime | None
    objection: str
    plan: PlanDocument
    people: tuple[PersonPart, ...]
    prepare: WaveProgress
    totals: Totals
    losses: tuple[WaveTold, ...]
    gains: tuple[WaveTold, ...]
    exceptions: tuple[WaveTold, ...]
    limits: tuple[LimitLine, ...]
    blind: Blind
    forward: str
    reverse: str
    incidents: tuple[LinkedIncident, ...]
    signal: IncidentSignal | None

    @property
    def is_running(self) -> bool:
        """Tell whether the worker has something to do."""
        return self.state in RUNNING

    @property
    def steps(self) -> WaveProgress:
        """Return how far the whole wave is, in the direction it goes."""
        ways = [
            person.back if self.state == WaveState.UNDOING else person.forward
            for person in self.people
        ]
        ways += [] if self.state == WaveState.UNDOING else [self.prepare]
        return WaveProgress(
            sum(way.done for way in ways), sum(way.total for way in ways)
        )

    @property
    def soaking(self) -> tuple[PersonPart, ...]:
        """Return the people who wait to be confirmed."""
        return tuple(person for person in self.people if person.is_soaking)

    @property
    def undoable(self) -> tuple[PersonPart, ...]:
        """Return the people who can be taken back down."""
        return tuple(person for person in self.people if person.is_undoable)

    @property
    def held(self) -> tuple[PersonPart, ...]:
        """Return the people of a stopped wave whose move is begun and has to be looked at again."""
        return tuple(person for person in self.people if person.is_held)

    @property
    def waiting(self) -> tuple[PersonPart, ...]:
        """Return the people of an approved wave whom it has not come to."""
        return tuple(
            person for person in self.people if person.state == SwitchState.APPROVED
        )


def wave_page(
    session: Session, wave_id: int, *, viewer: str, settings: Settings, now: datetime
) -> WavePage:
    """Return one wave as ``viewer`` (an operator's name) sees it. Raises ``NotFound``."""
    wave = get_wave(session, wave_id)
    plan, steps = plan_of(wave), _steps(session, wave_id)
    by_key = {person.key: person for person in plan.people}
    return WavePage(
        id=wave.id,
        number=wave.number,
        role_id=wave.role_id,
        role=wave.role.name,
        version=wave.version.number,
        directory=wave.role.directory.name,
        writable=wave.role.directory.writable,
        state=wave.state.value,
        message=wave.message,
        hash=wave.plan_hash,
        author=wave.author,
        created_at=wave.created_at,
        first_approved_by=wave.first_approved_by,
        first_approved_at=wave.first_approved_at,
        approved_by=wave.approved_by,
        approved_at=wave.approved_at,
        self_approved=wave.self_approved,
        applied_by=wave.applied_by,
        started_at=wave.started_at,
        ended_at=wave.ended_at,
        objection=_objection(session, wave, viewer, settings, now),
        plan=plan,
        people=tuple(
            _part(switch, by_key[switch.person.key], steps[switch.id])
            for switch in wave.switches
        ),
        prepare=_progress(steps[None], len(plan.prepare)),
        totals=totals_of(plan),
        losses=_by_right(plan, _lost),
        gains=_by_right(plan, _gained),
        exceptions=_by_right(plan, _kept),
        limits=_limits(session, wave, plan, settings, now),
        blind=_blind(session, wave, plan),
        forward=forward_ldif(plan),
        reverse=reverse_ldif(plan),
        incidents=tuple(incidents_of(session, wave_id=wave.id)),
        signal=_signal(session, wave, now),
    )


def _signal(session: Session, wave: Wave, now: datetime) -> IncidentSignal | None:
    """Return what the people of a wave report since their switch, about the services their role's
    rights open.
    """
    switched = {
        one.person_id: one.switched_at
        for one in wave.switches
        if one.switched_at and not one.undone_at
    }
    rights = select(RoleRight.entitlement_id).where(
        RoleRight.version_id == wave.version_id
    )
    services = session.scalars(
        select(ServiceRight.service_id)
        .where(ServiceRight.entitlement_id.in_(rights))
        .distinct()
    ).all()
    found = reported_by(session, switched, services)
    return found.signal(now) if found else None


def _steps(session: Session, wave_id: int) -> dict[int | None, list[Step]]:
    found: dict[int | None, list[Step]] = defaultdict(list)
    for step in session.scalars(
        select(Step)
        .where(Step.wave_id == wave_id)
        .order_by(Step.position, Step.attempt)
    ):
        found[step.switch_id].append(step)
    return found


def _objection(
    session: Session, wave: Wave, viewer: str, settings: Settings, now: datetime
) -> str:
    if wave.state is not WaveState.PLANNED:
        return ""
    try:
        return objection(approval_by(session, wave, viewer, settings, now))
    except Refused as error:
        return error.message


def _part(switch: Switch, plan: PlannedPerson, steps: list[Step]) -> PersonPart:
    forward = [step for step in steps if step.reverses_id is None]
    back = list(
        {
            step.reverses_id: step for step in steps if step.reverses_id is not None
        }.values()
    )
    # What was seen before an undo says nothing of now.
    looks = looks_at(switch)
    seen = [look for look in looks if look.lenses and switch.state in HOLDING]
    undone = [look.others or () for look in looks if look.when == UNDONE]
    return PersonPart(
        person_id=switch.person_id,
        name=switch.person.name,
        uid=switch.person.uid,
        state=switch.state.value,
        reason=switch.reason,
        plan=plan,
        proof=_proof(plan),
        forward=_progress(forward, len(plan.steps)),
        back=_progress(back, len(back)),
        lenses=(seen[-1].lenses or ()) if seen else (),
        verified_at=datetime.fromisoformat(seen[-1].at) if seen else None,
        others=undone[-1] if undone else (),
        memberof=tuple(behind(switch)),
        stuck=tuple(
            Stuck(step.sentence, step.text)
            for step in back
            if step.state in STUCK_STEPS
        ),
        confirmed_by=switch.confirmed_by,
        undone_by=switch.undone_by,
    )


def _progress(steps: Iterable[Step], total: int) -> WaveProgress:
    return WaveProgress(sum(step.state in SETTLED_STEPS for step in steps), total)


def _proof(plan: PlannedPerson) -> StepProof:
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


def _limits(
    session: Session, wave: Wave, plan: PlanDocument, settings: Settings, now: datetime
) -> tuple[LimitLine, ...]:
    reach, deleted = reach_of(plan), deleted_lately(session, now)
    holders = holders_of(session, wave.role.directory_id, reach.losers)
    limits = Limits(
        settings.max_people_per_wave,
        settings.max_share_of_group,
        settings.max_deletions_per_hour,
    )
    kept = [
        f"{reach.people} of at most {limits.people} people in one wave.",
        f"{reach.deletions} values to delete and {deleted} deleted in the last hour, "
        f"of at most {limits.deletions_per_hour} an hour.",
    ]
    kept += [
        f"{losers} of the {holders.get(right, losers)} people in {right} would lose it, "
        f"of at most {limits.share_of_group:.0%} where four or more hold it."
        for right, losers in sorted(reach.losers.items())
    ]
    over = [
        LimitLine(text, over=True) for text in exceeded(reach, limits, holders, deleted)
    ]
    return (*over, *(LimitLine(text, over=False) for text in kept))


def _blind(session: Session, wave: Wave, plan: PlanDocument) -> Blind:
    keys = {right.key for person in plan.people for right in person.sees}
    here = Entitlement.directory_id == wave.role.directory_id, Entitlement.key.in_(keys)
    rights = select(Entitlement).where(*here).order_by(func.lower(Entitlement.cn))
    found = list(session.scalars(rights))
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
