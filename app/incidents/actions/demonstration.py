"""The incidents of the demo company: made by the same actions as everybody's, only earlier."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.incidents.actions.demonstration_answers import answered
from app.incidents.actions.demonstration_hands import seed_hands
from app.incidents.actions.reporting import Report, report
from app.models.catalog.service import Service
from app.models.incidents.incident import Incident
from app.models.incidents.words import Via
from app.models.people import Person, Site

TOLD = (
    ("vera.novak", "ERP", 2, 50, "Orders cannot be saved", "Nobody in purchasing can order."),
    ("sven.lund", "ERP", 2, 45, "Stock list stays empty", "Trucks wait at the gate."),
    (
        "ursula.graf",
        "Customer relations",
        4,
        300,
        "Search finds no customers",
        "I call back without knowing them.",
    ),
    ("gina.moser", "Finance system", 3, 1500, "Report of last month does not open", ""),
    ("ines.caron", "Workplace", 4, 2600, "Second screen stays dark", ""),
    ("otto.wagner", "Mail", 3, 700, "Invitations arrive twice", ""),
)
"""Who, which service, impact, minutes ago, what, and what it means."""


def seed_incidents(session: Session, *, by: str, now: datetime) -> bool:
    """Report the incidents of the demo, unless there is any incident; tell whether."""
    if session.scalar(select(Incident.id).limit(1)) is not None:
        return False
    people = {person.uid: person for person in session.scalars(select(Person))}
    sites = dict(session.execute(select(Site.name, Site.id)).all())
    services = dict(session.execute(select(Service.name, Service.id)).all())
    for turn, (uid, service, impact, minutes, title, effect) in enumerate(TOLD):
        person = people.get(uid)
        told = Report(
            title,
            effect=effect,
            via=Via.PHONE,
            person_id=person.id if person else None,
            requester=person.name if person else uid,
            site_id=sites.get(person.site) if person else None,
            service_id=services.get(service),
            impact=impact,
            **answered(session, services.get(service), impact, turn),
        )
        report(session, told, by=by, now=now - timedelta(minutes=minutes))
    seed_hands(session, by=by, now=now)
    return True
