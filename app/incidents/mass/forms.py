"""Forms of mass incidents."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import SelectMultipleField

from app.core.web.edge import whole_number
from app.core.web.fields import Typed, words


class MassForm(Typed):
    """Where a mass incident is felt, and which reports belong to it."""

    sites = SelectMultipleField(
        _("Sites affected"), coerce=whole_number, choices=[], validate_choice=False
    )
    children = SelectMultipleField(
        _("These reports belong to it"),
        coerce=whole_number,
        choices=[],
        validate_choice=False,
    )


class MassReasonForm(Typed):
    """A reason."""

    reason = words(_("Why"), must=_("Say why."), rows=2)
