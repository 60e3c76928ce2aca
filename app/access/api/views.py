"""Roles and waves for programs: JSON at ``/api/v1``, through the same actions as the pages. A
program plans; it never approves, applies or decides.
"""

from __future__ import annotations

from typing import Any

from flask import Response, g, jsonify, request
from sqlalchemy.orm import Session

from app.access.api.queries import role_told, roles_told, wave_told, waves_told
from app.access.api.rules import OPERATIONS, PLAN, ROLES, WAVES
from app.access.blueprint import bp
from app.access.climb.queries import role_ladder
from app.access.plan.actions import default_choices, plan
from app.access.queries import load_role
from app.auth import machine
from app.auth.programs import (
    answered_before,
    page_asked,
    program_acting,
    sent_object,
    told,
    whole_asked,
)
from app.core.acting import Acting
from app.core.errors import Invalid
from app.core.interface import checked, demand_known
from app.core.parts import parts
from app.core.said import said
from app.directory.actions import bring_up_to_date
from app.models.access.words import WaveState
from app.people.queries import find_person


@bp.get("/api/v1/roles")
@machine("read")
@told
def api_roles() -> Response:
    """List roles in use, by name."""
    demand_known(OPERATIONS, ROLES, request.args)
    with parts().database.read() as session:
        return jsonify(roles_told(session, page_asked()))


@bp.get("/api/v1/roles/<int:role_id>")
@machine("read")
@told
def api_role(role_id: int) -> Response:
    """Return one role with its rights, its ladder and who comes next."""
    here = parts()
    with here.database.read() as session:
        return jsonify(role_told(session, role_id, here.settings, here.now()))


@bp.get("/api/v1/waves")
@machine("read")
@told
def api_waves() -> Response:
    """List waves, the newest first."""
    demand_known(OPERATIONS, WAVES, request.args)
    asked = request.args
    wanted = {
        "role_id": whole_asked("role_id", asked.get("role_id", "0")),
        "state": _state(asked.get("state", "")),
    }
    with parts().database.read() as session:
        return jsonify(waves_told(session, wanted, page_asked()))


@bp.get("/api/v1/waves/<int:wave_id>")
@machine("read")
@told
def api_wave(wave_id: int) -> Response:
    """Return one wave with where its people stand, and its gate."""
    here = parts()
    with here.database.read() as session:
        return jsonify(wave_told(session, wave_id, here.settings, here.now()))


@bp.post("/api/v1/roles/<int:role_id>/waves")
@machine("plan")
@told
def api_plan(role_id: int) -> Response:
    """Plan a wave; the same Idempotency-Key answers with the wave it planned before."""
    here, values = parts(), checked(PLAN, sent_object())
    with here.database.read() as session:
        role = load_role(session, role_id)
        people = _people(session, role_id, role.directory_id, values)
    bring_up_to_date(here, role.directory_id, by=g.program.name)
    with program_acting() as act:
        made, known = answered_before(
            act, lambda: _planned(act, role_id, people, values)
        )
        answer = jsonify(wave_told(act.session, made, here.settings, here.now()))
    answer.status_code = 200 if known else 201
    return answer


def _planned(
    act: Acting, role_id: int, people: list[int], values: dict[str, Any]
) -> int:
    role = load_role(act.session, role_id)
    choices = default_choices(
        act.settings,
        role.name,
        act.by,
        act.now.date(),
        accept_all_gains=values.get("accept_gain", False),
        beside=values.get("reason", "").strip(),
    )
    return plan(act, role_id, people, choices).id


def _people(
    session: Session, role_id: int, directory_id: int, values: dict[str, Any]
) -> list[int]:
    """Return who is meant: those named, one a line, or those of the next rung."""
    names = [line.strip() for line in values.get("people", "").splitlines()]
    named = [name for name in names if name]
    if bool(named) == bool(values.get("next", False)):
        raise Invalid(said("Send either people, one a line, or next."), field="people")
    if named:
        return [find_person(session, name, directory_id).id for name in named]
    here = parts()
    most = here.settings.max_people_per_wave
    found = role_ladder(session, role_id, here.now(), most)
    return [row.person.id for row in found.offered]


def _state(text: str) -> str:
    if text and text not in list(WaveState):
        raise Invalid(
            said(
                "There is no state %(text)s. Known: %(value)s.",
                text=text,
                value=", ".join(WaveState),
            ),
            field="state",
        )
    return text
