"""One wave: how far it has climbed and whose turn it is, its people page by page, what its plan
says, what speaks against it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import ColumnElement, Row, case, func, select, true
from sqlalchemy.orm import Session, contains_eager, defer

from app.access.document import UNDONE, PlannedPerson
from app.access.plan.written import forward_ldif, reverse_ldif
from app.access.queries import looks_at, plan_of
from app.access.states import WaveEvent, wave_may
from app.access.waves.course import rules_of, undo_seconds_of
from app.access.waves.ladder import WaveMarks, WaveRung, ladder_of, marks_of
from app.access.waves.lines import (
    Blind,
    LimitLine,
    PersonPart,
    Stuck,
    WaveProgress,
    behind,
)
from app.access.waves.queries import approval_by, signal_of, wave_alone
from app.access.waves.rules import objection
from app.access.waves.rung import WaveDecision, wave_decision
from app.access.waves.terms import StopRule
from app.access.waves.told import (
    PlanTold,
    blind_of,
    limits_of,
    parts_told,
    proof_of,
    told_of,
)
from app.auth.queries import operators_with
from app.core.errors import Refused
from app.core.settings import Settings
from app.incidents.links.queries import LinkedIncident, incidents_of
from app.incidents.links.rules import IncidentSignal
from app.models.access.wave import Step, Switch, Wave
from app.models.access.words import (
    HELD,
    HOLDING,
    SETTLED_STEPS,
    UNDOABLE,
    StepState,
    SwitchState,
    WaveState,
)

StepRow: TypeAlias = (
    "Row[int | None, int | None, StepState, str, str, datetime | None, datetime | None]"
)
RUNNING = (WaveState.APPLYING, WaveState.UNDOING)
STUCK_STEPS = (StepState.DRIFT, StepState.REFUSED)
ASIDE = (
    SwitchState.CONFLICT,
    SwitchState.FAILED,
    SwitchState.STALE,
    SwitchState.BLOCKED,
    SwitchState.PAUSED,
    SwitchState.UNDONE,
)
"""The states beside the ladder, told apart on the page of a wave."""

FIRST = (*ASIDE[:2], SwitchState.SOAKING, *HELD, *ASIDE[2:5])
"""Whom a resting wave shows first: those about whom somebody has to do something."""

SHOWN_LDIF = 25
"""Up to so many people the LDIF of a wave stands on its page; of more it is only downloaded."""


@dataclass(frozen=True, slots=True)
class WaveAsked:
    """How a wave is looked at: by whom (an operator's name), which people of it, and whether with
    its plan.
    """

    viewer: str
    now: datetime
    settings: Settings
    state: str = ""
    offset: int = 0
    size: int = 50
    with_plan: bool = True


@dataclass(frozen=True, slots=True)
class WavePlanSide:
    """What the page of a wave says of its plan; the LDIF only where the wave is small."""

    told: PlanTold
    limits: tuple[LimitLine, ...]
    blind: Blind
    forward: str
    reverse: str


@dataclass(frozen=True, slots=True)
class WavePage:
    """One wave as somebody sees it.

    ``objection`` says why the viewer may not approve it, ``turn`` who may do what comes next.
    ``people`` are those of the page asked for, ``listed`` counts all of them. ``plan`` is missing
    where only progress was asked for.
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
    beside: str
    brings_version: bool
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
    paused_by: str
    paused_at: datetime | None
    armed_by: str
    armed_at: datetime | None
    opens_at: datetime | None
    closes_at: datetime | None
    rules: tuple[StopRule, ...]
    undo_seconds: float | None
    objection: str
    turn: tuple[str, ...]
    ladder: tuple[WaveRung, ...]
    marks: WaveMarks
    steps: WaveProgress
    people: tuple[PersonPart, ...]
    listed: int
    plan: WavePlanSide | None
    incidents: tuple[LinkedIncident, ...]
    signal: IncidentSignal | None
    rung: WaveDecision | None

    @property
    def is_running(self) -> bool:
        """Tell whether the worker has something to do."""
        return self.state in RUNNING

    @property
    def soaking(self) -> tuple[PersonPart, ...]:
        """Return the people of this page who wait to be seen working."""
        return tuple(person for person in self.people if person.is_soaking)

    @property
    def to_be_seen(self) -> int:
        """Return how many people wait to be seen working and are not paused."""
        return self.marks.free.get(SwitchState.SOAKING, 0)

    def may(self, event: str) -> bool:
        """Tell whether something may be asked of the wave where it stands."""
        return wave_may(WaveState(self.state), WaveEvent(event))

    @property
    def conflicts(self) -> tuple[PersonPart, ...]:
        """Return the people of this page about whom somebody has to decide."""
        return tuple(
            person for person in self.people if person.state == SwitchState.CONFLICT
        )

    @property
    def undoable(self) -> int:
        """Return how many people can be taken back down."""
        return self._count(UNDOABLE)

    @property
    def held(self) -> int:
        """Return how many people of a stopped wave are half-way and have to be looked at again."""
        return self._count(HELD)

    @property
    def waiting(self) -> int:
        """Return how many people of an approved wave it has not come to."""
        return self.marks.free.get(SwitchState.APPROVED, 0)

    @property
    def aside(self) -> tuple[tuple[SwitchState, int], ...]:
        """Return how many people stand beside the ladder, by state."""
        found = ((state, self.marks.lanes.get(state, 0)) for state in ASIDE)
        return tuple((state, count) for state, count in found if count)

    def _count(self, states: Iterable[SwitchState]) -> int:
        return sum(self.marks.counts.get(state, 0) for state in states)


def wave_page(session: Session, wave_id: int, asked: WaveAsked) -> WavePage:
    """Return one wave as it was asked for. Raises ``NotFound``."""
    # The plan of a big wave is megabytes: who only looks how far it is does without.
    left_out = () if asked.with_plan else (defer(Wave.plan, raiseload=True),)
    wave, marks = wave_alone(session, wave_id, *left_out), marks_of(session, wave_id)
    plan = _plan_side(session, wave, asked) if asked.with_plan else None
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
        beside=wave.beside,
        brings_version=wave.brings_version,
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
        paused_by=wave.paused_by,
        paused_at=wave.paused_at,
        armed_by=wave.armed_by,
        armed_at=wave.armed_at,
        opens_at=wave.opens_at,
        closes_at=wave.closes_at,
        rules=rules_of(session, wave, asked.now) if asked.with_plan else (),
        undo_seconds=undo_seconds_of(session, wave),
        objection=_objection(session, wave, asked),
        turn=_turn(session, wave),
        ladder=ladder_of(wave, marks),
        marks=marks,
        steps=_steps_of_all(session, wave),
        people=_people(session, wave, asked),
        listed=_listed(marks, asked.state),
        plan=plan,
        incidents=tuple(incidents_of(session, wave_id=wave.id)),
        signal=signal_of(session, wave, asked.now),
        rung=wave_decision(session, wave),
    )


