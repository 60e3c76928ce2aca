"""The form that starts a review."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import Typed, picked_row


class ReviewForm(Typed):
    """Who is asked."""

    owner = picked_row(
        _("Owner of rights"),
        _("Who says who may have them: a name is enough."),
        kind="people",
        must=_("Say who is asked."),
    )
