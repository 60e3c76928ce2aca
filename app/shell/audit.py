"""The audit trail in the browser: who, what, before, after, why; filtered, as CSV, and verified."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request
from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, not_, or_, select
from sqlalchemy.orm import Session

from app.auth import current_permissions, requires
from app.core.anchors import verified as trail_verified
from app.core.audit import AuditEvent
from app.core.finding import named_like
from app.core.htmx import answer
from app.core.parts import parts
from app.core.trail import ToldEvent, count, history, readable
from app.core.web.csv import csv_answer
from app.core.web.lists import ListFilter, Listing, listed, remembered, with_any
from app.core.web.paging import asked_page
from app.core.web.words import AUTOMATIC, iso, moment, who, zone

bp = Blueprint("audit", __name__, url_prefix="/audit")
PEOPLE, EVERYBODY, RUNG = "people", "all", "rung"
LINES = 30
"""Events a page: it stays below two screens."""
RECORDED = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
NOTHING: tuple[object, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events are asked for; days are in the viewer's zone and include both ends."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    text: str = ""
    since: str = ""
    until: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class ValueDifference:
    """One thing that changed, as words."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One event as the page shows it."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    label: str
    reason: str
    differences: list[ValueDifference]
    hidden: str


@bp.get("")
@requires("read")
@remembered
def index() -> Response:
    """List the events, the latest first; what Rung did by itself only when asked for."""
    wanted, page = asked_filter(), asked_page(LINES)
    with parts().database.read() as session:
        page = page.of(count(session, chosen(wanted)))
        latest = chosen(wanted).order_by(AuditEvent.id.desc())
        lines = [
            _local(line_of(one))
            for one in history(
                session, latest, current_permissions(), page.offset, page.size
            )
        ]
        actors, actions = (
            used(session, AuditEvent.actor),
            used(session, AuditEvent.action),
        )
    listing = Listing("events", _filters(wanted, actors, actions), page)
    days = [
        (day, [*of]) for day, of in groupby(lines, key=lambda line: _shown_day(line.at))
    ]
    shown = wanted.by or PEOPLE
    return listed("audit/index.html", listing, days=days, by=shown)


def _filters(
    wanted: Filter, actors: Sequence[str], actions: Sequence[str]
) -> list[ListFilter]:
    names = [(name, who(name)) for name in actors]
    by = [("", _("people")), (EVERYBODY, _("people and Rung")), (RUNG, _("Rung alone"))]
    return [
        ListFilter("text", _("Words"), wanted.text),
        ListFilter("by", _("Done by"), wanted.by, by),
        ListFilter(
            "actor",
            _("Who"),
            wanted.actor,
            with_any(names, _("anyone")),
            pick="operators",
        ),
        ListFilter("action", _("Kind"), wanted.action, with_any(actions, _("any"))),
        ListFilter("subject", _("About"), wanted.subject),
        ListFilter("since", _("From"), wanted.since, kind="date"),
        ListFilter("until", _("To"), wanted.until, kind="date"),
    ]


@bp.get("/export")
@requires("read")
def export() -> Response:
    """Return the same events as CSV, the oldest first, with their hashes."""
    with parts().database.read() as session:
        events = history(
            session,
            chosen(_asked_for_file()).order_by(AuditEvent.id),
            current_permissions(),
        )
    header = (
        "number",
        "at",
        "who",
        "action",
        "subject",
        "what",
        "before and after",
        "why",
        "hash",
    )
    return csv_answer("audit.csv", header, (_cells(event) for event in events))


@bp.get("/verify")
@requires("read")
def verified() -> Response:
    """Walk the whole chain and say whether every link holds."""
    with parts().database.read() as session:
        broken, total = (
            trail_verified(session, parts().settings),
            count(session, chosen(Filter(by=EVERYBODY))),
        )
    return answer("audit/verified.html", "body", broken=broken, total=total)


def asked_filter() -> Filter:
    """Return the filter in the address; days that are none are ignored."""
    asked = {
        name: request.args.get(name, "").strip() for name in Filter.__dataclass_fields__
    }
    for name in ("since", "until"):
        asked[name] = asked[name] if _day(asked[name]) else ""
    if asked["actor"] in AUTOMATIC:
        asked["by"] = RUNG
    asked["by"] = asked["by"] if asked["by"] in (EVERYBODY, RUNG) else ""
    return Filter(**asked)


