"""Forms of services and of what belongs to them."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField, SelectField

from app.catalog.matrix.rules import URGENCIES
from app.catalog.services.rules import QUESTIONS
from app.core.web.fields import (
    Typed,
    chosen_id,
    line,
    number,
    picked,
    picked_row,
    words,
)
from app.core.web.forms import choices
from app.models.catalog.words import ServiceKind

KINDS = choices(
    [
        (ServiceKind.CUSTOMER.value, _("A service for customers")),
        (ServiceKind.PART.value, _("A part for IT")),
    ]
)


class NewForm(Typed):
    """A service; its name is enough."""

    name = line(
        _("Name"),
        _("As its users call it."),
        must=_("Give it a name its users know."),
        longest=120,
    )
    kind = RadioField(
        _("What it is"),
        choices=KINDS,
        coerce=ServiceKind,
        default=ServiceKind.CUSTOMER.value,
    )
    is_it = BooleanField(
        _("IT provides it"),
        default=True,
        description=_("Leave it out for cars, rooms, keys…"),
    )


class TextsForm(NewForm):
    """What a service is, in a customer's words and in IT's."""

    summary = words(_("What it is"), _("In a customer's words: what can I do with it?"))
    how_to_get = words(
        _("How to get it"), _("What a customer does, whom to ask, how long it takes.")
    )
    not_included = words(_("What is not included"), rows=2)
    audience = line(_("For whom"), _("Like: everybody in sales."))
    for_it = words(
        _("For IT"), _("What it runs on and what to know. Customers do not see this.")
    )


class RunningForm(Typed):
    """Who answers for a service and who runs it."""

    owner = picked(
        _("Service owner"),
        _(
            "The one person who answers for it, also for what others do in it. Has to be able "
            "to sign in."
        ),
        kind="operators",
    )
    team_id = picked_row(
        _("Team that fixes it"), _("Ours or a provider's."), kind="teams"
    )
    through_owner = BooleanField(_("Hand-overs pass through the owner"))
    calendar_id = chosen_id(
        _("Service hours"), _("The business hours in which somebody works on it.")
    )
    price = number(
        _("Notional price"), _("Optional: what it would cost if it were bought.")
    )
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
