"""The form that refuses a suggestion."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import Typed, line


class RefuseForm(Typed):
    """Why a set of rights is not to be a role."""

    reason = line(
        _("Why not"),
        _("It does not come back, nor does what is nearly the same."),
        must=_("Say why not."),
    )