def wave_ldif(session: Session, wave_id: int) -> tuple[str, str]:
    """Return what applying a wave does and what takes it back, as LDIF. Raises ``NotFound``."""
    return _ldif(wave_alone(session, wave_id))


def _ldif(wave: Wave) -> tuple[str, str]:
    plan = plan_of(wave)
    return forward_ldif(plan), reverse_ldif(plan)


def _plan_side(session: Session, wave: Wave, asked: WaveAsked) -> WavePlanSide:
    told = told_of(wave)
    few = told.totals.people.value <= SHOWN_LDIF
    forward, reverse = _ldif(wave) if few else ("", "")
    limits = limits_of(session, wave, told.reach, asked.settings, asked.now)
    return WavePlanSide(
        told=told,
        limits=limits,
        blind=blind_of(session, wave, told.sees),
        forward=forward,
        reverse=reverse,
    )


def _objection(session: Session, wave: Wave, asked: WaveAsked) -> str:
    if wave.state is not WaveState.PLANNED:
        return ""
    try:
        return objection(
            approval_by(session, wave, asked.viewer, asked.settings, asked.now)
        )
    except Refused as error:
        return error.message


def _turn(session: Session, wave: Wave) -> tuple[str, ...]:
    """Return the names of those who may do what comes next; of approvers, those who have not had
    a hand in it.
    """
    wanted = "approve" if wave.state is WaveState.PLANNED else "apply"
    names = [operator.name for operator in operators_with(session, wanted)]
    if wanted == "apply":
        return tuple(names)
    others = [
        name for name in names if name not in (wave.author, wave.first_approved_by)
    ]
    return tuple(others or names)


