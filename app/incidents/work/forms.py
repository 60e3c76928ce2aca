"""Forms of work on an incident."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, SelectField, SelectMultipleField

from app.core.web.fields import Typed, picked, word, words
from app.core.web.forms import choices
from app.incidents.deeds import moment
from app.models.incidents.words import WaitingOn


class AssignForm(Typed):
    """Who works on it."""

    agent = picked(_("Who works on it"), _("Nothing typed: nobody."), kind="agents")


class WaitForm(Typed):
    """For whom or what it waits."""

    on = word(_("Whose turn is it?"), WaitingOn)
    why = words(_("What it waits for"), rows=2)
    until = moment(_("Until"), _("Then it is looked at again."))


class SayForm(Typed):
    """What is written down: a note, an answer the requester reads, or a step that was tried."""

    text = words(_("What there is to say"), rows=2)
    public = BooleanField()
    told = BooleanField(_("I told them by phone or in person"))
    files = SelectMultipleField(_("Files"), coerce=int, validate_choice=False)
    articles = SelectMultipleField(_("Articles"), coerce=int, validate_choice=False)
    level = SelectField(
        _("By"),
        choices=choices(
            [
                ("1", _("1st level")),
                ("2", _("2nd level")),
                ("3", _("3rd level or provider")),
            ]
        ),
        coerce=int,
        default=1,
    )
