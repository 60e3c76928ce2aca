"""Roles, fit and waves as plain data: what the command line prints with ``--json``."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app.access.queries.terrain import terrain_of
from app.access.rules.document import gains, losses
from app.access.rules.fit import Fit, fits
from app.access.rules.lens import NO_ROLE_GROUP
from app.access.rules.plan import RoleShape, Terrain, nested_rights, off_limits, stand_in
from app.core.errors import NotFound, Refused
from app.directory.queries import load_graph
from app.directory.rules import Graph, names
from app.models.access import (
    HOLDING,
    SETTLED_STEPS,
    Realisation,
    Role,
    RoleRight,
    RoleVersion,
    Step,
    StepState,
    Switch,
    SwitchState,
    Wave,
)
from app.models.directory import Entitlement, Membership
from app.models.people import Person

Data = dict[str, Any]

STUCK = (StepState.DRIFT, StepState.REFUSED)
NOTHING: Mapping[str, Any] = {"people": (), "left_out": ()}
"""The content of a plan that could not be made."""


def find_role(session: Session, name: str) -> int:
    """Return the role of this name, upper and lower case alike. Raises ``NotFound``, ``Refused`` with candidates."""
    named = select(Role).options(selectinload(Role.directory)).where(func.lower(Role.name) == name.strip().lower())
    found = list(session.scalars(named.order_by(Role.id)))
    if not found:
        raise NotFound(f"There is no role {name}. `rung role list` shows them.")
    if len(found) > 1:
        places = tuple(role.directory.name for role in found)
        raise Refused(f"{len(found)} directories have a role {name}; rename one of them.", details=places)
    return found[0].id


def all_roles(session: Session) -> list[Data]:
    """Return all roles by name, each with its newest version."""
    loaded = selectinload(Role.versions).selectinload(RoleVersion.rights)
    query = select(Role).options(loaded, selectinload(Role.directory), selectinload(Role.owner))
    found = session.scalars(query.order_by(func.lower(Role.name), Role.id))
    return [{**_role(role), "rights": len(role.versions[-1].rights)} for role in found]


def role_data(session: Session, role: Role) -> Data:
    """Return a role that was loaded with versions, rights, owner and directory."""
    shared, rights = _shared_names(session, role.directory_id), role.versions[-1].rights
    in_order = sorted(rights, key=lambda item: (item.entitlement.cn.lower(), item.entitlement.dn))
    return {**_role(role), "rights": [_right(item, shared) for item in in_order]}


def _role(role: Role) -> Data:
    version = role.versions[-1]
    return {
        "role": role.name, "directory": role.directory.name, "version": version.number,
        "approved": version.approved_at is not None, "realisation": role.realisation.value, "purpose": role.purpose,
        "owner": role.owner.uid if role.owner else None, "group": role.group_dn, "retired_at": role.retired_at,
    }  # fmt: skip


def _right(item: RoleRight, shared: frozenset[str]) -> Data:
    right = item.entitlement
    return {
        "right": right.dn if right.cn.lower() in shared else right.cn, "dn": right.dn, "lens": right.lens.value,
        "reason": item.reason, "gone": right.gone_at is not None,
    }  # fmt: skip


def fit_data(session: Session, role: Role) -> list[Data]:
    """Return how the role's newest version fits everybody who holds some of it, zero change first."""
    graph = load_graph(session, role.directory_id)
    found = fits_of(graph, role)
    return [
        {
            "person": graph.people[fit.person_id].uid, "name": graph.people[fit.person_id].name,
            "covered": _names(graph, fit.covered), "missing": _names(graph, fit.missing),
            "extra": _names(graph, fit.extra), "zero_change": fit.zero_change, "in_role": fit.in_role,
            "off_limits": off_limits(graph.people[fit.person_id], Terrain()),
        }
        for fit in found
    ]  # fmt: skip


def fits_of(graph: Graph, role: Role) -> list[Fit]:
    """Compare everybody with the rights of a loaded role that are still there, best fit first."""
    rights = _rights_there(graph, role)
    group = next((row.id for row in graph.rights.values() if role.group_key and row.key == role.group_key), None)
    transitive = role.directory.profile.get("memberof") == "transitive"
    return fits(graph, rights, NO_ROLE_GROUP if group is None else group, transitive)


