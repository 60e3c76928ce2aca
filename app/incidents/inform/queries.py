"""Whom an incident is told to, what to begin with, and what its page shows of its messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from app.auth.queries import operator_named
from app.catalog.services.queries import users_of
from app.core.figures import listed
from app.core.said import said
from app.core.spoken_times import said_at
from app.core.together import Question
from app.incidents.mass.queries import informed_of
from app.incidents.mass.rules import Owed, owed
from app.incidents.queries import children_of
from app.incidents.rules import stands_as
from app.messages.queries.board import boards_of
from app.messages.queries.channels import enabled_channels
from app.messages.rules.addresses import per_person
from app.messages.rules.policy import InformNumbers
from app.messages.rules.recipients import Recipient
from app.messages.rules.wording import opening
from app.models.catalog.service import Service
from app.models.incidents.desk import Reminder
from app.models.incidents.incident import Incident
from app.models.messages import Channel, ChannelKind, Message, MessageKind
from app.models.people import Person, Site, Team, TeamMember

REPORTERS, SITES = "who reported it", "everybody it affects"


@dataclass(frozen=True, slots=True)
class InformReach:
    """Somebody who is to be told: why, and the channels that reach him."""

    recipient: Recipient
    why: str
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InformAudience:
    """Everybody a message is for; ``sites`` by name."""

    people: tuple[InformReach, ...]
    sites: tuple[str, ...]
    service: str

    @property
    def unreachable(self) -> list[InformReach]:
        """Return those whom only a phone call reaches."""
        return [one for one in self.people if not one.channels]

    @property
    def recipients(self) -> list[Recipient]:
        """Return them as a message needs them."""
        return [one.recipient for one in self.people]


def audience_of(
    session: Session, incident: Incident, site_ids: Sequence[int], scope: str
) -> InformAudience:
    """Return whom a message about an incident is for: who reported it, and with ``SITES`` who works
    where it fails.
    """
    family = [incident, *children_of(session, incident.id)]
    service = session.get(Service, incident.service_id) if incident.service_id else None
    sites = list(
        session.scalars(
            select(Site.name).where(Site.id.in_(site_ids)).order_by(Site.name)
        )
    )
    reasons: dict[str, tuple[Recipient, str]] = {}
    for recipient in _requesters(session, family):
        reasons.setdefault(recipient.key, (recipient, said("reported it")))
    if scope == SITES:
        for person in _affected(session, service, site_ids, sites):
            reasons.setdefault(
                f"person:{person.id}",
                (_of(person), f"works at {person.site}" if sites else "uses it"),
            )
    channels = [
        one for one in enabled_channels(session) if per_person(one.kind, one.url)
    ]
    people = sorted(reasons.values(), key=lambda pair: pair[0].name.lower())
    return InformAudience(
        tuple(InformReach(one, why, _ways(one, channels)) for one, why in people),
        tuple(sites),
        service.name if service else "",
    )


def usual_scope(incident: Incident) -> str:
    """Return whom to tell unless said otherwise: what hits one person is no news for a whole
    site.
    """
    wide = incident.is_mass or (incident.impact is not None and incident.impact <= 2)
    return SITES if wide else REPORTERS


def beginning(
    session: Session,
    incident: Incident,
    kind: MessageKind,
    site_ids: Sequence[int],
    *,
    zone: str,
    now: datetime,
) -> tuple[str, str]:
    """Return subject and text to begin with: only what is known, the rest in brackets; times are
    those of the site, ``zone`` where there is none.
    """
    service = session.get(Service, incident.service_id) if incident.service_id else None
    team = session.get(Team, incident.team_id) if incident.team_id else None
    sites = list(
        session.scalars(
            select(Site.name).where(Site.id.in_(site_ids)).order_by(Site.name)
        )
    )
    here = zone_of(session, incident, zone)
    facts = {
        "service": service.name if service else incident.title,
        "team": team.name if team else "The service desk",
        "where": f" at {listed(sites)}" if sites else "",
        "since": said_at(incident.reported_at, here),
        "now": said_at(now, here),
    }
    return opening(kind.value, facts)


def signature_of(session: Session, operator: str) -> str:
    """Return the name that stands under a message: the person behind the account, with the team."""
    found = operator_named(session, operator)
    name, team = operator, None
    if found is not None:
        if found.person_uid:
            known = select(Person.name).where(
                Person.uid == found.person_uid, Person.gone_at.is_(None)
            )
            name = session.scalars(known.limit(1)).first() or operator
        mine = select(Team.name).join(TeamMember, TeamMember.team_id == Team.id)
        team = session.scalars(
            mine.where(TeamMember.operator_id == found.id).order_by(Team.name).limit(1)
        ).first()
    return f"{name}, {team}" if team else name


def zone_of(session: Session, incident: Incident, otherwise: str) -> str:
    """Return the time zone of those an incident is about: that of its site, or of the
    installation.
    """
    site = session.get(Site, incident.site_id) if incident.site_id else None
    return site.timezone if site and site.timezone else otherwise


def _requesters(session: Session, family: Sequence[Incident]) -> list[Recipient]:
    ids = [one.person_id for one in family if one.person_id]
    people = {
        person.id: person
        for person in session.scalars(select(Person).where(Person.id.in_(ids)))
    }
    return [requester_of(one, people.get(one.person_id or 0)) for one in family]


def requester_of(incident: Incident, person: Person | None) -> Recipient:
    """Return how who reported an incident is reached; ``person``: who that is in the directory."""
    mail, phone = incident.requester_mail, incident.requester_phone
    if person is not None:
        mobile = person.mobile or phone
        return Recipient(
            f"person:{person.id}",
            person.name,
            person.id,
            person.mail or mail,
            phone or person.phone,
            mobile,
        )
    name = incident.requester or mail or phone
    key = (
        f"mail:{mail.lower()}"
        if mail
        else f"phone:{phone}"
        if phone
        else f"incident:{incident.id}"
    )
    return Recipient(key, name, mail=mail, phone=phone, mobile=phone)


def _affected(
    session: Session,
    service: Service | None,
    site_ids: Sequence[int],
    sites: Sequence[str],
) -> list[Person]:
    there = (
        select(Person)
        .where(Person.gone_at.is_(None), ~Person.disabled, ~Person.service)
        .order_by(Person.id)
    )
    if sites:
        there = there.where(Person.site.in_(sites))
    if service is None:
        return list(session.scalars(there)) if sites else []
    users = {user.id for user in users_of(session, service.id, site_ids or None)}
    return [person for person in session.scalars(there) if person.id in users]


def _of(person: Person) -> Recipient:
    return Recipient(
        f"person:{person.id}",
        person.name,
        person.id,
        person.mail,
        person.phone,
        person.mobile,
    )


def _ways(recipient: Recipient, channels: Sequence[Channel]) -> tuple[str, ...]:
    personal = [one for one in channels if one.kind is not ChannelKind.CALL_LIST]
    return tuple(one.name for one in personal if recipient.reached_by(one.kind))


@dataclass(frozen=True, slots=True)
class InformPanel:
    """The last message and who was told of it, when the next is owed, who was reminded, the
    policy's version.
    """

    latest: Message | None
    counts: Counter[str]
    people: int
    messages: int
    owed: Owed | None
    late: bool
    reminders: tuple[Any, ...]
    version: int


def reminders_asked(incident_id: int) -> Question:
    """Return the question for who was reminded of late messages of an incident."""
    return select(Reminder.told, Reminder.level, Reminder.promised_at).where(
        Reminder.incident_id == incident_id
    )


def inform_panel(
    session: Session,
    incident: Incident,
    reminders: Iterable[Any],
    policy: tuple[int, InformNumbers],
    now: datetime,
) -> InformPanel:
    """Return what the page shows of messages; those of the mass incident count for a report that
    belongs to it. ``policy`` is the number of its version and what it says.
    """
    latest, count = _latest(session, incident.parent_id or incident.id)
    board = boards_of(session, [latest])[0] if latest else None
    due = owed(
        priority=stands_as(incident.priority, incident.raises),
        mass=incident.is_mass,
        reported_at=incident.reported_at,
        next_update_at=incident.next_update_at,
        informed=incident.id in informed_of(session, [incident]),
        numbers=policy[1],
    )
    due = due if incident.is_open else None
    of_it = [row for row in reminders if due and row.promised_at == due.at]
    return InformPanel(
        latest,
        board.counts if board else Counter(),
        len(board.people) if board else 0,
        count,
        due,
        bool(due and due.at <= now),
        tuple(sorted(of_it, key=lambda row: int(row.level))),
        policy[0],
    )


def _latest(session: Session, incident_id: int) -> tuple[Message | None, int]:
    """Return the last message of an incident, and how many there are."""
    row = session.execute(_latest_asked(), {"incident": incident_id}).first()
    return (row[0], row[1]) if row else (None, 0)


@cache
def _latest_asked() -> Select[Message, int]:
    every = select(Message, func.count().over()).where(
        Message.incident_id == bindparam("incident")
    )
    return every.order_by(Message.id.desc()).limit(1)
