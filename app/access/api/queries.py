"""Roles and waves as programs see them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from app.access.climb.queries import role_ladder
from app.access.gate.queries import WaveGate, wave_gate
from app.access.queries import load_role
from app.access.roles.queries import RoleLine, role_lines
from app.access.waves.queries import get_wave
from app.core.plain import plain
from app.core.settings import Settings
from app.models.access.duties import WaveDuty
from app.models.access.role import Role
from app.models.access.wave import Switch, Wave
from app.models.access.words import WaveState

MOMENTS = ("created_at", "approved_at", "started_at", "ended_at")


def roles_told(session: Session, page: tuple[int, int]) -> dict[str, Any]:
    """Return a part of the roles in use, by name; ``page`` is how many, after how many."""
    limit, offset = page
    lines = [line for line in role_lines(session) if line.retired_at is None]
    shown = lines[offset : offset + limit]
    return {"roles": [_role_line(line) for line in shown], "total": len(lines)}


def _role_line(line: RoleLine) -> dict[str, Any]:
    standing = line.standing
    return {
        "id": line.id,
        "name": line.name,
        "purpose": line.purpose,
        "owner": line.owner,
        "version": line.version,
        "approved": line.approved,
        "rights": line.rights,
        "people": standing.rungs.people,
        "fitting": standing.rungs.fitting,
        "zero_change": standing.ready,
    }


def role_told(
    session: Session, role_id: int, settings: Settings, now: datetime
) -> dict[str, Any]:
    """Return one role with its rights, its ladder and who comes next. Raises ``NotFound``."""
    role = load_role(session, role_id)
    ladder = role_ladder(session, role_id, now, settings.max_people_per_wave)
    version = role.versions[-1]
    return {
        "id": role.id,
        "name": role.name,
        "purpose": role.purpose,
        "owner": role.owner.name if role.owner else "",
        "version": version.number,
        "approved": version.approved_at is not None,
        "retired": role.retired_at is not None,
        "rights": sorted(item.entitlement.cn for item in version.rights),
        "sizes": list(ladder.sizes),
        "rung": ladder.here.number,
        "rungs": [
            {"size": one.size, "stands": one.stands.value, "wave_id": one.wave_id}
            for one in ladder.rungs
        ],
        "zero_change": ladder.ready,
        "next": [row.person.uid for row in ladder.offered],
        "duties": _duties(session, Wave.role_id == role.id),
    }


def waves_told(
    session: Session, wanted: Mapping[str, Any], page: tuple[int, int]
) -> dict[str, Any]:
    """Return a part of the waves of roles, the newest first, narrowed by ``role_id`` and
    ``state``.
    """
    limit, offset = page
    chosen = select(Wave, Role.name).join(Role, Role.id == Wave.role_id)
    chosen = chosen.where(Role.single.is_(False))
    if wanted.get("role_id"):
        chosen = chosen.where(Wave.role_id == wanted["role_id"])
    if wanted.get("state"):
        chosen = chosen.where(Wave.state == WaveState(wanted["state"]))
    total = session.scalar(select(func.count()).select_from(chosen.subquery()))
    rows = session.execute(
        chosen.order_by(Wave.id.desc()).limit(limit).offset(offset)
    ).all()
    counts = _people_in(session, [wave.id for wave, _ in rows])
    return {
        "waves": [
            _head(wave, role) | {"people": counts.get(wave.id, 0)}
            for wave, role in rows
        ],
        "total": total or 0,
    }


def _people_in(session: Session, waves: list[int]) -> dict[int, int]:
    counted = select(Switch.wave_id, func.count()).where(Switch.wave_id.in_(waves))
    return dict(session.execute(counted.group_by(Switch.wave_id)).all())


def _head(wave: Wave, role: str) -> dict[str, Any]:
    return {
        "id": wave.id,
        "role_id": wave.role_id,
        "role": role,
        "number": wave.number,
        "state": wave.state.value,
        "author": wave.author,
        "hash": wave.plan_hash,
        "beside": wave.beside,
        **{name: plain(getattr(wave, name)) for name in MOMENTS},
    }


def wave_told(
    session: Session, wave_id: int, settings: Settings, now: datetime
) -> dict[str, Any]:
    """Return one wave with where its people stand, and its gate. Raises ``NotFound``."""
    wave = get_wave(session, wave_id)
    gate = wave_gate(session, wave_id, settings, now)
    return {
        **_head(wave, wave.role.name),
        "people": [
            {
                "person": switch.person.uid,
                "name": switch.person.name,
                "state": switch.shown.value,
                "reason": switch.reason,
            }
            for switch in wave.switches
        ],
        "gate": _gate(gate) if gate else None,
        "duties": _duties(session, Wave.id == wave_id),
    }


def _duties(session: Session, waves: ColumnElement[bool]) -> list[dict[str, Any]]:
    """Return the named duties of some waves and what they said; their links are for them alone."""
    named = select(WaveDuty).join(Wave, Wave.id == WaveDuty.wave_id).where(waves)
    loaded = named.options(joinedload(WaveDuty.person)).order_by(WaveDuty.id)
    return [
        {
            "wave_id": duty.wave_id,
            "duty": duty.duty,
            "person": duty.person.uid,
            "name": duty.person.name,
            "moment": duty.moment.value,
            "answer": duty.answer.value,
            "words": duty.words,
            "said_at": plain(duty.said_at),
            "waived_by": duty.waived_by,
            "waived_why": duty.waived_why,
            "lets_go": duty.lets_go,
        }
        for duty in session.scalars(loaded)
    ]


def _gate(gate: WaveGate) -> dict[str, Any]:
    decision = gate.rung.decision
    return {
        "open": gate.gate.open,
        "stops": gate.stops,
        "outcome": gate.outcome.value,
        "unmet": [str(line.sentence) for line in gate.unmet],
        "decision": decision.kind.value if decision else None,
    }
