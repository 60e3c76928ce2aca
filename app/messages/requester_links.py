"""What leads somebody without an account to a page of their own: a requester to the incident, a
person in a rung to the question whether it works, a sponsor to how things stand. Made when it is
shown or sent, kept nowhere.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.addresses import public_address
from app.core.settings import Settings
from app.models.access.duties import WaveDuty
from app.models.access.review import AccessReview
from app.models.access.works import WorksAsk
from app.models.improvements.iteration import Participation
from app.models.incidents.incident import Incident
from app.models.sponsors.link import StatusLink
from app.models.sponsors.pulse import PulseInvitation

SALT, ANSWERS, WORKS = "requester", "participant", "works"
REVIEWS, STATUS, DUTIES = "review", "status", "duty"
PULSE = "pulse"
"""What stands in front of the number where a message's recipient is somebody asked in a pulse."""
SIGNATURE = 15
"""Bytes of the signature in a short link: 120 bits are beyond guessing."""
SWITCH = "switch"
"""What stands in front of the number where a message's recipient is somebody who was moved."""
REVIEW = "review"
"""What stands in front of the number where a message's recipient is the owner asked in a review."""
DUTY = "duty"
"""What stands in front of the number where a message's recipient is a named duty of a wave."""
PARTICIPANT = "participation"
"""What stands in front of the number where a message's recipient is somebody in a rung."""
LINK_HERE = "{link}"
"""Where in a message the link of its recipient stands."""


def link_token(secret: str, incident: Incident) -> str:
    """Return the token of an incident's link; a new ``mail_token`` makes every older link
    worthless.
    """
    return _signed(secret, SALT, incident.id, incident.mail_token)


def link_of(settings: Settings, incident: Incident) -> str:
    """Return the address a requester is given."""
    return public_address(settings, f"/r/{link_token(settings.secret_key, incident)}")


def read_token(secret: str, token: str) -> tuple[int, str] | None:
    """Return the incident's number and ``mail_token`` out of a link's token, or nothing when it is
    none of ours.
    """
    return _read(secret, SALT, token)


def answer_token(secret: str, person: Participation) -> str:
    """Return the token with which somebody in a rung says whether it works."""
    return _signed(secret, ANSWERS, person.id, person.link_mark)


def answer_link(settings: Settings, person: Participation) -> str:
    """Return the address somebody in a rung is given."""
    token = answer_token(settings.secret_key, person)
    return public_address(settings, f"/p/{token}")


def read_answer_token(secret: str, token: str) -> tuple[int, str] | None:
    """Return a participant's number and ``link_mark`` out of a link's token, or nothing when it is
    none of ours.
    """
    return _read(secret, ANSWERS, token)


def review_link(settings: Settings, review: AccessReview) -> str:
    """Return the address the owner of rights answers a review at."""
    return public_address(settings, review_path(settings, review))


def review_path(settings: Settings, review: AccessReview) -> str:
    """Return the path of the page on which the owner of rights answers a review."""
    token = _signed(settings.secret_key, REVIEWS, review.id, review.link_mark)
    return f"/v/{token}"


def read_review_token(secret: str, token: str) -> tuple[int, str] | None:
    """Return a review's number and ``link_mark`` out of a link's token, or nothing when it is none
    of ours.
    """
    return _read(secret, REVIEWS, token)


def status_address(settings: Settings, link: StatusLink) -> str:
    """Return the address at which somebody without an account reads how things stand."""
    token = _signed(settings.secret_key, STATUS, link.id, link.mark)
    return public_address(settings, f"/s/{token}")


def read_status_token(secret: str, token: str) -> tuple[int, str] | None:
    """Return the number and ``mark`` of a link to the status out of its token, or nothing when it
    is none of ours.
    """
    return _read(secret, STATUS, token)


