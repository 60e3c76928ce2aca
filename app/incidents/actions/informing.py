"""Inform: one message about an incident over several channels, written down where it belongs, with
its promise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from app.core.acting import Acting
from app.core.changes import one
from app.core.errors import Invalid
from app.core.figures import people
from app.incidents.actions.ending import restore, restore_children
from app.incidents.actions.happening import happened, locked
from app.incidents.queries.informing import REPORTERS, audience_of, children_of
from app.incidents.rules.tone import accusing
from app.messages.actions.sending import MessageDraft, send
from app.messages.rules.wording import checked, defences
from app.models.incidents.incident import Incident
from app.models.incidents.words import EventKind
from app.models.messages import Message, MessageKind

LONGEST_PROMISE = timedelta(days=14)
ENDS = (MessageKind.RESTORED, MessageKind.PLANNED)
"""What needs no next message."""


@dataclass(frozen=True, slots=True)
class Informing:
    """What is told.

    ``as_it_stands``: guesses and tone were asked about.
    """

    kind: MessageKind
    subject: str
    text: str
    signed_by: str
    channel_ids: Sequence[int]
    site_ids: Sequence[int] = ()
    scope: str = REPORTERS
    next_update_at: datetime | None = None
    as_it_stands: bool = False


def inform(act: Acting, incident_id: int, told: Informing) -> Message:
    """Send one message about an incident and note it there and with all its children.

    Raises ``Invalid`` by field: blanks left open, a promised end, no moment for the next message.
    """
    incident = locked(act.session, incident_id)
    _check_words(told)
    _check_promise(told, act.now)
    audience = audience_of(act.session, incident, told.site_ids, told.scope)
    draft = MessageDraft(
        told.kind,
        told.subject,
        told.text,
        told.signed_by,
        incident_id=incident.id,
        next_update_at=None if told.kind in ENDS else told.next_update_at,
        audience={
            "scope": told.scope,
            "sites": list(audience.sites),
            "service": incident.service_id,
            "count": len(audience.people),
            "unreachable": len(audience.unreachable),
        },
    )
    message = send(act, draft, audience.recipients, told.channel_ids)
    for each in (incident, *children_of(act.session, incident.id)):
        _note(act, each, message, len(audience.people))
    return message


def tell_restored(act: Acting, incident_id: int, told: Informing) -> Message:
    """Tell all that it works again, then mark the incident and its children as restored.

    What restored it, unless somebody wrote that down before, is what the message says.
    """
    told = replace(told, kind=MessageKind.RESTORED)
    message = inform(act, incident_id, told)
    incident = one(act.session, Incident, incident_id)
    what = incident.resolution or told.text
    if incident.is_open:
        restore(act, incident.id, what)
    restore_children(act, incident, what)
    return message


def _check_words(told: Informing) -> None:
    found = checked(told.kind.value, f"{told.subject}\n{told.text}")
    if found.must:
        raise Invalid(" ".join(found.must), field="text")
    asked = [*found.ask, *_accusations(told.text)]
    if asked and not told.as_it_stands:
        raise Invalid(" ".join(asked), field="as_it_stands")


def _accusations(text: str) -> list[str]:
    known = " ".join(defences(text)).casefold()
    return [
        f"“{hint.word}” reads as an accusation. Say {hint.instead}."
        for hint in accusing(text)
        if hint.word.casefold() not in known
    ]


def _check_promise(told: Informing, now: datetime) -> None:
    if told.kind in ENDS:
        return
    if told.next_update_at is None:
        raise Invalid("Say when the next message comes.", field="next_minutes")
    if not now < told.next_update_at <= now + LONGEST_PROMISE:
        raise Invalid("The next message comes after now, and within 14 days.", field="next_minutes")


def _note(act: Acting, incident: Incident, message: Message, told: int) -> None:
    values: dict[str, Any] = {"next_update_at": message.next_update_at}
    if incident.first_response_at is None:
        values["first_response_at"] = act.now
    happened(
        act,
        incident,
        EventKind.INFORMED,
        f"Informed {people(told)}: {message.subject}",
        public=True,
        values=values,
        text=message.text,
        data={
            "message": message.id,
            "kind": message.kind.value,
            "people": told,
            "subject": message.subject,
            "signed_by": message.signed_by,
            "next": message.next_update_at.isoformat() if message.next_update_at else None,
        },
    )
