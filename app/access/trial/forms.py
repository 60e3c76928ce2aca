"""The form in which a right is tried without."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import Typed, line, picked_row, whole


class TrialForm(Typed):
    """Which right is switched off, for how many days, and why."""

    right = picked_row(
        _("Right"), kind="rights", must=_("Say which right, by a part of its name.")
    )
    days = whole(_("Days"), _("1 to 90. An incident on its service brings it back."))
    reason = line(_("Why"), must=_("Say why."))