def duty_link(settings: Settings, duty: WaveDuty) -> str:
    """Return the address at which a named duty says go or no-go."""
    token = _signed(settings.secret_key, DUTIES, duty.id, duty.link_mark)
    return public_address(settings, f"/g/{token}")


def read_duty_token(secret: str, token: str) -> tuple[int, str] | None:
    """Return a named duty's number and ``link_mark`` out of a link's token, or nothing when it is
    none of ours.
    """
    return _read(secret, DUTIES, token)


def with_answer_link(
    session: Session, recipient: str, text: str, settings: Settings
) -> str:
    """Return a message with the recipient's own link in the place for it.

    The link lets whoever holds it answer for the person, so it stands in no table of messages.
    """
    kind, _, number = recipient.partition(":")
    if kind == SWITCH:
        return text.replace(LINK_HERE, _works_link_of(session, int(number), settings))
    if kind == REVIEW:
        review = session.get(AccessReview, int(number))
        there = review_link(settings, review) if review else ""
        return text.replace(LINK_HERE, there)
    if kind == DUTY:
        duty = session.get(WaveDuty, int(number))
        there = duty_link(settings, duty) if duty and duty.link_mark else ""
        return text.replace(LINK_HERE, there)
    if kind == PULSE:
        invitation = session.get(PulseInvitation, int(number))
        there = pulse_link(settings, invitation) if invitation else ""
        return text.replace(LINK_HERE, there)
    if kind == STATUS:
        link = session.get(StatusLink, int(number))
        there = status_address(settings, link) if link else ""
        return text.replace(LINK_HERE, there)
    if kind != PARTICIPANT:
        return text
    person = session.get(Participation, int(number))
    there = answer_link(settings, person) if person and person.link_mark else ""
    return text.replace(LINK_HERE, there)


def pulse_link(settings: Settings, invitation: PulseInvitation) -> str:
    """Return the address somebody is asked at in a pulse: short enough to be typed."""
    token = pulse_token(settings.secret_key, invitation)
    return public_address(settings, f"/u/{token}")


def pulse_token(secret: str, invitation: PulseInvitation) -> str:
    """Return the token of somebody asked in a pulse: their number and a short signature."""
    words = f"{PULSE}:{invitation.id}:{invitation.link_mark}"
    made = hmac.digest(secret.encode(), words.encode(), hashlib.sha256)[:SIGNATURE]
    return f"{invitation.id}.{base64.urlsafe_b64encode(made).decode('ascii')}"


def works_token(secret: str, ask: WorksAsk) -> str:
    """Return the token with which somebody who was moved says whether it still works."""
    return _signed(secret, WORKS, ask.id, ask.link_mark)


def works_link(settings: Settings, ask: WorksAsk) -> str:
    """Return the address somebody who was moved is given."""
    return public_address(settings, f"/w/{works_token(settings.secret_key, ask)}")


def read_works_token(secret: str, token: str) -> tuple[int, str] | None:
    """Return the number and ``link_mark`` of who is asked out of a link's token, or nothing when it
    is none of ours.
    """
    return _read(secret, WORKS, token)


def _works_link_of(session: Session, switch_id: int, settings: Settings) -> str:
    mine = select(WorksAsk).where(WorksAsk.switch_id == switch_id)
    ask = session.scalars(mine).one_or_none()
    return works_link(settings, ask) if ask and ask.link_mark else ""


def _signed(secret: str, salt: str, number: int, mark: str) -> str:
    return str(URLSafeSerializer(secret, salt).dumps([number, mark]))


def _read(secret: str, salt: str, token: str) -> tuple[int, str] | None:
    try:
        number, mark = URLSafeSerializer(secret, salt).loads(token)
    except (BadSignature, TypeError, ValueError):
        return None
    return number, mark


def mark_of(incident: Incident) -> str:
    """Return what stands in the subject of a mail to the requester, so that an answer is known by
    it.
    """
    return f"[#{incident.id}-{incident.mail_token}]"
