"""Which pages about the whole are found from everywhere."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.finding import Place

PLACES = (
    Place("insight.start", _("Start"), _("home first page")),
    Place("insight.twins", _("People with the same rights"), _("sets twins report")),
)
