"""How roles are found from everywhere, and the pages and deeds of their room."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from app.core.finding import Deed, Finder, Hit, Hits, Place, Question, named_hits
from app.models.access.role import Role


def find_roles(session: Session, asked: Question) -> Hits:
    """Find roles in use by their name and what they are for."""
    return named_hits(
        session,
        asked,
        (Role.id, Role.name, Role.purpose),
        lambda row: Hit(row.id, row.name, row.purpose, asked.is_name(row.name)),
        where=(Role.retired_at.is_(None),),
    )


FINDERS = (
    Finder(
        "roles",
        _("Roles"),
        "layers",
        "access.role",
        "role_id",
        "access.roles",
        find_roles,
    ),
)
PLACES = (
    Place("access.roles", _("Roles"), _("sets of rights")),
    Place("access.suggestions", _("Which role next"), _("suggestion role mining")),
    Place("access.exceptions", _("Exceptions"), _("rights until a day")),
    Place("access.turnover", _("Joined, moved, left"), _("joiner mover leaver")),
    Place("access.turnover_leftovers", _("Rights of people who left"), _("leftovers")),
    Place("access.apart", _("Rights that should not meet"), _("separation of duties")),
    Place("access.reviews", _("Access reviews"), _("recertification owners questions")),
    Place("access.waves", _("Waves"), _("plans moves switches")),
    Place("access.undo_health", _("Undo health"), _("take back conflicts impossible")),
    Place("access.drift", _("Drift"), _("differences lost came back strangers repair")),
)
DEEDS = (
    Deed(
        "people.index",
        _("Move a person…"),
        "user-round",
        _("plan into role"),
        needs="access.role_plan",
    ),
    Deed("access.role_new", _("New role"), "layers", _("make"), new=5),
    Deed("access.review_new", _("New access review"), "list-checks", _("ask owners")),
)
