"""What leads a requester to the page of an incident: made when it is shown or sent, kept
nowhere.
"""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeSerializer

from app.core.addresses import public_address
from app.core.settings import Settings
from app.models.incidents.incident import Incident

SALT = "requester"


def link_token(secret: str, incident: Incident) -> str:
    """Return the token of an incident's link; a new ``mail_token`` makes every older link
    worthless.
    """
    return str(
        URLSafeSerializer(secret, SALT).dumps([incident.id, incident.mail_token])
    )


def link_of(settings: Settings, incident: Incident) -> str:
    """Return the address a requester is given."""
    return public_address(settings, f"/r/{link_token(settings.secret_key, incident)}")


def read_token(secret: str, token: str) -> tuple[int, str] | None:
    """Return the incident's number and ``mail_token`` out of a link's token, or nothing when it is
    none of ours.
    """
    try:
        number, mail_token = URLSafeSerializer(secret, SALT).loads(token)
    except (BadSignature, TypeError, ValueError):
        return None
    return number, mail_token


def mark_of(incident: Incident) -> str:
    """Return what stands in the subject of a mail to the requester, so that an answer is known by
    it.
    """
    return f"[#{incident.id}-{incident.mail_token}]"
