"""The browser's side of signing in: nothing that was planted before survives it."""

from __future__ import annotations

from flask import g, session
from flask_babel import lazy_gettext as _
from flask_login import login_user

from app.auth import SignedIn, queries
from app.core.parts import parts

NOT_YOURS = _("You are signed in. What somebody else had typed before was not sent.")


def enter(token: str) -> SignedIn | None:
    """Let this browser in with the token of a sign-in just begun, and return who it is."""
    with parts().database.read() as database:
        operator = queries.signed_in(database, token, parts().now())
    session.clear()
    g.pop("csrf_token", None)  # it belonged to the session before
    login_user(operator)
    return operator