def rights_held(session: Session, person_id: int) -> list[int]:
    """Return the rights a person holds directly, role groups aside, as last read."""
    held = (
        select(Entitlement.id).join(Membership, Membership.entitlement_id == Entitlement.id)
        .where(Membership.person_id == person_id, Entitlement.is_role.is_(False), Entitlement.gone_at.is_(None))
    )  # fmt: skip
    return list(session.scalars(held.distinct().order_by(Entitlement.id)))


def everybody_fitting(session: Session, role: Role) -> list[int]:
    """Return who holds every right of a loaded role, best fit first: neither off limits nor wholly in it already."""
    graph, terrain = load_graph(session, role.directory_id), terrain_of(session, role)
    shape = RoleShape(
        role.name, _rights_there(graph, role), role.realisation is Realisation.NESTED,
        stand_in(role.name, role.group_dn, "member", needs_member=True),
    )  # fmt: skip
    through_role = nested_rights(graph, shape, terrain.transitive_memberof)
    return [
        fit.person_id for fit in fits_of(graph, role)
        if not fit.missing and not off_limits(graph.people[fit.person_id], terrain)
        and not (fit.in_role and not through_role & graph.direct[fit.person_id])
    ]  # fmt: skip


def all_left_out(session: Session, people: Iterable[int], why: str) -> list[Data]:
    """Return chosen people as left out of a plan for one and the same reason."""
    rows = session.execute(select(Person.uid, Person.name).where(Person.id.in_(list(people))).order_by(Person.name))
    return [{"person": uid, "name": name, "why": why} for uid, name in rows]


def plan_data(content: Mapping[str, Any]) -> Data:
    """Return a plan document as the command line tells it; losses first, then gains."""
    people = [
        {name: person[name] for name in ("person", "name", "covered", "missing", "extra", "add", "remove")}
        for person in content["people"]
    ]
    return {
        "people": people, "losses": losses(content), "gains": gains(content),
        "exceptions": [
            {"person": person["person"], **{name: kept[name] for name in ("right", "owner", "reason", "until")}}
            for person in content["people"] for kept in person["exceptions"]
        ],
        "left_out": [{name: item[name] for name in ("person", "name", "why")} for item in content["left_out"]],
    }  # fmt: skip


def no_plan(error: str, content: Mapping[str, Any] = NOTHING) -> Data:
    """Return the shape of ``wave_data`` for a plan that moves nobody, with the reason."""
    return {"wave": None, "hash": None, "state": None, **plan_data(content), "limits": [], "error": error}


def all_waves(session: Session) -> list[Data]:
    """Return all waves, the newest first, without their plans."""
    query = select(Wave).options(selectinload(Wave.role), selectinload(Wave.switches), selectinload(Wave.version))
    return [
        {**_head(wave), "people": len(wave.switches), "states": _counted(wave.switches)}
        for wave in session.scalars(query.order_by(Wave.id.desc()))
    ]


def wave_data(session: Session, wave: Wave, limits: Iterable[str] = ()) -> Data:
    """Return a wave that was loaded with role, version and switches. ``limits`` are those the plan would exceed."""
    content = json.loads(wave.plan)
    plan, steps = plan_data(content), _steps_by_switch(session, wave.id)
    by_key = {switch.person.key: switch for switch in wave.switches}
    for person, planned in zip(plan["people"], content["people"], strict=True):
        switch = by_key[planned["key"]]
        person.update(_standing(switch, steps[switch.id], len(planned["steps"])))
    approval = {"by": wave.approved_by, "at": wave.approved_at, "self": wave.self_approved}
    return {
        **_head(wave), **plan, "limits": list(limits), "approved": approval if wave.approved_at else None,
        "privileged": content.get("privileged", []), "first_approval": wave.first_approved_by or None,
        "applied_by": wave.applied_by or None, "started_at": wave.started_at, "ended_at": wave.ended_at,
        "message": wave.message,
    }  # fmt: skip


def undo_data(session: Session, wave: Wave, person_ids: Iterable[int]) -> Data:
    """Return how the undo of these people of a loaded wave went: state, what others changed, open conflicts."""
    steps, chosen = _steps_by_switch(session, wave.id), set(person_ids)
    people = [
        {
            "person": switch.person.uid, "name": switch.person.name, "state": switch.state.value,
            "reason": switch.reason, "others": _others(switch), "conflicts": _conflicts(steps[switch.id]),
            "memberof": behind(switch),
        }
        for switch in wave.switches if switch.person_id in chosen
    ]  # fmt: skip
    return {"wave": wave.id, "role": wave.role.name, "state": wave.state.value, "people": people}


