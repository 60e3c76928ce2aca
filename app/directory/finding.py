"""How rights are found from everywhere, and the pages and deeds of the directory."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from app.core.finding import Deed, Finder, Hit, Hits, Place, Question, named_hits
from app.models.directory import Entitlement


def find_rights(session: Session, asked: Question) -> Hits:
    """Find rights that are there by the name or the description of their group."""
    return named_hits(
        session,
        asked,
        (Entitlement.id, Entitlement.cn, Entitlement.description, Entitlement.dn),
        lambda row: Hit(
            row.id,
            row.cn,
            row.description or row.dn,
            asked.is_name(row.cn),
            row.dn,
        ),
        where=(Entitlement.gone_at.is_(None),),
    )


FINDERS = (
    Finder(
        "rights",
        _("Rights"),
        "key-round",
        "directory.right",
        "right_id",
        "directory.rights",
        find_rights,
    ),
)
PLACES = (
    Place("directory.rights", _("Rights"), _("groups memberships permissions")),
    Place("directory.index", _("Directory"), _("LDAP Active Directory readings")),
)
DEEDS = (
    Deed(
        "directory.freeze_ask",
        _("Freeze all changes"),
        "snowflake",
        _("stop halt emergency"),
        danger=True,
    ),
    Deed("directory.new", _("Connect a directory"), "server", _("new LDAP"), new=10),
    Deed("directory.ldif", _("Read an LDIF file"), "file-text", _("import")),
)
