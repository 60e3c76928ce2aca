"""Forms of a rung: its plan, what it showed, a check-in."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from app.core.web.fields import (
    Figure,
    Typed,
    chosen_id,
    day,
    line,
    number,
    whole,
    word,
    words,
    yes_no,
)
from app.improvements.rungs.actions import PLAN
from app.models.improvements.words import Level


class Percent(Figure):
    """A share, typed in per cent and kept as 0–1."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the share. Raises ``ValueError`` with what to type instead."""
        super().process_formdata([text.replace("%", "") for text in valuelist])
        self.data = None if self.data is None else self.data / 100

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data * 100:g}"


USUAL = {"planned_size": 1, "minimum_points": 8, "observe_days": 0}
"""What a plan holds where nothing was typed."""


class RungForm(Typed):
    """What every rung may say of itself, a small one too."""

    what_changes = words(
        _("What changes"),
        _("One change, small enough that you will know what it did."),
        rows=2,
    )
    ends_on = day(_("Last day"))
    budget_hours = number(_("Hours the two people may spend"))
    metric_id = chosen_id(_("Which metric will move"))
    expected = number(_("To which value"))
    confidence = whole(_("How sure, in per cent"))
    prediction_note = words(_("Why you expect that"), rows=2)
    risk_level = word(_("Risk of this rung"), Level, none=_("not said"))
    cost_level = word(_("Cost of this rung"), Level, none=_("not said"))
    size_reason = words(
        _("Why it has to be larger than advised"),
        _(
            "A big step is allowed with a written reason; it is printed in the business case."
        ),
        rows=2,
    )
    simple_reason = words(
        _("Why it is not simpler"),
        _("Needed where risk or cost is high; it stands beside the plan."),
        rows=2,
    )

    def plan(self) -> dict[str, Any]:
        """Return what was typed of the plan, with what is usual where a number was left out."""
        values = {name: value for name, value in self.values().items() if name in PLAN}
        for name, usual in USUAL.items():
            if name in values and values[name] is None:
                values[name] = usual
        return values


class PlanForm(RungForm):
    """What is tried, with whom, for how long, and what is expected of it."""

    planned_size = whole(_("How many people"))
    starts_on = day(_("First day"))
    verdict_not_before = day(
        _("No verdict before"), _("A day before which nobody may call it a success.")
    )
    minimum_points = whole(_("Points needed for a verdict"))
    observe_days = whole(
        _("Days each person is observed"),
        _("Before somebody can be counted as accepted."),
    )
    start_reason = words(_("Why it does not start where you are"), rows=2)


class ChangeDayForm(Typed):
    """From which day on the change holds."""

    day = day(_("The change holds from"))
    why = line(_("Why it is noted only now"))


class ShownForm(Typed):
    """What is written down while a rung runs and is looked at."""

    spent_hours = number(_("Hours the two people spent"))
    pulse = Percent(
        _("Satisfied participants, in per cent"),
        description=_("From a short survey; it counts from 5 answers on."),
        render_kw={"inputmode": "decimal", "class": "short"},
    )
    pulse_floor = Percent(
        _("Floor for that, in per cent"),
        render_kw={"inputmode": "decimal", "class": "short"},
    )
    incidents_quiet = yes_no(
        _("Are the participants' incidents no more than usual?"),
        unknown=_("nobody looked yet"),
    )
    incidents_note = words(_("What was seen"), rows=2)
    support_change = number(_("Change of the stakeholders' support, in points"))


class WindowForm(Typed):
    """The days of a rung that has started, put right."""

    changed_on = day(_("The change holds from"))
    ends_on = day(_("Last day"))
    verdict_not_before = day(
        _("No verdict before"), _("Empty: as soon as there are points enough.")
    )
    why = line(
        _("Why the days are put right"),
        _("Like “the clock of the server ran five days ahead”."),
        must=_("Say why the days are put right."),
    )


class ClosedWindowForm(Typed):
    """The first day of a rung that is closed, put right."""

    changed_on = day(_("The change held from"))
    why = line(
        _("Why the days are put right"), must=_("Say why the days are put right.")
    )


class CheckInForm(Typed):
    """The five questions of the Toyota kata."""

    target = words(_("What is the target condition?"), rows=2)
    actual = words(_("What is the actual condition now?"), rows=2)
    obstacle = words(
        _("Which obstacle do you work on now?"), _("One, of all that you see."), rows=2
    )
    next_step = words(_("What is the next step, and what do you expect of it?"), rows=2)
    learned = words(_("What did you learn from the last step?"), rows=2)


def metric_choices(series: Any) -> list[tuple[str, Any]]:
    """Return the metrics an iteration may predict, with nothing chosen first."""
    return [
        ("", _("not chosen")),
        *((str(one.metric.id), one.metric.name) for one in series),
    ]
