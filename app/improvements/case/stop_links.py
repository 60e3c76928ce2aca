"""The link under a sponsor's weekly mail with which it is stopped; kept nowhere."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeSerializer

from app.core.addresses import public_address
from app.core.settings import Settings

SALT = "weekly"


def stop_link(settings: Settings, mail: str) -> str:
    """Return the address under which somebody stops the weekly mail to ``mail``."""
    token = URLSafeSerializer(settings.secret_key, SALT).dumps(mail)
    return public_address(settings, f"/weekly/{token}")


def stopped_mail(secret: str, token: str) -> str:
    """Return whose mail a link stops, or nothing when it is none of ours."""
    try:
        return str(URLSafeSerializer(secret, SALT).loads(token))
    except BadSignature:
        return ""
