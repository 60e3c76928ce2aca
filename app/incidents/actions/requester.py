"""What requesters do themselves, behind their link: it works, it does not, something to add, how it
was.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.changes import Change
from app.core.errors import Invalid, Refused
from app.incidents.actions.attaching import Offered, attach
from app.incidents.actions.calls import add_contact
from app.incidents.actions.ending import close, reopen, restore
from app.incidents.actions.escalating import stuck
from app.incidents.actions.happening import happened, locked
from app.incidents.actions.storing import Received
from app.incidents.queries.requester import rating_of, standing_of
from app.incidents.rules.requester import LONGEST_TEXT, MOST_AN_HOUR
from app.models.incidents.incident import Contact, Incident, Rating
from app.models.incidents.words import OPEN, EventKind, IncidentState, Via

WORKS = "The requester says that it works again."
BROKEN = "The requester says that it is still broken."


def it_works(session: Session, incident_id: int, *, now: datetime) -> Incident:
    """It works again, says the requester: restored if nobody said so yet, and closed."""
    incident = _checked(session, incident_id, now)
    if not standing_of(incident, None, now).may_confirm:
        raise Refused("This is closed already. Thank you.")
    if incident.state in OPEN:
        restore(session, incident_id, WORKS, by=who(incident), now=now)
    return close(session, incident_id, by=who(incident), now=now)


def still_broken(session: Session, incident_id: int, text: str, *, now: datetime) -> Incident:
    """It does not work, says the requester: what was restored is opened again, what is open is
    heard of once more.
    """
    incident = _checked(session, incident_id, now, text)
    if not standing_of(incident, None, now).may_object:
        raise Refused(
            "This was closed some time ago. Please report it again, so that it gets a place "
            "of its own."
        )
    said = text.strip() or BROKEN
    if incident.state in OPEN:
        add_contact(
            session,
            incident_id,
            incident.requester or "The requester",
            said,
            via=Via.PORTAL,
            by=who(incident),
            now=now,
        )
        return incident
    _count(session, incident, said, now)
    return reopen(session, incident_id, said, by=who(incident), now=now)


def add_words(session: Session, incident_id: int, text: str, *, now: datetime) -> Incident:
    """The requester adds something to an open incident."""
    incident = _checked(session, incident_id, now, text)
    if not text.strip():
        raise Invalid("Write what you want to add.", field="text")
    if not standing_of(incident, None, now).may_add:
        raise Refused(
            "Nobody works on this any more. If it is broken again, say so with the button."
        )
    add_contact(
        session,
        incident_id,
        incident.requester or "The requester",
        text,
        via=Via.PORTAL,
        by=who(incident),
        now=now,
    )
    return incident


def add_file(
    session: Session, incident_id: int, found: Received, name: str, text: str = "", *, now: datetime
) -> Incident:
    """The requester adds a file to an open incident, with words or without."""
    incident = _checked(session, incident_id, now, text)
    if not standing_of(incident, None, now).may_add:
        raise Refused(
            "Nobody works on this any more. If it is broken again, say so with the button."
        )
    attach(
        session,
        incident_id,
        found,
        Offered(name, public=True),
        by=who(incident),
        now=now,
        touches=False,
    )
    add_contact(
        session,
        incident_id,
        incident.requester or "The requester",
        text or f"Sent the file {name}.",
        via=Via.PORTAL,
        by=who(incident),
        now=now,
    )
    return incident


def nothing_happens(
    session: Session, incident_id: int, text: str = "", *, now: datetime
) -> Incident:
    """Nothing happens, says the requester: it goes up in priority and management hears of it, once
    a day.
    """
    incident = _checked(session, incident_id, now, text)
    return stuck(session, incident_id, text, by=who(incident), now=now)


def rate(
    session: Session, incident_id: int, score: int, text: str = "", *, now: datetime
) -> Rating:
    """Say how it was, from 1 to 5, once it is closed; for a week the answer can be changed."""
    incident = _checked(session, incident_id, now, text)
    known = rating_of(session, incident_id)
    if not 1 <= score <= 5:
        raise Invalid("Choose one of the five.", field="score")
    if not standing_of(incident, known, now).may_rate:
        raise Refused("The time for that is over. Thank you all the same.")
    change = Change(about=Rating)
    if known is None:
        known = change.add(
            session, Rating(incident_id=incident_id, score=score, text=text.strip(), at=now)
        )
    else:
        change.put(known, {"score": score, "text": text.strip() or known.text})
    change.record(
        session,
        known,
        "incident.rate",
        f"{score} of 5 for {incident.title}",
        by=who(incident),
        now=now,
    )
    return known


def renew_link(session: Session, incident_id: int, *, by: str, now: datetime) -> Incident:
    """Make every link to an incident worthless that was given out so far, for the requester and for
    mail.
    """
    incident = locked(session, incident_id)
    values = {"mail_token": secrets.token_hex(5)}
    sentence = f"New link for the requester of {incident.title}"
    happened(
        session, incident, EventKind.CHANGED, sentence, by=by, now=now, values=values, touches=False
    )
    return incident


def who(incident: Incident) -> str:
    """Return how the requester is called where operators are called by their names."""
    return f"{incident.requester or incident.requester_mail or 'somebody'} (requester)"


def _checked(session: Session, incident_id: int, now: datetime, text: str = "") -> Incident:
    incident = locked(session, incident_id)
    if len(text) > LONGEST_TEXT:
        raise Invalid(f"At most {LONGEST_TEXT} characters, please.", field="text")
    since = now - timedelta(hours=1)
    lately = (
        select(func.count())
        .select_from(Contact)
        .where(Contact.incident_id == incident_id, Contact.via == Via.PORTAL, Contact.at > since)
    )
    if (session.scalar(lately) or 0) >= MOST_AN_HOUR:
        raise Refused(
            "That was a lot within one hour. It is all written down; please call if it is urgent."
        )
    if incident.state is IncidentState.MERGED:
        raise Refused(
            "This is worked on together with another report; what is told there is shown here."
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
