"""The form in which one right is given to one person."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import Typed, day, line, picked, picked_row


class GiveForm(Typed):
    """Which right a person gets, why, whose it is, and until when."""

    right = picked_row(
        _("Right"), kind="rights", must=_("Say which right, by a part of its name.")
    )
    reason = line(_("Why"), must=_("Say why."))
    until = day(
        _("Until"),
        _("The last day; then it is taken off by itself. Empty: it stays."),
    )
    owner = picked(
        _("Who answers for it"),
        kind="owners",
        loose=True,
        must=_("Say who answers for the right."),
    )