def _steps_of_all(session: Session, wave: Wave) -> WaveProgress:
    """Return how far the whole wave is, in the direction it goes."""
    back = wave.state is WaveState.UNDOING
    # A step back that had to be tried again is one step.
    what = Step.reverses_id.distinct() if back else Step.id
    over = Step.state.in_(SETTLED_STEPS)
    counted = select(func.count(what).filter(over), func.count(what)).where(
        Step.wave_id == wave.id,
        Step.reverses_id.is_not(None) if back else Step.reverses_id.is_(None),
    )
    return WaveProgress(*session.execute(counted).one())


def _wanted(state: str) -> ColumnElement[bool]:
    if state == SwitchState.PAUSED:
        return Switch.paused_at.is_not(None)
    if state in list(SwitchState):
        return (Switch.state == SwitchState(state)) & Switch.paused_at.is_(None)
    return true()


def _listed(marks: WaveMarks, state: str) -> int:
    if state in list(SwitchState):
        return marks.lanes.get(SwitchState(state), 0)
    return marks.people


def _people(session: Session, wave: Wave, asked: WaveAsked) -> tuple[PersonPart, ...]:
    """Return the people of one page; while the worker moves them nobody changes place."""
    urgent = case(
        {state: number for number, state in enumerate(FIRST)},
        value=Switch.state,
        else_=len(FIRST),
    )
    order = (Switch.position,) if wave.state in RUNNING else (urgent, Switch.position)
    rows = (
        select(Switch)
        .join(Switch.person)
        .options(contains_eager(Switch.person))
        .where(Switch.wave_id == wave.id, _wanted(asked.state))
        .order_by(*order)
        .offset(asked.offset)
        .limit(asked.size)
    )
    switches = list(session.scalars(rows))
    keys = {switch.person.key for switch in switches}
    planned = parts_told(told_of(wave), wave.plan, keys) if asked.with_plan else {}
    steps = _steps_of(session, [switch.id for switch in switches])
    return tuple(
        _part(switch, planned.get(switch.person.key), steps[switch.id])
        for switch in switches
    )


def _steps_of(session: Session, switches: Iterable[int]) -> Mapping[int, list[StepRow]]:
    found: dict[int, list[StepRow]] = defaultdict(list)
    rows = (
        select(
            Step.switch_id,
            Step.reverses_id,
            Step.state,
            Step.sentence,
            Step.text,
            Step.intent_at,
            Step.ended_at,
        )
        .where(Step.switch_id.in_(list(switches)))
        .order_by(Step.position, Step.attempt)
    )
    for step in session.execute(rows):
        found[step.switch_id or 0].append(step)
    return found


def _part(
    switch: Switch, plan: PlannedPerson | None, steps: list[StepRow]
) -> PersonPart:
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
        proof=proof_of(plan) if plan else None,
        forward=_progress(forward, len(plan.steps) if plan else len(forward)),
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
        switched_at=switch.switched_at,
        confirmed_by=switch.confirmed_by,
        undone_by=switch.undone_by,
        undo_seconds=_seconds(back) if switch.undone_at else None,
        paused_by=switch.paused_by if switch.paused_at else "",
        paused_at=switch.paused_at,
        paused_why=switch.paused_why,
    )


def _seconds(steps: Iterable[StepRow]) -> float | None:
    """Return how many seconds passed from the first to the last of some steps."""
    begun = [step.intent_at for step in steps if step.intent_at]
    ended = [step.ended_at for step in steps if step.ended_at]
    return (max(ended) - min(begun)).total_seconds() if begun and ended else None


def _progress(steps: Iterable[StepRow], total: int) -> WaveProgress:
    return WaveProgress(sum(step.state in SETTLED_STEPS for step in steps), total)
