"""Forms of stakeholders."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, SelectField

from app.core.web.fields import (
    Typed,
    chosen_id,
    day,
    line,
    picked,
    whole,
    word,
    words,
)
from app.core.web.forms import choices
from app.models.sponsors.words import ContactKind, StakeholderKind, Stance
from app.sponsors.rules import Scores

POWER = (("3", _("much")), ("2", _("some")), ("1", _("little")))


def _level(label: Any, hint: Any) -> SelectField:
    return SelectField(
        label, choices=choices(POWER), coerce=int, default=2, description=hint
    )


class HolderForm(Typed):
    """Who has a say, how much, and what matters to them."""

    name = picked(
        _("Who"),
        _("A person, a group, or a group of another company."),
        kind="people",
        loose=True,
        must=_("Say who it is."),
    )
    kind = word(_("That is a"), StakeholderKind)
    company = line(_("Of which company"), _("Only where it is not yours."))
    power = _level(_("Power"), _("How much they can help or stop it."))
    interest = _level(_("Interest"), _("How much it concerns them."))
    desired = word(
        _("Where they should stand"),
        Stance,
        _("Not everybody has to be for it."),
        default=Stance.SUPPORTIVE,
    )
    reason = words(_("Why they stand there"), rows=2)
    problem = words(
        _("The practical problem of theirs that it solves"),
        _("Why should they care? In their words."),
        rows=2,
    )
    complaint_id = chosen_id(
        _("Where that was heard"), _("One of the complaints this improvement answers.")
    )
    benefit = words(_("What is in it for them"), rows=2)
    driver = words(
        _("What pushes them"),
        _("A goal, a date, a boss; nothing moves who is not pushed by anything."),
        rows=2,
    )
    liaison = line(
        _("Who speaks for IT with them"), _("Knows IT and speaks their language.")
    )
    agents = words(
        _("Change agents among them"),
        _("Who adapts quickly and takes others along; one a line."),
        rows=2,
    )
    is_sponsor = BooleanField(_("Sponsor: answers for money and priority"))
    leads = words(
        _("Groups they lead"), _("Who has to hear it from them; one a line."), rows=2
    )


class StanceForm(Typed):
    """Where somebody stands today, and why."""

    stance = word(_("Where they stand"), Stance, default=Stance.NEUTRAL)
    day = day(_("Day"))
    reason = line(_("What says so"), _("What they said or did."))


class NewStakeholderForm(HolderForm):
    """The same, with where they stand now."""

    stance = word(_("Where they stand now"), Stance, default=Stance.UNAWARE)


class AssessForm(StanceForm):
    """The same, with the five scores."""

    awareness = whole(_("Know why (1–5)"))
    desire = whole(_("Want it (1–5)"))
    knowledge = whole(_("Know how (1–5)"))
    ability = whole(_("Can (1–5)"))
    reinforcement = whole(_("Something holds it in place (1–5)"))

    @property
    def scores(self) -> Scores:
        """Return the five scores."""
        names = [field.name for field in fields(Scores)]
        typed = {name: getattr(self, name).data for name in names}
        return Scores(**typed)


class HolderContactForm(Typed):
    """How somebody was in touch, what was tried, what came of it."""

    kind = word(_("How"), ContactKind)
    day = day(_("Day"))
    who = picked(_("Who of us"), kind="owners", loose=True)
    technique = line(
        _("What was tried"), _("Showed it, asked for help, let a colleague tell …")
    )
    result = words(_("What came of it"), rows=2)
    heard = BooleanField(_("They said or did something themselves"), default=True)


class StepForm(Typed):
    """What is to be done with somebody."""

    what = line(_("What is to be done"), must=_("Say what is to be done."))
    owner = picked(_("Who does it"), kind="owners", loose=True)
    due = day(_("Until when"))
