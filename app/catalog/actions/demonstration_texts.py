"""What the demo company knows of its services: texts, duties, decisions, how urgency was
derived.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.catalog.actions.composing import add_note, add_part, set_duty, settle
from app.catalog.actions.services import add_service, change_service, set_urgency
from app.models.catalog.service import Service

PROCESS = "Sell and deliver"
ANSWERS = {
    1: {"tie": "stops", "soon": "minutes", "way": "none"},
    2: {"tie": "hampered", "soon": "day", "way": "partly"},
    3: {"tie": "supporting", "soon": "day", "way": "partly"},
    4: {"tie": "convenience", "soon": "week", "way": "full"},
}
ADMINISTRATORS = (("Incidents", "Administrators", "A"), ("Changes", "Administrators", "A"))


@dataclass(frozen=True, slots=True)
class _Known:
    how_to_get: str = ""
    not_included: str = ""
    for_it: str = ""
    audience: str = ""
    price: float | None = None
    duties: tuple[tuple[str, str, str], ...] = ()
    decision: str = ""
    dispute: tuple[str, str] = ("", "")


TEXTS = {
    "Workplace": _Known(
        "Your manager asks for it a week before you start; it stands on your desk on the "
        "first day.",
        "A second screen, a printer at home.",
        "Imaged from the February build; stock in room 2.11.",
        "Everybody",
        95,
        (
            ("Incidents", "Service desk", "A"),
            ("Requests", "Service desk", "A"),
            ("Changes", "Administrators", "A"),
        ),
        "Notebooks are the rule since March; desktops only where two screens are not enough.",
    ),
    "Mail": _Known(
        "You have it from the first day on. Ask the service desk for a list or a shared mailbox.",
        "Reading other people's mail, archives older than ten years.",
        "Queue on the second mail host; see runbook.",
        "Everybody",
        6,
        (
            ("Incidents", "Administrators", "A"),
            ("Incidents", "Service desk", "R"),
            ("Changes", "Administrators", "A"),
        ),
        "",
        (
            "Who pays for mailboxes above 50 GB?",
            "The department that wants them, from next quarter on.",
        ),
    ),
    "Finance system": _Known(
        "Your manager asks for it and says what you may do there: post, approve or report.",
        "Advice on how to post something: ask accounting.",
        "Two application servers, database on the cluster.",
        "Finance and controlling",
        140,
        (
            ("Incidents", "Applications", "A"),
            ("Changes", "Applications", "A"),
            ("Changes", "Administrators", "C"),
        ),
        "No releases in the first five working days of a month.",
    ),
    "ERP": _Known(
        "Your manager asks for it; who works with stock gets a training first.",
        "Changes of master data.",
        "Interfaces run every ten minutes.",
        "Sales, purchasing, warehouse",
        180,
        (
            ("Incidents", "Applications", "A"),
            ("Incidents", "Administrators", "R"),
            ("Changes", "Applications", "A"),
        ),
        "",
        ("Is the label printer in the warehouse a part of ERP or of the workplace?", ""),
    ),
    "Network": _Known(for_it="Two carriers, failover tested each spring.", duties=ADMINISTRATORS),
    "Servers": _Known(for_it="Cluster of four hosts; one may fail.", duties=ADMINISTRATORS),
}


def describe_services(
    session: Session, made: Mapping[str, Service], *, by: str, now: datetime
) -> None:
    """Complete the services of the demo as somebody would within the weeks after they were
    listed.
    """
    for name, known in TEXTS.items():
        if name in made:
            _describe(session, made[name].id, known, by, now)
    for service in made.values():
        answers = ANSWERS.get(service.urgency or 0, {})
        set_urgency(
            session, service.id, answers, service.urgency, main_process=PROCESS, by=by, now=now
        )
    extra = add_service(
        session,
        "Order to invoice",
        {
            "summary": "From a customer's order to a paid invoice, over all systems it takes.",
            "how_to_get": "Comes with sales and finance accounts.",
            "owner": made["ERP"].owner,
            "audience": "Sales, finance",
        },
        by=by,
        now=now + timedelta(days=20),
    )
    for name in ("ERP", "Finance system"):
        add_part(session, extra.id, made[name].id, by=by, now=now + timedelta(days=20))
    values = {
        "is_it": False,
        "summary": "Cars for business trips, by the day.",
        "how_to_get": "Book it in the calendar.",
    }
    add_service(session, "Car pool", values, by=by, now=now + timedelta(days=25))


def _describe(session: Session, service_id: int, known: _Known, by: str, now: datetime) -> None:
    texts = {
        name: getattr(known, name) for name in ("how_to_get", "not_included", "for_it", "audience")
    }
    prices = {"price": known.price, "price_unit": "EUR a person and month"} if known.price else {}
    change_service(session, service_id, {**texts, **prices}, by=by, now=now)
    for process, party, letter in known.duties:
        set_duty(session, service_id, process, party, letter, by=by, now=now)
    if known.decision:
        add_note(session, service_id, "decision", known.decision, by=by, now=now)
    if known.dispute[0]:
        note = add_note(session, service_id, "dispute", known.dispute[0], by=by, now=now)
        if known.dispute[1]:
            settle(
                session, service_id, note.id, known.dispute[1], by=by, now=now + timedelta(days=9)
            )