def chosen(wanted: Filter) -> Select[AuditEvent]:
    """Return the query for the events a filter lets through.

    Words and names are looked for only where the viewer may read them: what is found must not tell
    what is hidden.
    """
    query = select(AuditEvent)
    if wanted.by != EVERYBODY:
        query = query.where(_done_by(wanted.by))
    if wanted.actor or wanted.text:
        query = query.where(readable(current_permissions()))
    if wanted.actor:
        query = query.where(named_like(AuditEvent.actor, wanted.actor))
    if wanted.action:
        query = query.where(AuditEvent.action == wanted.action)
    if wanted.subject:
        query = query.where(AuditEvent.subject == wanted.subject)
    if wanted.text:
        columns = (AuditEvent.label, AuditEvent.reason, AuditEvent.subject)
        query = query.where(
            or_(*(column.icontains(wanted.text, autoescape=True) for column in columns))
        )
    if first := _day(wanted.since):
        query = query.where(AuditEvent.at >= _midnight(first))
    if last := _day(wanted.until):
        query = query.where(AuditEvent.at < _midnight(last + timedelta(days=1)))
    return query


def _done_by(by: str) -> ColumnElement[bool]:
    # Who did what is hidden is hidden too: those events stand among the people's.
    known, robots = readable(current_permissions()), AuditEvent.actor.in_(AUTOMATIC)
    return and_(known, robots) if by == RUNG else or_(not_(known), not_(robots))


def _asked_for_file() -> Filter:
    """Return the filter of a file, which holds Rung's own events too unless it is told."""
    asked = asked_filter()
    return asked if request.args.get("by") else replace(asked, by=EVERYBODY)


def used(session: Session, column: Any) -> list[str]:
    """Return the values that occur in a column of the events the viewer may read, for a choice."""
    return list(
        session.scalars(
            select(column)
            .where(readable(current_permissions()))
            .distinct()
            .order_by(column)
        )
    )


def line_of(event: ToldEvent) -> AuditLine:
    """Return an event with its differences as words."""
    return AuditLine(
        event.id,
        event.at,
        event.actor,
        event.action,
        event.subject,
        event.label,
        event.reason,
        differences(event.before, event.after),
        event.hidden,
    )


def _local(line: AuditLine) -> AuditLine:
    """Return a line whose recorded moments are written as its reader knows them."""
    local = [
        ValueDifference(one.name, _readable(one.before), _readable(one.after))
        for one in line.differences
    ]
    return replace(line, differences=local)


def _readable(text: str) -> str:
    return RECORDED.sub(lambda found: moment(datetime.fromisoformat(found[0])), text)


def _shown_day(at: datetime) -> str:
    return str(format_date(at, "EEEE, d MMMM y"))


def differences(before: Any, after: Any) -> list[ValueDifference]:
    """Return what differs between two recorded values, each side as words; what stayed the same is
    left out.
    """
    if not isinstance(before or {}, Mapping) or not isinstance(after or {}, Mapping):
        before, after = {_("value"): before}, {_("value"): after}
    old, new = dict(before or {}), dict(after or {})
    names = [*new, *(name for name in old if name not in new)]
    sides = [
        ValueDifference(
            name.replace("_", " "), in_words(old.get(name)), in_words(new.get(name))
        )
        for name in names
    ]
    return [side for side in sides if side.before != side.after]


def in_words(value: Any) -> str:
    """Write a recorded value for a reader: lists with commas, nested values with their names."""
    if value in NOTHING:
        return ""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, Mapping):
        return "; ".join(
            f"{name.replace('_', ' ')}: {in_words(part) or '–'}"
            for name, part in value.items()
        )
    if isinstance(value, Iterable) and not isinstance(value, str):
        parts_in_words = [in_words(part) for part in value]
        return (
            " | " if any(isinstance(part, Mapping) for part in value) else ", "
        ).join(parts_in_words)
    return str(value)


def _cells(event: ToldEvent) -> tuple[object, ...]:
    changes = "; ".join(
        f"{one.name}: {one.before or '–'} → {one.after or '–'}"
        for one in line_of(event).differences
    )
    return (
        event.id,
        iso(event.at),
        event.actor,
        event.action,
        event.subject,
        _label(event),
        changes,
        event.reason,
        event.hash,
    )


def _label(event: ToldEvent) -> str:
    if not event.hidden:
        return event.label
    return str(_("Not shown: this needs the permission %(name)s", name=event.hidden))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone()))
