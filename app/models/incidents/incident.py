"""Tables of incidents: what is known, what happened, what was tried, ordered, linked and
attached.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from app.core.columns import SECRET, worded
from app.core.db import Base
from app.models.incidents.words import (
    Doing,
    EventKind,
    FileKind,
    IncidentKind,
    IncidentState,
    LinkKind,
    OrderState,
    Via,
    WaitingOn,
)


class Incident(Base):
    """One incident.

    The queue's order is ``rank``, ``site_weight`` (high first), ``target_at``, ``reported_at``.

    ``priority`` (1–5) is what matrix, impact and urgency gave, ``raises`` how often waiting raised
    it. ``rank`` is 0 for a P1 by its own impact and for a mass incident, else ``priority -
    raises``, 1 at best. ``turn`` is which take-up of the desk this was, counted over all but
    emergencies; by it places are kept for the longest overdue. ``owner`` is the service owner once
    he is finally responsible (``owner_fixed_at``) and until restoration. ``bounce_locked_at``: only
    the owner moves it. ``asked_team_id`` is the team somebody asks the owner to hand it to.
    ``look_at``: the worker judges it then, or now. ``is_open`` mirrors ``state in OPEN`` for the
    queue's index. ``next_update_at`` is the promise of the last message. ``revision`` grows with
    every change, so that two agents do not overwrite each other. ``source_ref`` is its number in
    the tool it was imported from. ``mail_token`` is what a reply by mail carries.
    """

    __tablename__ = "incident"
    __table_args__ = (
        CheckConstraint("priority BETWEEN 1 AND 5", name="priority"),
        CheckConstraint("impact BETWEEN 1 AND 4", name="impact"),
        Index("ix_incident_mass", "is_mass", "is_open"),
        Index("ix_incident_agent", "agent", "is_open", "rank", "id"),
        Index("ix_incident_service", "service_id", "is_open", "reported_at"),
        Index("ix_incident_person", "person_id", "is_open"),
        Index("ix_incident_site", "site_id", "is_open", "service_id"),
        Index("ix_incident_promise", "is_open", "next_update_at"),
        Index("ix_incident_look", "is_open", "look_at"),
        Index("ix_incident_overdue", "is_open", "target_at"),
        # Holds all that the count of "my services" asks for.
        Index("ix_incident_watched", "is_open", "service_id", "team_id", "owner"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[IncidentKind] = mapped_column(
        worded(IncidentKind, "kind"), default=IncidentKind.INCIDENT
    )
    title: Mapped[str]
    description: Mapped[str] = mapped_column(Text, default="")
    effect: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[IncidentState] = mapped_column(
        worded(IncidentState, "state"), default=IncidentState.NEW, index=True
    )
    is_open: Mapped[bool] = mapped_column(default=True)
    via: Mapped[Via] = mapped_column(worded(Via, "via"), default=Via.PHONE)

    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL")
    )
    requester: Mapped[str] = mapped_column(default="")
    requester_mail: Mapped[str] = mapped_column(default="")
    requester_phone: Mapped[str] = mapped_column(default="")
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    site_weight: Mapped[int] = mapped_column(default=1)

    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"))
    script_id: Mapped[int | None] = mapped_column(
        ForeignKey("influence_script.id"), index=True
    )
    impact: Mapped[int | None]
    urgency: Mapped[int | None]
    priority: Mapped[int] = mapped_column(default=3)
    raises: Mapped[int] = mapped_column(default=0)
    rank: Mapped[int] = mapped_column(default=3)
    turn: Mapped[int | None] = mapped_column(index=True)
    target_at: Mapped[datetime]

    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    asked_team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    agent: Mapped[str] = mapped_column(default="")
    owner: Mapped[str] = mapped_column(default="", index=True)
    owner_fixed_at: Mapped[datetime | None]
    bounce_locked_at: Mapped[datetime | None]
    hand_overs: Mapped[int] = mapped_column(default=0)
    bounces: Mapped[int] = mapped_column(default=0)
    contacts: Mapped[int] = mapped_column(default=1)

    waiting_on: Mapped[WaitingOn | None] = mapped_column(
        worded(WaitingOn, "waiting_on")
    )
    waiting_until: Mapped[datetime | None]
    next_update_at: Mapped[datetime | None]
    touched_at: Mapped[datetime] = mapped_column(index=True)
    look_at: Mapped[datetime | None]
    reported_at: Mapped[datetime] = mapped_column(index=True)
    first_response_at: Mapped[datetime | None]
    restored_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_at: Mapped[datetime | None]
    resolution: Mapped[str] = mapped_column(Text, default="")
    cause: Mapped[str] = mapped_column(Text, default="")

    is_mass: Mapped[bool] = mapped_column(default=False)
    mass_sites: Mapped[list[int]] = mapped_column(JSON, default=list)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"), index=True)
    merged_into_id: Mapped[int | None] = mapped_column(
        ForeignKey("incident.id"), index=True
    )

    source_ref: Mapped[str | None] = mapped_column(unique=True)
    mail_token: Mapped[str] = mapped_column(unique=True, info=SECRET)
    revision: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str]


_QUEUED = (
    Incident.rank,
    Incident.site_weight.desc(),
    Incident.target_at,
    Incident.reported_at,
    Incident.id,
)
"""The queue's order, so that a page is read off an index and not sorted."""
Index("ix_incident_queue", Incident.is_open, *_QUEUED)
Index("ix_incident_team_queue", Incident.team_id, Incident.is_open, *_QUEUED)


