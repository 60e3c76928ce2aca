"""Which pages about the whole are found from everywhere."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.finding import Deed, Place

PLACES = (
    Place("today.index", _("Today"), _("start home first page waits")),
    Place("programme.index", _("Programme"), _("how far adoption burn-up roles")),
    Place("programme.ready", _("Ready to move"), _("who can move today zero change")),
    Place("insight.report", _("Overview"), _("report of access rights where to begin")),
    Place("evidence.index", _("Evidence"), _("auditor proof pack who held what")),
    Place("insight.twins", _("People with the same rights"), _("sets twins report")),
)
DEEDS = (
    Deed("insight.proposed", _("Make the proposed role"), "layers", _("first rights")),
)
