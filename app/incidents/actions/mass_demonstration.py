"""A mass incident of the demo company: recognised, one message sent, most people told, some still
to be called.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.incidents.actions.informing import Informing, inform
from app.incidents.actions.mass import declare_mass, join_mass
from app.incidents.actions.reporting import Report, report
from app.incidents.queries.informing import SITES, usual_sites
from app.messages.actions.channels import ChannelDraft, change_channel
from app.messages.actions.delivering import go_on
from app.messages.actions.settling import told_in_person
from app.models.incidents.incident import Incident
from app.models.incidents.words import Via
from app.models.messages import Channel, ChannelKind, Delivery, DeliveryState, Message, MessageKind
from app.models.people import Person, Site

TITLE = "Orders cannot be saved"
CALLS = (
    ("Orders vanish after saving", 44),
    ("ERP hangs when I save", 41),
    ("Order form stays grey", 36),
    ("Cannot save", 33),
)
DECLARED, INFORMED, LATE_CALL = 34, 29, 17
UNREACHABLE = 3
TEXT = (
    "Orders cannot be saved in the ERP since this morning. Applications is working on it.\n"
    "What helps meanwhile: write orders down; nothing that was saved before is lost."
)


CALLING = ("Sales", "Logistics", "Production")
"""Departments whose people call about it; always the same ones, whatever the time."""


def seed_mass(session: Session, *, by: str, now: datetime) -> bool:
    """Make the mass incident of the demo, unless there is one; tell whether."""
    found = session.scalars(select(Incident).where(Incident.title == TITLE)).first()
    mail = session.scalars(select(Channel).where(Channel.kind == ChannelKind.MAIL)).first()
    if (
        found is None
        or mail is None
        or found.is_mass
        or session.scalar(select(Message.id).limit(1)) is not None
    ):
        return False
    sites = _sites(session, found)
    children = [
        _call(session, found, title, now - timedelta(minutes=ago), by) for title, ago in CALLS
    ]
    declare_mass(
        session, found.id, sites, children=children, by=by, now=now - timedelta(minutes=DECLARED)
    )
    _inform(session, found.id, sites, mail, by, now - timedelta(minutes=INFORMED))
    late = _call(session, found, "Is the ERP down?", now - timedelta(minutes=LATE_CALL), by)
    if session.get_one(Incident, late).parent_id is None:
        join_mass(session, late, found.id, by=by, now=now - timedelta(minutes=LATE_CALL))
    return True


def _sites(session: Session, found: Incident) -> list[int]:
    weighed = session.scalars(
        select(Site.id).where(Site.retired_at.is_(None)).order_by(Site.weight.desc()).limit(2)
    )
    return sorted({*usual_sites(found), *weighed})


def _call(session: Session, found: Incident, title: str, at: datetime, by: str) -> int:
    callers = (
        session.scalars(
            select(Person)
            .where(
                Person.gone_at.is_(None),
                ~Person.service,
                ~Person.disabled,
                Person.department.in_(CALLING),
            )
            .order_by(Person.uid)
        ).all()
        or session.scalars(select(Person).order_by(Person.uid)).all()
    )
    caller = callers[sum(title.encode()) % len(callers)]
    site = session.scalar(select(Site.id).where(Site.name == caller.site))
    told = Report(
        title,
        via=Via.PHONE,
        person_id=caller.id,
        site_id=site,
        service_id=found.service_id,
        impact=3,
    )
    return report(session, told, by=by, now=at).id


def _inform(
    session: Session, incident_id: int, sites: list[int], mail: Channel, by: str, at: datetime
) -> None:
    told = Informing(
        MessageKind.INVESTIGATING,
        "ERP: orders cannot be saved",
        TEXT,
        _signer(session),
        [mail.id],
        sites,
        SITES,
        at + timedelta(minutes=45),
    )
    message = inform(session, incident_id, told, by=by, now=at)
    _pretend(session, message.id, mail, at, by)
    change_channel(
        session, mail.id, ChannelDraft(mail.name, mail.kind, enabled=False), by=by, now=at
    )


def _pretend(session: Session, message_id: int, mail: Channel, at: datetime, by: str) -> None:
    """Play the mail server: all but the last few took it; one of those was called since."""
    sent = select(Delivery).where(Delivery.message_id == message_id, Delivery.channel_id == mail.id)
    deliveries = list(session.scalars(sent.order_by(Delivery.id)))
    for one in deliveries:
        one.state, one.attempts, one.started_at, one.done_at = DeliveryState.SENT, 1, at, at
    following = []
    for one in deliveries[-UNREACHABLE:]:
        one.state, one.problem = DeliveryState.FAILED, "The mail server refused it (550)."
        following.append(go_on(session, one, now=at))
    session.flush()
    if following and following[0] is not None:
        told_in_person(session, following[0].id, by=by, now=at + timedelta(minutes=6))


def _signer(session: Session) -> str:
    known = (
        select(Person.name)
        .where(Person.gone_at.is_(None), Person.department == "IT")
        .order_by(Person.uid)
    )
    return f"{session.scalars(known.limit(1)).first() or 'Admin'}, Applications"
