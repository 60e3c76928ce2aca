"""Waves, plans and steps as data for the command line's JSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.access.commands.data import Data
from app.access.document import LeftOutPerson, PlanDocument, PlannedPerson
from app.access.queries import looks_at, plan_of
from app.access.waves.lines import after_undo, behind
from app.core.frozen import Kept
from app.models.access.wave import Step, Switch, Wave
from app.models.access.words import HOLDING, SETTLED_STEPS, StepState

STUCK = (StepState.DRIFT, StepState.REFUSED)


def plan_data(plan: PlanDocument) -> Data:
    """Return a plan as the command line tells it; losses first, then gains."""
    return {
        "people": [_planned(person) for person in plan.people],
        "losses": _of_whom(plan, lambda person: person.losses),
        "gains": _of_whom(plan, lambda person: person.gains),
        "exceptions": [
            {
                name: kept[name]
                for name in ("person", "right", "owner", "reason", "until")
            }
            for kept in _of_whom(plan, lambda person: person.exceptions)
        ],
        "left_out": [item.to_json() for item in plan.left_out],
    }


def _planned(person: PlannedPerson) -> Data:
    told = person.to_json()
    names = ("person", "name", "covered", "missing", "extra", "add", "remove")
    return {name: told[name] for name in names}


def _of_whom(
    plan: PlanDocument, items: Callable[[PlannedPerson], Iterable[Kept]]
) -> list[Data]:
    return [
        {"person": person.person, **item.to_json()}
        for person in plan.people
        for item in items(person)
    ]


def no_plan(error: str, left_out: Iterable[LeftOutPerson] = ()) -> Data:
    """Return the shape of ``wave_data`` for a plan that moves nobody, with the reason."""
    return {
        "wave": None,
        "hash": None,
        "state": None,
        "people": [],
        "losses": [],
        "gains": [],
        "exceptions": [],
        "left_out": [item.to_json() for item in left_out],
        "limits": [],
        "error": error,
    }


def all_waves(session: Session) -> list[Data]:
    """Return all waves, the newest first, without their plans."""
    query = select(Wave).options(
        selectinload(Wave.role), selectinload(Wave.switches), selectinload(Wave.version)
    )
    return [
        {**_head(wave), "people": len(wave.switches), "states": _counted(wave.switches)}
        for wave in session.scalars(query.order_by(Wave.id.desc()))
    ]


def wave_data(session: Session, wave: Wave, limits: Iterable[str] = ()) -> Data:
    """Return a wave that was loaded with role, version and switches.

    ``limits`` are those the plan would exceed.
    """
    kept = plan_of(wave)
    plan, steps = plan_data(kept), _steps_by_switch(session, wave.id)
    by_key = {switch.person.key: switch for switch in wave.switches}
    for person, planned in zip(plan["people"], kept.people, strict=True):
        switch = by_key[planned.key]
        person.update(_standing(switch, steps[switch.id], len(planned.steps)))
    approval = {
        "by": wave.approved_by,
        "at": wave.approved_at,
        "self": wave.self_approved,
    }
    return {
        **_head(wave),
        **plan,
        "limits": list(limits),
        "approved": approval if wave.approved_at else None,
        "privileged": list(kept.privileged or ()),
        "first_approval": wave.first_approved_by or None,
        "applied_by": wave.applied_by or None,
        "paused": _paused(wave.paused_by, wave.paused_at, wave.message),
        "armed": _armed(wave) if wave.armed_at else None,
        "started_at": wave.started_at,
        "ended_at": wave.ended_at,
        "message": wave.message,
    }


def _armed(wave: Wave) -> Data:
    return {
        "by": wave.armed_by,
        "at": wave.armed_at,
        "opens": wave.opens_at,
        "closes": wave.closes_at,
        "terms": wave.terms,
    }


def _paused(by: str, at: datetime | None, why: str) -> Data | None:
    return {"by": by, "at": at, "why": why} if at else None


def undo_data(session: Session, wave: Wave, person_ids: Iterable[int]) -> Data:
    """Return how the undo of these people of a loaded wave went: state, what others changed, open
    conflicts.
    """
    steps, chosen = _steps_by_switch(session, wave.id), set(person_ids)
    people = [
        {
            "person": switch.person.uid,
            "name": switch.person.name,
            "state": switch.state.value,
            "reason": switch.reason,
            "others": _others(switch),
            "conflicts": _conflicts(steps[switch.id]),
            "memberof": behind(switch),
        }
        for switch in wave.switches
        if switch.person_id in chosen
    ]
    return {
        "wave": wave.id,
        "role": wave.role.name,
        "state": wave.state.value,
        "people": people,
    }


def steps_data(session: Session, wave_id: int) -> list[Data]:
    """Return the journal of a wave, in the order of its steps."""
    query = (
        select(Step, Switch)
        .outerjoin(Switch, Step.switch_id == Switch.id)
        .where(Step.wave_id == wave_id)
    )
    rows = session.execute(
        query.options(selectinload(Switch.person)).order_by(Step.position, Step.id)
    )
    return [
        {
            "step": step.id,
            "person": switch.person.uid if switch else None,
            "phase": step.phase.value,
            "sentence": step.sentence,
            "state": step.state.value,
            "proof": step.proof,
            "code": step.code,
            "text": step.text,
            "reverses": step.reverses_id,
            "change": step.change,
            "intent_at": step.intent_at,
            "ended_at": step.ended_at,
        }
        for step, switch in rows
    ]


def _head(wave: Wave) -> Data:
    return {
        "wave": wave.id,
        "role": wave.role.name,
        "number": wave.number,
        "role_version": wave.version.number,
        "brings_version": wave.brings_version,
        "state": wave.state.value,
        "hash": wave.plan_hash,
        "author": wave.author,
        "created_at": wave.created_at,
    }


def _standing(switch: Switch, steps: list[Step], planned: int) -> Data:
    done = sum(
        step.state in SETTLED_STEPS for step in steps if step.reverses_id is None
    )
    back = [step for step in steps if step.reverses_id is not None]
    seen = [look.at for look in looks_at(switch) if look.lenses is not None]
    return {
        "state": switch.state.value,
        "reason": switch.reason,
        "paused": _paused(switch.paused_by, switch.paused_at, switch.paused_why),
        "steps": {"done": done, "total": planned},
        "undo_steps": {
            "done": sum(step.state in SETTLED_STEPS for step in back),
            "total": len(back),
        },
        "verified": switch.verified,
        "verified_at": seen[-1] if seen else None,
        "confirmed_by": switch.confirmed_by or None,
        "undone_by": switch.undone_by or None,
        "others": _others(switch),
        "conflicts": _conflicts(steps),
        "memberof": behind(switch),
        "still_shown": still_shown(switch),
    }


def still_shown(switch: Switch) -> list[Data]:
    """Return the removed rights that were still shown when the person was last looked at, and under
    which lens.
    """
    seen = [look.lenses for look in looks_at(switch) if look.lenses is not None]
    if not seen or switch.state not in HOLDING:
        return []
    return [
        {"right": right, "lens": line.lens}
        for line in seen[-1]
        for right in line.still_shown
    ]


def _others(switch: Switch) -> list[str]:
    """Return what others had changed about a person by the time the undo was over."""
    undone = after_undo(switch)
    return list(undone.others or ()) if undone else []


def _conflicts(steps: list[Step]) -> list[Data]:
    """Return the steps back that others or the server stand in the way of; of several attempts the
    last one counts.
    """
    latest = {
        step.reverses_id: step
        for step in sorted(steps, key=lambda step: step.attempt)
        if step.reverses_id
    }
    return [
        {"step": step.reverses_id, "sentence": step.sentence, "text": step.text}
        for step in latest.values()
        if step.state in STUCK
    ]


def _steps_by_switch(session: Session, wave_id: int) -> Mapping[int, list[Step]]:
    found: dict[int, list[Step]] = defaultdict(list)
    for step in session.scalars(
        select(Step).where(Step.wave_id == wave_id).order_by(Step.position)
    ):
        if step.switch_id is not None:
            found[step.switch_id].append(step)
    return found


def _counted(switches: Iterable[Switch]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for switch in switches:
        counts[switch.state.value] += 1
    return dict(counts)
