"""The desk for programs: JSON at ``/api/v1``, through the same actions as the pages, so every
refusal holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, g, jsonify, request
from sqlalchemy import func, select

from app.auth import machine
from app.auth.programs import (
    page_asked,
    program_acting,
    sent_object,
    told,
    whole_asked,
)
from app.core.acting import Acting
from app.core.changes import one
from app.core.interface import checked, demand_known
from app.core.parts import parts
from app.core.plain import plain
from app.core.texts import without_controls
from app.incidents.api.rules import (
    CONTACT,
    CREATE,
    HAND_OVER,
    NOTE,
    OPERATIONS,
    RESTORE,
)
from app.incidents.blueprint import bp
from app.incidents.calls.actions import add_contact
from app.incidents.hands.actions import HandOver, hand_over
from app.incidents.intake.actions import Report, report
from app.incidents.restoration.actions import restore
from app.incidents.work.actions import note
from app.models.catalog.service import Service
from app.models.catalog.words import ServiceState
from app.models.incidents.incident import Incident
from app.models.incidents.words import Via
from app.people.queries.callers import find_callers

SHOWN = (
    "id",
    "kind",
    "title",
    "description",
    "state",
    "requester",
    "site_id",
    "service_id",
    "impact",
    "urgency",
    "priority",
    "raises",
    "team_id",
    "agent",
    "owner",
    "hand_overs",
    "reported_at",
    "target_at",
    "restored_at",
    "closed_at",
    "resolution",
    "source_ref",
    "revision",
)


@bp.get("/api/v1/incidents")
@machine("desk")
@told
def api_incidents() -> Response:
    """List incidents, the newest first."""
    demand_known(
        OPERATIONS,
        "/api/v1/incidents",
        request.args,
    )
    query = select(Incident)
    for name in ("state", "team_id", "service_id", "person_id"):
        if value := request.args.get(name, ""):
            query = query.where(
                getattr(Incident, name)
                == (value if name == "state" else whole_asked(name, value))
            )
    limit, offset = page_asked()
    with parts().database.read() as session:
        total = session.scalar(select(func.count()).select_from(query.subquery()))
        found = session.scalars(
            query.order_by(Incident.id.desc()).limit(limit).offset(offset)
        ).all()
        return jsonify(incidents=[shown(each) for each in found], total=total)


@bp.get("/api/v1/incidents/<int:incident_id>")
@machine("desk")
@told
def api_incident(incident_id: int) -> Response:
    """Return one incident."""
    with parts().database.read() as session:
        return jsonify(
            shown(
                one(
                    session,
                    Incident,
                    incident_id,
                )
            )
        )


@bp.post("/api/v1/incidents")
@machine("desk")
@told
def api_report() -> Response:
    """Report an incident; the same Idempotency-Key answers with the incident it made before."""
    values, key = (
        checked(CREATE, sent_object()),
        without_controls(request.headers.get("Idempotency-Key", ""))[:200],
    )
    ref = f"api:{g.program.token_id}:{key}" if key else None
    with program_acting() as act:
        known = (
            act.session.scalar(select(Incident).where(Incident.source_ref == ref))
            if ref
            else None
        )
        made = known or report(
            act,
            Report(
                **values,
                via=Via.API,
                source_ref=ref,
            ),
        )
        answer = jsonify(shown(made))
    answer.status_code = 200 if known else 201
    return answer


@bp.post("/api/v1/incidents/<int:incident_id>/notes")
@machine("desk")
@told
def api_note(incident_id: int) -> Response:
    """Write something down."""
    values = checked(NOTE, sent_object())
    return _changed(
        lambda act: note(
            act,
            incident_id,
            **values,
        )
    )


@bp.post("/api/v1/incidents/<int:incident_id>/contacts")
@machine("desk")
@told
def api_contact(incident_id: int) -> Response:
    """Note that somebody got in touch again."""
    values = checked(CONTACT, sent_object())
    return _changed(
        lambda act: _contact(
            act,
            incident_id,
            values,
        )
    )


@bp.post("/api/v1/incidents/<int:incident_id>/hand-over")
@machine("desk")
@told
def api_hand_over(incident_id: int) -> Response:
    """Hand it to another team, unless it is locked or its owner is fixed."""
    values = checked(HAND_OVER, sent_object())
    return _changed(
        lambda act: hand_over(
            act,
            incident_id,
            HandOver(**values),
        )
    )


@bp.post("/api/v1/incidents/<int:incident_id>/restore")
@machine("desk")
@told
def api_restore(incident_id: int) -> Response:
    """Say that the requester can work again."""
    values = checked(RESTORE, sent_object())
    return _changed(
        lambda act: restore(
            act,
            incident_id,
            **values,
        )
    )


@bp.get("/api/v1/services")
@machine("read")
@told
def api_services() -> Response:
    """List the published services."""
    with parts().database.read() as session:
        found = session.scalars(
            select(Service)
            .where(Service.state == ServiceState.PUBLISHED)
            .order_by(Service.name)
        ).all()
    names = ("id", "name", "summary", "owner", "team_id", "urgency")
    return jsonify(
        services=[{name: getattr(each, name) for name in names} for each in found]
    )


@bp.get("/api/v1/people")
@machine("desk")
@told
def api_people() -> Response:
    """Look somebody up by name, login, number or mail; each with the reason."""
    demand_known(
        OPERATIONS,
        "/api/v1/people",
        request.args,
    )
    names = ("person_id", "name", "uid", "mail", "site", "phone", "reason", "sure")
    with parts().database.read() as session:
        found = find_callers(
            session,
            request.args.get("text", "")[:200],
            country=parts().settings.phone_country,
        )
    return jsonify(
        people=[{name: getattr(each, name) for name in names} for each in found]
    )


def shown(incident: Incident) -> dict[str, Any]:
    """Return an incident as programs see it."""
    return {name: plain(getattr(incident, name)) for name in SHOWN}


def _contact(act: Acting, incident_id: int, values: Mapping[str, Any]) -> Incident:
    add_contact(
        act,
        incident_id,
        **values,
        via=Via.API,
    )
    return one(
        act.session,
        Incident,
        incident_id,
    )


def _changed(change: Callable[[Acting], Incident]) -> Response:
    with program_acting() as act:
        return jsonify(shown(change(act)))
