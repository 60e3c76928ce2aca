"""Which pages and deeds about operators are found from everywhere."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from app.auth.queries import can_sign_in
from app.core.finding import Deed, Finder, Hit, Hits, Place, Question, among


def find_operators(session: Session, asked: Question, permission: str = "") -> Hits:
    """Find who can sign in, and has a permission, by name."""
    hits = (
        Hit(one.id, one.name, exact=asked.is_name(one.name), key=one.name)
        for one in can_sign_in(session)
        if not permission or permission in one.permissions
    )
    return among(asked, hits)


def find_agents(session: Session, asked: Question) -> Hits:
    """Find who can have an incident in hand: operators of the desk."""
    return find_operators(session, asked, "desk")


PICKERS = (
    Finder(
        "operators",
        _("Operators"),
        "users",
        "auth.operators",
        "operator_id",
        "auth.operators",
        find_operators,
        picks=("catalog.service_edit",),
    ),
    Finder(
        "agents",
        _("Agents"),
        "users",
        "incidents.new",
        "operator_id",
        "auth.operators",
        find_agents,
    ),
)

PLACES = (
    Place("auth.account", _("Your account"), _("password sign-ins time zone look")),
    Place("auth.operators", _("Operators"), _("permissions users administrators")),
)
DEEDS = (Deed("auth.operator_new", _("New operator"), "user-plus", _("add"), new=9),)
