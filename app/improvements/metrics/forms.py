"""Forms of metrics and their values."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import BooleanField

from app.core.web.fields import Typed, day, line, number, pasted, word, words
from app.models.improvements.words import (
    Direction,
    Joining,
    MetricRole,
    MetricScope,
    MetricSource,
    Period,
    Tally,
)
from app.models.incidents.words import DeskFigure


class MetricForm(Typed):
    """What is measured, how, and which way is better."""

    name = line(
        _("What is measured"),
        _("Like “Hours until restored” or “Calls about the same thing”."),
        must=_("Name what is measured."),
        longest=120,
    )
    definition = words(
        _("How it is counted"),
        _("So that two people counting get the same number."),
        rows=2,
    )
    role = word(
        _("What it is for"),
        MetricRole,
        _("One primary metric; guardrails must not get worse."),
    )
    direction = word(_("Which way is better"), Direction)
    unit = line(_("Unit"), _("Like hours, calls, %."), longest=40)
    target = number(
        _("Target"), _("Where you want to be; leave it empty while nobody knows.")
    )
    tally = word(
        _("What kind of number"),
        Tally,
        _(
            "A share is typed as how many of how many, a rate as events on how many; the fewer "
            "cases, the wider its limits. Rare events are drawn as the time between them."
        ),
        default=Tally.MEASURED,
    )
    period = word(_("One value stands for a"), Period, default=Period.WEEK)
    scope = word(
        _("Whose values"),
        MetricScope,
        _(
            "A service's figure hardly moves while one of 300 people has changed; "
            "participants' does."
        ),
    )
    source = word(_("Where values come from"), MetricSource)
    desk_figure = word(
        _("Figure of the desk"),
        DeskFigure,
        _(
            "Measured by itself after each period, out of the incidents of the improvement's "
            "service, or of everybody."
        ),
        none=_("none, typed in by hand"),
    )
    floor = number(_("Cannot be below"), _("0 for counts and durations."))
    skewed = BooleanField(
        _("It is a duration, or has a long tail"),
        description=_(
            "Then limits are worked out on logarithms, or a run chart is drawn."
        ),
    )
    full_count = BooleanField(
        _("It counts everything, nothing is sampled"),
        description=_("Like rights in a directory: then every difference is real."),
    )


class ValueForm(Typed):
    """One value."""

    day = day(_("Day"), _("Any day of the period."))
    value = number(_("Value"))
    whole = number(_("Of how many"))


class PastedForm(Typed):
    """Several values: pasted, or from a file."""

    text = pasted(
        _("Paste values"),
        _(
            "A day and a value a line, like “2026-03-02 12.5”, or two columns of a spreadsheet."
        ),
    )
    file = FileField(_("Or a CSV file"))


class CorrectionForm(Typed):
    """A right value in place of a wrong one."""

    value = number(
        _("Right value"), _("Leave it empty if nothing was measured after all.")
    )
    whole = number(_("Of how many"))
    reason = line(_("Why was it wrong"), must=_("Say why the value was wrong."))


class RebaseForm(Typed):
    """From when new limits hold, and why."""

    day = day(_("New limits from"))
    reason = line(
        _("What changed on that day"),
        must=_("Say what changed on that day; limits do not move by themselves."),
    )


class LeaveOutForm(Typed):
    """Why a point does not count."""

    reason = line(
        _("Why it does not count"),
        _("Like “the telephones were down for three days”. A result is no reason."),
        must=_("Say why this point does not count."),
    )


class PeriodForm(Typed):
    """Which period values stand for from now on, and how they are put together."""

    period = word(_("One value stands for a"), Period)
    together = word(
        _("Values that fall together become"),
        Joining,
        none=_("what is usual for this kind of number"),
    )
    reason = line(
        _("Why the period changes"),
        _("Like “the numbers come once a week”."),
        must=_("Say why the period changes."),
    )
