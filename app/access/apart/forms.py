"""The form of two rights that should not meet."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import Typed, line, picked_row


class ApartForm(Typed):
    """Two rights, and why nobody should hold both."""

    one = picked_row(_("This right"), kind="rights", must=_("Name a right."))
    other = picked_row(_("and this one"), kind="rights", must=_("Name a right."))
    reason = line(_("Why"), must=_("Say why they must not meet."))
