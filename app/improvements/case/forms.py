"""Forms of the business case: what is asked for, how it was answered, what an hour is worth."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import SelectField

from app.core.web.fields import Typed, day, line, number, whole, word, words
from app.models.improvements.words import AskKind


class AskForm(Typed):
    """What the owner asks for."""

    text = words(
        _("What you ask for, in one sentence"),
        _("As in: decide whether all 300 get it, or 12 hours of the network team."),
        must=_("Say in one sentence what you ask for."),
        rows=2,
    )
    kind = word(_("What it takes"), AskKind)
    due = day(_("Until when"))


class AnswerForm(Typed):
    """How the question was answered."""

    answer = words(
        _("How it was answered, and by whom"),
        must=_("Say how it was answered."),
        rows=2,
    )


class SponsorMailForm(Typed):
    """To which address of the sponsor the weekly mail goes."""

    sponsor_mail = line(
        _("The sponsor's mail address"),
        _("Under each mail stands a link with which it is stopped. Empty: none."),
        longest=200,
    )
    sponsor_language = SelectField(
        _("In which language"), choices=[], validate_choice=True
    )


class WorthForm(Typed):
    """What brings hours and money together in one case."""

    hour_worth = number(
        _("What an hour is worth"),
        _("As in 45. Left empty, hours and money stay apart."),
    )
    worth_unit = line(_("In which money"), _("Like EUR."), longest=12)
    horizon_years = whole(
        _("Over how many years"), _("Yearly sums are added up over so many years.")
    )
