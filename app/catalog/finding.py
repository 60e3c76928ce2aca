"""How services are found from everywhere, and the pages and deeds of the catalogue."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from app.core.finding import Deed, Finder, Hit, Hits, Place, Question, named_hits
from app.models.catalog.service import Service
from app.models.catalog.words import ServiceState


def find_services(session: Session, asked: Question) -> Hits:
    """Find services that are not retired by what they are called and what they are for."""
    return named_hits(
        session,
        asked,
        (Service.id, Service.name, Service.summary, Service.owner),
        lambda row: Hit(
            row.id, row.name, row.summary or row.owner, asked.is_name(row.name)
        ),
        where=() if asked.row else (Service.state != ServiceState.RETIRED,),
    )


FINDERS = (
    Finder(
        "services",
        _("Services"),
        "package",
        "catalog.service",
        "service_id",
        "catalog.index",
        find_services,
        picks=("incidents.new", "knowledge.article_new"),
    ),
)
PLACES = (
    Place("catalog.index", _("Services"), _("catalogue")),
    Place("catalog.duties", _("Who answers for what"), _("owners duties responsible")),
    Place("catalog.scripts", _("Influence scripts"), _("questions intake")),
    Place("catalog.matrix", _("Priority matrix"), _("impact urgency priorities")),
    Place("catalog.calendars", _("Business hours"), _("calendars holidays")),
    Place("catalog.public_catalogue", _("Public catalogue"), _("customers services")),
)
DEEDS = (
    Deed("catalog.service_new", _("New service"), "package", _("add"), new=6),
    Deed("catalog.calendar_new", _("New business hours"), "calendar", _("calendar")),
    Deed("catalog.services_import", _("Import services"), "upload", _("CSV")),
    Deed("catalog.matrix_edit", _("Change the priority matrix"), "pencil"),
)
