"""How incidents are found from everywhere, and the pages and deeds of the desk."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.core.finding import (
    MOST_COUNTED,
    SHOWN,
    Deed,
    Finder,
    Hit,
    Hits,
    Place,
    Question,
)
from app.core.search import latest
from app.incidents.links.queries import find_targets
from app.models.incidents.incident import Incident

SHORTEST = 2
"""A single letter begins a word of nearly every incident."""


def find_incidents(session: Session, asked: Question) -> Hits:
    """Find incidents by number and by words: the one of that number, then open ones, the newest
    first.
    """
    number = asked.row or asked.number
    wanted: list[Any] = [Incident.id == number] if number else []
    if any(len(word) >= SHORTEST for word in asked.words):
        rows = latest(session, "incident", asked.text, MOST_COUNTED)
        wanted += [Incident.id.in_(rows)] if rows is not None else []
    if not wanted:
        return Hits()
    columns = (Incident.id, Incident.title, Incident.state, Incident.requester)
    query = (
        select(*columns, func.count().over().label("total"))
        .where(or_(*wanted))
        .order_by(Incident.id != (asked.number or 0), Incident.is_open.desc())
        .order_by(Incident.id.desc())
    )
    found = session.execute(query.limit(SHOWN)).all()
    shown = tuple(_hit(row, asked) for row in found)
    return Hits(shown, min(found[0].total, MOST_COUNTED) if found else 0)


def _hit(row: Any, asked: Question) -> Hit:
    second = " · ".join(filter(None, (row.state.value, row.requester)))
    name, exact = f"{row.id} {row.title}", row.id == (asked.row or asked.number)
    return Hit(row.id, name, second, exact, str(row.id))


def number_chosen(text: str) -> str:
    """Return the number in ``8 The till is off``, as a field holds which one was chosen."""
    first = text.partition(" ")[0].removeprefix("#")
    return first if first.isdecimal() else text


FINDERS = (
    Finder(
        "incidents",
        _("Incidents"),
        "headset",
        "incidents.incident",
        "incident_id",
        "incidents.search",
        find_incidents,
        asks="words",
        key_in=number_chosen,
    ),
)
PICKERS = (
    Finder(
        "linked",
        _("Improvements and waves"),
        "link",
        "incidents.incident",
        "incident_id",
        "improvements.register",
        find_targets,
    ),
)
PLACES = (
    Place("incidents.index", _("Desk"), _("queue incidents tickets")),
    Place("incidents.search", _("Find an incident"), _("search tickets")),
    Place("incidents.calls", _("Calls"), _("telephone")),
    Place("incidents.mass_alarm", _("Mass incidents"), _("alarm outage")),
    Place("incidents.message_log_page", _("Messages"), _("log informed told")),
    Place("incidents.mail_left", _("Mail that made no incident"), _("mailbox")),
    Place("incidents.figures", _("Statistics of the desk"), _("figures")),
    Place("incidents.article_figures", _("Figures of knowledge"), _("statistics")),
    Place("incidents.management", _("For management"), _("escalations reminders")),
    Place("incidents.basics", _("Basics of the team"), _("rules agreed")),
    Place("incidents.settings", _("Desk numbers"), _("settings policy")),
)
DEEDS = (
    Deed(
        "incidents.new",
        _("New incident"),
        "headset",
        _("report ticket call"),
        new=1,
    ),
    Deed("incidents.import_incidents", _("Import incidents"), "upload", _("CSV")),
    Deed("incidents.basics_edit", _("Change the basics of the team"), "pencil"),
)
