"""Forms of those who run the desk."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField

from app.core.web.fields import Typed, line, number, whole, words
from app.incidents.rules import DeskNumbers

PRIORITIES = range(1, 6)


class NumbersForm(Typed):
    """All numbers of the desk; what is counted by priority has a field for each."""

    target_hours_1 = number(_("P1 critical"))
    target_hours_2 = number(_("P2 high"))
    target_hours_3 = number(_("P3 medium"))
    target_hours_4 = number(_("P4 low"))
    target_hours_5 = number(_("P5 planned"))
    untouched_hours_1 = number(_("P1 critical"))
    untouched_hours_2 = number(_("P2 high"))
    untouched_hours_3 = number(_("P3 medium"))
    untouched_hours_4 = number(_("P4 low"))
    untouched_hours_5 = number(_("P5 planned"))
    escalate_at = line(
        _("Management hears of it at these shares of the target"),
        _("1, 1.5, 2 means: when the target is over, half as much later, and so on."),
        longest=60,
    )
    kept_every = whole(
        _("Of so many places one is kept for the longest overdue"),
        _(
            "Behind the emergencies. 5 means: every fifth incident to take up is the one that "
            "is late longest."
        ),
    )
    most_hand_overs = whole(
        _("Hand-overs before the bounce lock"),
        _("After more of them only the service owner moves an incident."),
    )
    cost_per_weight_hour = number(
        _("Cost of one business hour of delay, for each point of a site's weight"),
        _("Money."),
    )
    currency = line(_("Currency"), longest=5)
    close_after_days = number(
        _("Days until a restored incident closes by itself"),
        _("Unless the requester objects."),
    )
    mass_from = whole(
        _("Open incidents at one site that suggest a mass incident"),
        _("Incidents on the same service."),
    )
    mass_minutes = whole(_("Minutes within which they count together"), _("Minutes."))
    recording_days = whole(_("Days a recorded call is kept"), _("Days."))
    problem_records = BooleanField(
        _("After restoration a problem record can be opened"),
        description=_("A later step. Off: the cause stands with the incident."),
    )
    individual_figures = BooleanField(
        _("Figures may be shown per person"),
        description=_(
            "Off unless everybody concerned agreed. Figures are there to improve how we work "
            "together, not to "
            "compare people; there is no ranking of people either way."
        ),
    )
    reason = words(
        _("Why the numbers change"), must=_("Say why the numbers change."), rows=2
    )

    @classmethod
    def of(cls, numbers: DeskNumbers) -> NumbersForm:
        """Return the form filled with these numbers, or with what was typed."""
        values: dict[str, Any] = {name: getattr(numbers, name) for name in PLAIN}
        for name in BY_PRIORITY:
            values |= {
                f"{name}_{priority}": hours
                for priority, hours in getattr(numbers, name).items()
            }
        values["escalate_at"] = ", ".join(f"{share:g}" for share in numbers.escalate_at)
        return cls(data=values)

    def numbers(self) -> DeskNumbers:
        """Return what was typed; something that is no number counts as 0, which the rules refuse by
        name.
        """
        typed: dict[str, Any] = {
            name: 0 if self[name].data is None else self[name].data for name in PLAIN
        }
        for name in BY_PRIORITY:
            typed[name] = {
                each: self[f"{name}_{each}"].data or 0 for each in PRIORITIES
            }
        return DeskNumbers(**typed, escalate_at=_shares(self.escalate_at.data or ""))


class BasicsForm(Typed):
    """The basics as text, one rule a line, in their order."""

    rules = words(
        _("Rules, one a line"),
        _(
            "The first sentence of a rule is its name: while it stays, its setting and figure "
            "stay too."
        ),
        must=_("Write at least one rule."),
        rows=14,
    )
    reason = words(_("Why they change"), must=_("Say why the basics change."), rows=2)


BY_PRIORITY = ("target_hours", "untouched_hours")
PLAIN = (
    "kept_every",
    "most_hand_overs",
    "cost_per_weight_hour",
    "currency",
    "close_after_days",
    "mass_from",
    "mass_minutes",
    "recording_days",
    "problem_records",
    "individual_figures",
)


def _shares(text: str) -> tuple[float, ...]:
    try:
        return tuple(
            float(part) for part in text.replace(";", ",").split(",") if part.strip()
        )
    except ValueError:
        return ()
