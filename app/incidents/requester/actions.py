"""What requesters do themselves, behind their link: it works, it does not, something to add, how it
was.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import Change
from app.core.errors import Invalid, Refused
from app.core.said import said as _said
from app.incidents.calls.actions import add_contact
from app.incidents.clocks.actions import stuck
from app.incidents.events import happened, locked
from app.incidents.files.actions import Offered, attach
from app.incidents.files.store import Received
from app.incidents.requester.queries import rating_of, standing_of
from app.incidents.requester.rules import LONGEST_TEXT, MOST_AN_HOUR
from app.incidents.restoration.actions import close, reopen, restore
from app.models.incidents.incident import Contact, Incident, Rating
from app.models.incidents.words import OPEN, EventKind, IncidentState, Via

WORKS = "The requester says that it works again."
BROKEN = "The requester says that it is still broken."


def it_works(act: Acting, incident_id: int) -> Incident:
    """It works again, says the requester: restored if nobody said so yet, and closed."""
    incident = _checked(act.session, incident_id, act.now)
    if not standing_of(incident, None, act.now).may_confirm:
        raise Refused(_said("This is closed already. Thank you."))
    if incident.state in OPEN:
        restore(act.by_another(who(incident)), incident_id, WORKS)
    return close(act.by_another(who(incident)), incident_id)


def still_broken(act: Acting, incident_id: int, text: str) -> Incident:
    """It does not work, says the requester: what was restored is opened again, what is open is
    heard of once more.
    """
    incident = _checked(act.session, incident_id, act.now, text)
    if not standing_of(incident, None, act.now).may_object:
        raise Refused(
            _said(
                "This was closed some time ago. Please report it again, so that "
                "it gets a place of its own."
            )
        )
    said = text.strip() or BROKEN
    if incident.state in OPEN:
        add_contact(
            act.by_another(who(incident)),
            incident_id,
            incident.requester or "The requester",
            said,
            via=Via.PORTAL,
        )
        return incident
    _count(act.session, incident, said, act.now)
    return reopen(act.by_another(who(incident)), incident_id, said)


def add_words(act: Acting, incident_id: int, text: str) -> Incident:
    """The requester adds something to an open incident."""
    incident = _checked(act.session, incident_id, act.now, text)
    if not text.strip():
        raise Invalid(_said("Write what you want to add."), field="text")
    if not standing_of(incident, None, act.now).may_add:
        raise Refused(
            _said(
                "Nobody works on this any more. If it is broken again, say so "
                "with the button."
            )
        )
    add_contact(
        act.by_another(who(incident)),
        incident_id,
        incident.requester or "The requester",
        text,
        via=Via.PORTAL,
    )
    return incident


def add_file(
    act: Acting, incident_id: int, found: Received, name: str, text: str = ""
) -> Incident:
    """The requester adds a file to an open incident, with words or without."""
    incident = _checked(act.session, incident_id, act.now, text)
    if not standing_of(incident, None, act.now).may_add:
        raise Refused(
            _said(
                "Nobody works on this any more. If it is broken again, say so "
                "with the button."
            )
        )
    attach(
        act.by_another(who(incident)),
        incident_id,
        found,
        Offered(name, public=True),
        touches=False,
    )
    add_contact(
        act.by_another(who(incident)),
        incident_id,
        incident.requester or "The requester",
        text or f"Sent the file {name}.",
        via=Via.PORTAL,
    )
    return incident


def nothing_happens(act: Acting, incident_id: int, text: str = "") -> Incident:
    """Nothing happens, says the requester: it goes up in priority and management hears of it, once
    a day.
    """
    incident = _checked(act.session, incident_id, act.now, text)
    return stuck(act.by_another(who(incident)), incident_id, text)


def rate(act: Acting, incident_id: int, score: int, text: str = "") -> Rating:
    """Say how it was, from 1 to 5, once it is closed; for a week the answer can be changed."""
    incident = _checked(act.session, incident_id, act.now, text)
    known = rating_of(act.session, incident_id)
    if not 1 <= score <= 5:
        raise Invalid(_said("Choose one of the five."), field="score")
    if not standing_of(incident, known, act.now).may_rate:
        raise Refused(_said("The time for that is over. Thank you all the same."))
    change = Change(about=Rating)
    if known is None:
        known = change.add(
            act.session,
            Rating(incident_id=incident_id, score=score, text=text.strip(), at=act.now),
        )
    else:
        change.put(known, {"score": score, "text": text.strip() or known.text})
    change.record(
        act.by_another(who(incident)),
        known,
        "incident.rate",
        f"{score} of 5 for {incident.title}",
    )
    return known


def renew_link(act: Acting, incident_id: int) -> Incident:
    """Make every link to an incident worthless that was given out so far, for the requester and for
    mail.
    """
    incident = locked(act.session, incident_id)
    values = {"mail_token": secrets.token_hex(5)}
    sentence = f"New link for the requester of {incident.title}"
    happened(act, incident, EventKind.CHANGED, sentence, values=values, touches=False)
    return incident


def who(incident: Incident) -> str:
    """Return how the requester is called where operators are called by their names."""
    return f"{incident.requester or incident.requester_mail or 'somebody'} (requester)"


def _checked(
    session: Session, incident_id: int, now: datetime, text: str = ""
) -> Incident:
    incident = locked(session, incident_id)
    if len(text) > LONGEST_TEXT:
        raise Invalid(
            _said(
                "At most %(longest_text)s characters, please.",
                longest_text=LONGEST_TEXT,
            ),
            field="text",
        )
    since = now - timedelta(hours=1)
    lately = (
        select(func.count())
        .select_from(Contact)
        .where(
            Contact.incident_id == incident_id,
            Contact.via == Via.PORTAL,
            Contact.at > since,
        )
    )
    if (session.scalar(lately) or 0) >= MOST_AN_HOUR:
        raise Refused(
            _said(
                "That was a lot within one hour. It is all written down; please "
                "call if it is urgent."
            )
        )
    if incident.state is IncidentState.MERGED:
        raise Refused(
            _said(
                "This is worked on together with another report; what is told "
                "there is shown here."
            )
        )
    return incident


def _count(session: Session, incident: Incident, said: str, now: datetime) -> None:
    session.add(
        Contact(
            incident_id=incident.id,
            at=now,
            via=Via.PORTAL,
            who=incident.requester or "The requester",
            text=said,
            by=who(incident),
        )
    )