def steps_data(session: Session, wave_id: int) -> list[Data]:
    """Return the journal of a wave, in the order of its steps."""
    query = select(Step, Switch).outerjoin(Switch, Step.switch_id == Switch.id).where(Step.wave_id == wave_id)
    rows = session.execute(query.options(selectinload(Switch.person)).order_by(Step.position, Step.id))
    return [
        {
            "step": step.id, "person": switch.person.uid if switch else None, "phase": step.phase.value,
            "sentence": step.sentence, "state": step.state.value, "proof": step.proof, "code": step.code,
            "text": step.text, "reverses": step.reverses_id, "change": step.change, "intent_at": step.intent_at,
            "ended_at": step.ended_at,
        }
        for step, switch in rows
    ]  # fmt: skip


def _rights_there(graph: Graph, role: Role) -> frozenset[int]:
    return frozenset(item.entitlement_id for item in role.versions[-1].rights) & graph.rights.keys()


def _head(wave: Wave) -> Data:
    return {
        "wave": wave.id, "role": wave.role.name, "number": wave.number, "role_version": wave.version.number,
        "state": wave.state.value, "hash": wave.plan_hash, "author": wave.author, "created_at": wave.created_at,
    }  # fmt: skip


def _standing(switch: Switch, steps: list[Step], planned: int) -> Data:
    done = sum(step.state in SETTLED_STEPS for step in steps if step.reverses_id is None)
    back = [step for step in steps if step.reverses_id is not None]
    seen = [line for line in switch.verified if line.get("lenses") is not None]
    return {
        "state": switch.state.value, "reason": switch.reason, "steps": {"done": done, "total": planned},
        "undo_steps": {"done": sum(step.state in SETTLED_STEPS for step in back), "total": len(back)},
        "verified": switch.verified, "verified_at": seen[-1]["at"] if seen else None,
        "confirmed_by": switch.confirmed_by or None, "undone_by": switch.undone_by or None,
        "others": _others(switch), "conflicts": _conflicts(steps), "memberof": behind(switch),
        "still_shown": still_shown(switch),
    }  # fmt: skip


def still_shown(switch: Switch) -> list[Data]:
    """Return the removed rights that were still shown when the person was last looked at, and under which lens."""
    seen = [line["lenses"] for line in switch.verified if line.get("lenses") is not None]
    if not seen or switch.state not in HOLDING:
        return []
    lines = [(line["lens"], line.get("still_shown", ())) for line in seen[-1]]
    return [{"right": right, "lens": lens} for lens, rights in lines for right in rights]


def behind(switch: Switch) -> list[str]:
    """Return where memberOf had not followed an undo when it was over."""
    undone = [line.get("memberof", ()) for line in switch.verified if line.get("when") == "undone"]
    return list(undone[-1]) if undone and switch.state in (SwitchState.UNDONE, SwitchState.FAILED) else []


def _others(switch: Switch) -> list[str]:
    """Return what others had changed about a person by the time the undo was over."""
    undone = [line["others"] for line in switch.verified if line.get("when") == "undone"]
    return list(undone[-1]) if undone and switch.state in (SwitchState.UNDONE, SwitchState.FAILED) else []


def _conflicts(steps: list[Step]) -> list[Data]:
    """Return the steps back that others or the server stand in the way of; of several attempts the last one counts."""
    latest = {step.reverses_id: step for step in sorted(steps, key=lambda step: step.attempt) if step.reverses_id}
    return [
        {"step": step.reverses_id, "sentence": step.sentence, "text": step.text}
        for step in latest.values() if step.state in STUCK
    ]  # fmt: skip


def _steps_by_switch(session: Session, wave_id: int) -> Mapping[int, list[Step]]:
    found: dict[int, list[Step]] = defaultdict(list)
    for step in session.scalars(select(Step).where(Step.wave_id == wave_id).order_by(Step.position)):
        if step.switch_id is not None:
            found[step.switch_id].append(step)
    return found


def _counted(switches: Iterable[Switch]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for switch in switches:
        counts[switch.state.value] += 1
    return dict(counts)


def _names(graph: Graph, rights: Iterable[int]) -> list[str]:
    return sorted((names(graph, right) for right in rights), key=str.lower)


def _shared_names(session: Session, directory_id: int) -> frozenset[str]:
    """Return the cns, in lower case, that several rights bear; such a right is named by its DN."""
    name = func.lower(Entitlement.cn)
    present = select(name).where(Entitlement.directory_id == directory_id, Entitlement.gone_at.is_(None))
    return frozenset(session.scalars(present.group_by(name).having(func.count() > 1)))
