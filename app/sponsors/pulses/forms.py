"""The forms of pulses: what is asked, what people said, and what became of it."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField
from wtforms.validators import InputRequired

from app.core.web.fields import Typed, day, line, picked_lines, picked_row, word, words
from app.models.sponsors.words import PulseSplit, ThemeAnswer


class PulseForm(Typed):
    """What every pulse has: up to two questions on a scale, one to be answered freely."""

    title = line(_("What it is about"), _("Empty: as proposed."))
    first = line(
        _("First statement"),
        _("Answered from 1, not at all, to 5, wholly."),
    )
    second = line(_("Second statement"), _("May stay empty."))
    free = line(_("One open question"), _("May stay empty."))
    closes_on = day(_("Open until"))
    signed_by = line(_("Signed by"), must=_("Sign with a name."), longest=120)


class ImprovementPulseForm(PulseForm):
    """A pulse to the people of an improvement."""

    improvement_id = picked_row(
        _("Improvement"), kind="improvements", must=_("Choose the improvement.")
    )
    split = word(
        _("Show the result in parts"),
        PulseSplit,
        _("Only parts from which nobody can be told are shown."),
        default=PulseSplit.NONE,
    )


class SponsorPulseForm(PulseForm):
    """A check-in with the sponsor of an improvement."""

    improvement_id = picked_row(
        _("Improvement"), kind="improvements", must=_("Choose the improvement.")
    )


class StaffPulseForm(PulseForm):
    """A pulse to our own people about an improvement."""

    improvement_id = picked_row(
        _("Improvement"), kind="improvements", must=_("Choose the improvement.")
    )
    names = picked_lines(
        _("Whom to ask"),
        _("One name a line. Five or more, so that nobody is seen."),
        kind="owners",
    )

    def validate_names(self, field: Any) -> None:
        """Ask for people: nobody knows by itself whose work changes."""
        InputRequired(_("Say whom to ask."))(self, field)


class RelationshipPulseForm(PulseForm):
    """A pulse about working together, once a quarter for each unit."""

    service_id = picked_row(_("About this service"), kind="services")
    team_id = picked_row(_("or this team"), kind="teams")
    site_id = picked_row(_("or this site"), kind="sites")
    names = picked_lines(
        _("Whom to ask"),
        _("One name a line. Empty, with a site: everybody there."),
        kind="owners",
    )
    split = word(
        _("Show the result in parts"),
        PulseSplit,
        _("Only parts from which nobody can be told are shown."),
        default=PulseSplit.NONE,
    )


class ThemeForm(Typed):
    """Something several people said."""

    title = line(
        _("What several people said"),
        _("In your words, so that nobody is known by theirs."),
        must=_("Say what people said."),
    )
    finding = BooleanField(_("Make it a finding of the improvement"))


class ThemeAnswerForm(Typed):
    """What became of it."""

    answer = word(_("What became of it"), ThemeAnswer, default=ThemeAnswer.DID)
    text = words(
        _("What we did, or why we did not"), must=_("Say what you did, or why not.")
    )
