"""The form in which an incident is linked to what it belongs to."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import SelectField

from app.core.web.fields import Typed, picked
from app.core.web.forms import choices
from app.models.incidents.words import LinkKind


class LinkForm(Typed):
    """An improvement or a wave, and which of the two led to the other."""

    target = picked(
        _("Improvement or wave"), _("A part of its title or role."), kind="linked"
    )
    kind = SelectField(
        _("How they belong together"),
        choices=choices(
            [
                (LinkKind.CAUSE.value, _("The incident led to it")),
                (LinkKind.SYMPTOM.value, _("The incident came of it")),
            ]
        ),
        coerce=LinkKind,
    )
