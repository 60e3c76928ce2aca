"""Which pages of the shell, and of what stands above it, are found from everywhere."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.finding import Place

PLACES = (
    Place("help.index", _("Help"), _("documentation how to chapters")),
    Place("audit.index", _("Audit"), _("trail history who did what")),
    Place("audit.verified", _("Verify the audit trail"), _("proof chain")),
    Place("upkeep.set_aside", _("Set aside"), _("failed not done")),
)
