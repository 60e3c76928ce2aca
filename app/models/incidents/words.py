"""The words of incidents."""

from __future__ import annotations

from enum import StrEnum


class IncidentKind(StrEnum):
    """What somebody wants: something works again, or an agreed part of a service is delivered."""

    INCIDENT = "incident"
    REQUEST = "service request"
    COMPLAINT = "complaint"  # about how people were treated; a category of its own


class IncidentState(StrEnum):
    """Where an incident stands.

    Restored: it works again. Closed: the requester agrees, or did not object in time.
    """

    NEW = "new"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in progress"
    WAITING = "waiting"
    RESTORED = "restored"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    MERGED = "merged"


OPEN = (
    IncidentState.NEW,
    IncidentState.ASSIGNED,
    IncidentState.IN_PROGRESS,
    IncidentState.WAITING,
)
"""The states in which the requester cannot work yet."""


class WaitingOn(StrEnum):
    """Whose turn it is while an incident waits."""

    REQUESTER = "requester"
    PROVIDER = "provider"
    CHANGE = "change"


class Via(StrEnum):
    """How a contact came in."""

    PHONE = "phone"
    MAIL = "mail"
    PORTAL = "portal"
    CHAT = "chat"
    IN_PERSON = "in person"
    API = "program"


class EventKind(StrEnum):
    """What happened to an incident; clocks and figures are computed from these."""

    REPORTED = "reported"
    CLASSIFIED = "classified"
    ASSIGNED = "assigned"
    ASKED = "hand-over asked"
    HANDED_OVER = "handed over"
    RETURNED = "returned"
    REDIRECTED = "redirected"
    LOCKED = "bounce lock"
    UNLOCKED = "lock lifted"
    STARTED = "started"
    WAITING = "waiting"
    RESUMED = "resumed"
    STEP = "step tried"
    OWNER_FIXED = "owner fixed"
    NOTE = "note"
    CONTACT = "contact"
    INFORMED = "informed"
    RAISED = "raised"
    ESCALATED = "escalated"
    STUCK = "stuck"
    ORDERED = "work ordered"
    ORDER_ANSWERED = "order answered"
    RESTORED = "restored"
    CLOSED = "closed"
    REOPENED = "reopened"
    CANCELLED = "cancelled"
    MERGED = "merged"
    JOINED = "joined"
    CHANGED = "changed"
    FILE = "file"
    LINKED = "linked"


class OrderState(StrEnum):
    """Where a work order stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DONE = "done"
    REFUSED = "refused"


class Doing(StrEnum):
    """What an agent is doing on an incident's page just now."""

    VIEWING = "viewing"
    ANSWERING = "answering"


class FileKind(StrEnum):
    """What an attachment is."""

    RECORDING = "recording"
    FILE = "file"


class LinkTo(StrEnum):
    """What an incident can be linked to."""

    IMPROVEMENT = "improvement"
    WAVE = "wave"


class LinkKind(StrEnum):
    """How an improvement or a role wave and an incident belong together."""

    CAUSE = "cause"
    SYMPTOM = "symptom"


class BasicsStance(StrEnum):
    """What somebody says to the team's basics."""

    SIGNS = "signs"
    DISSENTS = "dissents"


class CallState(StrEnum):
    """Where a phone call stands."""

    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"
    MISSED = "missed"


class DeskFigure(StrEnum):
    """What is worked out for a period.

    Incidents are counted when they are reported, restorations when they happen.
    """

    REPORTED = "incidents reported"
    HOURS = "hours to restore"
    CROSSED = "share handed over"
    BOUNCED = "share that bounced"
    PHONE = "share by phone"
    CONTACTS = "contacts each"
    SATISFIED = "share satisfied"
