"""Which pages and deeds about operators are found from everywhere."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.finding import Deed, Place

PLACES = (
    Place("auth.account", _("Your account"), _("password sign-ins time zone look")),
    Place("auth.operators", _("Operators"), _("permissions users administrators")),
)
DEEDS = (Deed("auth.operator_new", _("New operator"), "user-plus", _("add"), new=9),)
