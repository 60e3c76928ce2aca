"""Forms of services and of what belongs to them."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, SelectField

from app.catalog.rules.priority import URGENCIES
from app.catalog.rules.raci import LETTERS
from app.catalog.rules.urgency import QUESTIONS
from app.core.web.fields import Typed, chosen_id, line, number, pasted, word, words
from app.core.web.forms import choices
from app.models.catalog.words import Letter, ServiceKind, ServiceNoteKind

KINDS = choices(
    [
        (ServiceKind.CUSTOMER.value, _("A service for customers")),
        (ServiceKind.PART.value, _("A part for IT")),
    ]
)


class NewForm(Typed):
    """A service; its name is enough."""

    name = line(
        _("Name"), _("As its users call it."), must=_("Give it a name its users know."), longest=120
    )
    kind = RadioField(
        _("What it is"), choices=KINDS, coerce=ServiceKind, default=ServiceKind.CUSTOMER.value
    )
    is_it = BooleanField(
        _("IT provides it"), default=True, description=_("Leave it out for cars, rooms, keys…")
    )


class TextsForm(NewForm):
    """What a service is, in a customer's words and in IT's."""

    summary = words(_("What it is"), _("In a customer's words: what can I do with it?"))
    how_to_get = words(
        _("How to get it"), _("What a customer does, whom to ask, how long it takes.")
    )
    not_included = words(_("What is not included"), rows=2)
    audience = line(_("For whom"), _("Like: everybody in sales."))
    for_it = words(_("For IT"), _("What it runs on and what to know. Customers do not see this."))


class RunningForm(Typed):
    """Who answers for a service and who runs it."""

    owner = SelectField(
        _("Service owner"),
        choices=[],
        validate_choice=False,
        description=_(
            "The one person who answers for it, also for what others do in it. Has to be able "
            "to sign in."
        ),
    )
    team_id = chosen_id(_("Team that fixes it"), _("Ours or a provider's."))
    through_owner = BooleanField(_("Hand-overs pass through the owner"))
    calendar_id = chosen_id(
        _("Looked after in"), _("The business hours in which somebody works on it.")
    )
    price = number(_("Notional price"), _("Optional: what it would cost if it were bought."))
    price_unit = line(_("Price per"), _("Like: EUR a person and month."), longest=60)


EDITS: dict[str, tuple[type[Typed], Any]] = {
    "texts": (TextsForm, _("What is it, and how does one get it?")),
    "running": (RunningForm, _("Who answers for it, who runs it?")),
}


class UrgencyForm(Typed):
    """How a service is tied to the main business process, and the urgency that follows."""

    main_process = line(
        _("Main business process"),
        _("What the company earns its money with, like: sell in the outlets."),
    )
    tie = RadioField(QUESTIONS[0].text, choices=[])
    soon = RadioField(QUESTIONS[1].text, choices=[])
    way = RadioField(QUESTIONS[2].text, choices=[])
    urgency = SelectField(
        _("Urgency"), choices=[], coerce=lambda value: int(value) if value else None
    )
    reason = line(_("Why another one than suggested?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in QUESTIONS:
            self[question.key].choices = choices(
                [(answer.key, answer.text) for answer in question.answers]
            )
            self[question.key].validate_choice = False
        levels = [(str(key), f"{key}, {text}") for key, text in URGENCIES.items()]
        self.urgency.choices = choices([("", _("as the answers suggest")), *levels])

    @property
    def answers(self) -> dict[str, str]:
        """Return the answers that were given, by question."""
        return {
            question.key: self[question.key].data
            for question in QUESTIONS
            if self[question.key].data
        }


class PartForm(Typed):
    """A part a service needs."""

    part_id = chosen_id(_("It needs"))
    note = line(_("What for"), longest=200)


class DutyForm(Typed):
    """What a party does for a process of a service."""

    of_process = line(
        _("Process"), _("Nothing typed: the service itself."), longest=60, list="processes"
    )
    party = line(
        _("Team, role or person"),
        must=_("Say which team, role or person."),
        longest=80,
        list="parties",
    )
    letter = SelectField(
        _("Is"),
        choices=choices([(each.value, f"{each.value}, {LETTERS[each.value]}") for each in Letter]),
    )


class RightForm(Typed):
    """A right that opens a service."""

    right = line(
        _("Right"), _("The name of the group, or its DN."), must=_("Name the right."), list="rights"
    )


class FactForm(Typed):
    """Something the desk has to ask for."""

    name = line(_("What to ask for"), must=_("Say what the desk has to ask for."), longest=80)
    hint = line(_("Where the caller finds it"), longest=200)
    required = BooleanField(_("The desk may not go on without it"), default=True)


class ServiceNoteForm(Typed):
    """A decision or a dispute."""

    kind = word(_("Kind"), ServiceNoteKind)
    text = words(
        _("What was decided, or is disputed?"), must=_("Write what was decided or is disputed.")
    )


class SettleForm(Typed):
    """How a dispute was settled."""

    how = words(_("How was it settled?"), must=_("Say how it was settled."), rows=2)


class RetireForm(Typed):
    """End a service."""

    reason = words(
        _("Why?"), _("Those who look for it later read this."), must=_("Say why."), rows=2
    )
    successor_id = chosen_id(_("What takes its place"))


class ServiceMergeForm(Typed):
    """Make a service part of another one."""

    successor_id = chosen_id(_("Merge it into"))
    reason = words(_("Why?"), must=_("Say why."), rows=2)


class SplitForm(Typed):
    """Make several services of one."""

    names = words(
        _("The new services"), _("One a line, at least two."), must=_("Name at least two services.")
    )
    reason = words(_("Why?"), must=_("Say why."), rows=2)
    keep = BooleanField(_("Keep the old one as the composite of the new ones"))


ENCODINGS = (
    ("", _("Find out")),
    ("utf-8", _("UTF-8, as spreadsheets export today")),
    ("cp1252", _("Windows (Western Europe)")),
)


class ServicesFileForm(Typed):
    """A catalogue as a file."""

    file = FileField(
        _("CSV file"),
        description=_("One service a line, with a heading line; “name” is all it needs."),
    )
    encoding = SelectField(
        _("Letters are written in"), choices=choices(ENCODINGS), validate_choice=False
    )
    text = pasted(_("Or paste its lines"))
