"""Forms of complaints."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import SelectField

from app.core.web.fields import Typed, day, line, picked, picked_row, word, words
from app.core.web.forms import choices
from app.models.improvements.words import Defect

SEVERITIES = choices(
    [
        ("1", _("1, a nuisance")),
        ("2", _("2, costs time")),
        ("3", _("3, work suffers")),
        ("4", _("4, work stops")),
    ]
)


class VoiceForm(Typed):
    """Somebody who said it."""

    who = picked(
        _("Who said it"), kind="names", loose=True, must=_("Say who complained.")
    )
    text = words(_("In their words"), rows=2)
    said_on = day(_("When"))
    site_id = picked_row(
        _("Where they work"),
        _("Its business weight counts in the ranking."),
        kind="sites",
    )


class ComplaintChangeForm(Typed):
    """What a complaint is about, and how bad it is."""

    title = line(
        _("What is the complaint?"),
        must=_("Say in a few words what the complaint is."),
        longest=200,
    )
    defect = word(_("What it is about"), Defect)
    severity = SelectField(
        _("How bad is it?"), choices=SEVERITIES, coerce=int, default="2"
    )


class ComplaintForm(VoiceForm, ComplaintChangeForm):
    """A complaint with the first who said it."""


class AnswerForm(Typed):
    """An answer to a complaint."""

    answer = words(_("Answer"), must=_("Write the answer."))


class JoinForm(Typed):
    """Which improvement works on a complaint."""

    improvement_id = picked_row(
        _("An improvement works on it"),
        kind="larger",
        must=_("Name the improvement."),
    )
