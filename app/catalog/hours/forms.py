"""Forms of business hours."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField

from app.core.web.fields import Typed, line, words

EACH_DAY = _(
    "Like 08:00–12:00, 13:00–17:00; empty is closed, 00:00–24:00 the whole day."
)


class CalendarForm(Typed):
    """Name, time zone and week of a calendar."""

    name = line(_("Name"), must=_("Give the calendar a name."), longest=120)
    timezone = line(
        _("Time zone"),
        _("Like Europe/Berlin."),
        must=_("Type a time zone."),
        longest=60,
    )
    monday = line(_("Monday"), EACH_DAY, longest=200)
    tuesday = line(_("Tuesday"), longest=200)
    wednesday = line(_("Wednesday"), longest=200)
    thursday = line(_("Thursday"), longest=200)
    friday = line(_("Friday"), longest=200)
    saturday = line(_("Saturday"), longest=200)
    sunday = line(_("Sunday"), longest=200)
    is_office = BooleanField(
        _("These are the hours of the desk"),
        description=_(
            "Reports that name no service yet, such as mail of the night, count in them."
        ),
    )


class HolidaysForm(Typed):
    """Pasted holidays."""

    holidays = words(
        _("Holidays to add"),
        _("One a line: 2026-12-25 Christmas. Days already there get the new name."),
        rows=5,
    )
