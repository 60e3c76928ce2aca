"""Inform: write one message about an incident, see who gets it, send it; and who was told so
far.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, requires
from app.auth.acting import posted
from app.core.changes import one
from app.core.htmx import answer
from app.core.parts import parts
from app.core.web import choices, csv_answer
from app.core.web.lists import ListFilter, Listing, listed, remembered, with_any
from app.core.web.paging import page_of_rows
from app.incidents.blueprint import bp
from app.incidents.inform.actions import ENDS, Informing, inform, tell_restored
from app.incidents.inform.forms import InformForm
from app.incidents.inform.log import MessageLog, message_log
from app.incidents.inform.queries import (
    InformAudience,
    audience_of,
    beginning,
    signature_of,
    usual_scope,
)
from app.incidents.inform.rules import HEADS, KINDS, MEANING
from app.incidents.queries import site_choices, usual_sites
from app.incidents.rules import stands_as
from app.messages.queries.board import boards_of, messages_of
from app.messages.queries.channels import ChannelLine, channel_lines
from app.messages.queries.policy import inform_numbers, newest_policy
from app.models.incidents.incident import Incident
from app.models.messages import ChannelKind, MessageKind

OFFERED = (
    MessageKind.INVESTIGATING,
    MessageKind.SCOPE,
    MessageKind.UPDATE,
    MessageKind.RESTORED,
    MessageKind.PLANNED,
)
SPANS = (7, 30, 90, 365)
USUAL_SPAN = 30


@dataclass(frozen=True, slots=True)
class _Desk:
    incident: Incident
    form: InformForm
    audience: InformAudience
    channels: list[ChannelLine]
    version: int


@bp.route("/desk/<int:incident_id>/inform", methods=["GET", "POST"])
@requires("desk")
def inform_page(incident_id: int) -> AnyResponse:
    """Write a message about an incident and send it over several channels at once."""
    kind = _asked_kind()
    desk = _desk(incident_id, kind)
    tell = (
        tell_restored
        if kind is MessageKind.RESTORED and desk.form.restores.data
        else inform
    )
    sent = "preview" not in request.form and posted(
        desk.form,
        lambda act: tell(act, incident_id, _message_told(desk.form, kind)),
        lambda message: url_for("messages.message", message_id=message.id),
        _("The message is on its way."),
    )
    if sent:
        parts().ring()
        return sent
    asked = bool(desk.form.as_it_stands.errors) or desk.form.as_it_stands.data
    return answer(
        "incidents/inform/inform.html",
        "form",
        desk=desk,
        one=desk.incident,
        form=desk.form,
        audience=desk.audience,
        kind=kind,
        kinds=OFFERED,
        asked=asked,
        ends=kind in ENDS,
    )


@bp.get("/desk/<int:incident_id>/told")
@requires("desk")
def told(incident_id: int) -> Response:
    """Show all messages of an incident: who was told of the latest, and who never was."""
    with parts().database.read() as session:
        found = one(session, Incident, incident_id)
        boards = boards_of(session, messages_of(session, incident_id))
    ever = {
        person.key
        for board in boards
        for person in board.people
        if person.standing == "told"
    }
    never = {
        person.key: person
        for board in boards
        for person in board.people
        if person.key not in ever
    }
    return answer(
        "incidents/inform/told.html",
        "body",
        one=found,
        boards=boards,
        never=list(never.values()),
        people={person.key for board in boards for person in board.people},
        ever=ever,
    )


@bp.get("/messages/log")
@requires("desk")
@remembered
def message_log_page() -> Response:
    """Analyse the log of messages: facts without blame."""
    asked = _asked_log()
    with parts().database.read() as session:
        log = message_log(session, parts().now(), **asked)
    page, found = page_of_rows(log.found)
    return listed(
        "incidents/inform/log.html",
        Listing("log", _log_filters(log, asked), page, must_ask=True),
        log=log,
        found=found,
        kinds=KINDS,
        meaning=MEANING,
        heads=[(HEADS[kind], "", "number") for kind in KINDS],
    )


def _log_filters(log: MessageLog, asked: Mapping[str, Any]) -> list[ListFilter]:
    units = with_any([unit.name for unit in log.units], _("all"))
    others = [(days, str(days)) for days in SPANS if days != USUAL_SPAN]
    span = "" if log.days == USUAL_SPAN else log.days
    return [
        ListFilter("days", _("Days"), span, with_any(others, str(USUAL_SPAN))),
        ListFilter("unit", _("Unit"), asked["unit"], units, pick="teams"),
        ListFilter("kind", _("What"), asked["kind"], with_any(KINDS, _("anything"))),
    ]


@bp.get("/messages/log.csv")
@requires("desk")
def message_log_csv() -> Response:
    """Download the facts of the log."""
    with parts().database.read() as session:
        log = message_log(session, parts().now(), **_asked_log())
    rows = [
        (
            one.history.incident_id,
            one.history.unit,
            f"P{one.history.priority}",
            one.history.reported_at,
            kind,
            fact,
        )
        for one in log.found
        for kind, fact in one.facts
    ]
    return csv_answer(
        "message-log.csv",
        ("Incident", "Unit", "Priority", "Reported", "Kind", "Fact"),
        rows,
    )


def _asked_kind() -> MessageKind:
    asked = request.args.get("kind", "")
    return next(
        (kind for kind in OFFERED if kind.value == asked), MessageKind.INVESTIGATING
    )


def _asked_log() -> dict[str, Any]:
    days = request.args.get("days", USUAL_SPAN, type=int)
    kind = request.args.get("kind", "")
    return {
        "days": days if days in SPANS else USUAL_SPAN,
        "unit": request.args.get("unit", "")[:200],
        "kind": kind if kind in KINDS else "",
    }


def _desk(incident_id: int, kind: MessageKind) -> _Desk:
    now = parts().now()
    with parts().database.read() as session:
        incident = one(session, Incident, incident_id)
        sites, channels = (
            usual_sites(incident),
            [line for line in channel_lines(session) if line.enabled],
        )
        subject, text = beginning(
            session, incident, kind, sites, zone=parts().settings.timezone, now=now
        )
        form = InformForm(
            data={
                "subject": subject,
                "text": text,
                "scope": usual_scope(incident),
                "sites": sites,
                "next_minutes": inform_numbers(session).every_minutes(
                    stands_as(incident.priority, incident.raises)
                ),
                "signed_by": signature_of(session, current_operator_name()),
                "channels": _usual_channels(channels),
                "restores": kind is MessageKind.RESTORED,
            }
        )
        form.sites.choices = choices(
            [(str(number), name) for number, name in site_choices(session)]
        )
        form.channels.choices = choices(
            [(str(line.id), f"{line.name} ({line.reach})") for line in channels]
        )
        audience = audience_of(
            session, incident, form.sites.data or [], form.scope.data or ""
        )
        policy = newest_policy(session)
    return _Desk(incident, form, audience, channels, policy.id if policy else 0)


def _usual_channels(channels: list[ChannelLine]) -> list[int]:
    quick = [line.id for line in channels if line.kind is not ChannelKind.CALL_LIST]
    return quick or [line.id for line in channels]


def _message_told(form: InformForm, kind: MessageKind) -> Informing:
    minutes = form.next_minutes.data
    return Informing(
        kind,
        form.subject.data,
        form.text.data,
        form.signed_by.data,
        form.channels.data or [],
        form.sites.data or [],
        form.scope.data,
        parts().now() + timedelta(minutes=minutes)
        if minutes and minutes < 100_000
        else None,
        as_it_stands=form.as_it_stands.data,
    )