def _index_of_few(name: str, column: InstrumentedAttribute[Any]) -> None:
    """Index a column that only few incidents have, without all the others."""
    there = column.is_not(None)
    Index(name, column, sqlite_where=there, postgresql_where=there)


_index_of_few("ix_incident_waits", Incident.waiting_until)
_index_of_few("ix_incident_asked", Incident.asked_team_id)


class IncidentEvent(Base):
    """One thing that happened, never changed afterwards.

    ``data`` depends on the kind; ``public``: requesters see it.

    ``team_id`` is the team in whose hands the incident is afterwards, ``state`` the state it has
    afterwards.
    """

    __tablename__ = "incident_event"
    __table_args__ = (Index("ix_incident_event_incident_at", "incident_id", "at"),)
    noun = "event"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE")
    )
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[EventKind] = mapped_column(worded(EventKind, "kind"))
    by: Mapped[str]
    text: Mapped[str] = mapped_column(Text, default="")
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    public: Mapped[bool] = mapped_column(default=False)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    state: Mapped[IncidentState] = mapped_column(worded(IncidentState, "state"))


class Classification(Base):
    """One run of an influence script on an incident: the answers by question, and what came out."""

    __tablename__ = "classification"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), index=True
    )
    script_id: Mapped[int | None] = mapped_column(
        ForeignKey("influence_script.id"), index=True
    )
    answers: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    impact: Mapped[int]
    urgency: Mapped[int]
    priority: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[str]


class IncidentFact(Base):
    """What was answered to a fact the service asks for."""

    __tablename__ = "incident_fact"
    __table_args__ = (UniqueConstraint("incident_id", "fact_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE")
    )
    fact_id: Mapped[int] = mapped_column(ForeignKey("service_fact.id"), index=True)
    value: Mapped[str] = mapped_column(Text)


class Contact(Base):
    """Somebody got in touch about an incident; the first contact is the report itself."""

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime] = mapped_column(index=True)
    via: Mapped[Via] = mapped_column(worded(Via, "via"))
    who: Mapped[str]
    text: Mapped[str] = mapped_column(Text, default="")
    call_id: Mapped[int | None] = mapped_column(
        ForeignKey("call.id", ondelete="SET NULL"), index=True
    )
    by: Mapped[str]


class WorkOrder(Base):
    """The owner asks a team for a piece of work; refusing it takes a reason and goes to
    management.
    """

    __tablename__ = "work_order"
    noun = "work order"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), index=True
    )
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    what: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime]
    state: Mapped[OrderState] = mapped_column(
        worded(OrderState, "state"), default=OrderState.OPEN
    )
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str] = mapped_column(default="")
    escalated_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class Escalation(Base):
    """Management was told: why, at which level, and who took note. ``level`` counts from 1."""

    __tablename__ = "escalation"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), index=True
    )
    level: Mapped[int] = mapped_column(default=1)
    rule: Mapped[str]
    why: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(Text, default="")


class Attachment(Base):
    """A file of an incident, kept under its SHA-256.

    ``type`` is what its content is, not what it claims to be.
    """

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[FileKind] = mapped_column(worded(FileKind, "kind"))
    name: Mapped[str]
    type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    consent: Mapped[bool] = mapped_column(default=False)
    delete_on: Mapped[date | None] = mapped_column(index=True)
    deleted_at: Mapped[datetime | None]
    at: Mapped[datetime]
    by: Mapped[str]


class Problem(Base):
    """The optional record of a cause, opened after restoration where the team wants it."""

    __tablename__ = "problem"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), unique=True
    )
    text: Mapped[str] = mapped_column(Text)
    workaround: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class IncidentLink(Base):
    """An incident belongs to an improvement or to a role wave, as its cause or as a symptom of
    it.
    """

    __tablename__ = "incident_link"
    __table_args__ = (UniqueConstraint("incident_id", "improvement_id", "wave_id"),)
    noun = "link"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE")
    )
    improvement_id: Mapped[int | None] = mapped_column(
        ForeignKey("improvement.id", ondelete="CASCADE"), index=True
    )
    wave_id: Mapped[int | None] = mapped_column(
        ForeignKey("wave.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[LinkKind] = mapped_column(worded(LinkKind, "kind"))
    at: Mapped[datetime]
    by: Mapped[str]


class Rating(Base):
    """What the requester said after closing, from 1 to 5."""

    __tablename__ = "rating"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), unique=True
    )
    score: Mapped[int]
    text: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(index=True)


class Presence(Base):
    """Who has an incident's page open, and whether they are typing an answer."""

    __tablename__ = "presence"
    __table_args__ = (UniqueConstraint("incident_id", "operator"),)
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE")
    )
    operator: Mapped[str]
    doing: Mapped[Doing] = mapped_column(worded(Doing, "doing"))
    seen_at: Mapped[datetime]
