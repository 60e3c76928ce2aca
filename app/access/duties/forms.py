"""The form in which a duty is named."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.access.duties.rules import LONGEST_DUTY
from app.core.web.fields import Typed, line, picked_row


class DutyForm(Typed):
    """Which duty is asked, and who has it."""

    duty = line(
        _("Duty"),
        _("Like: Head of sales."),
        must=_("Say in a few words which duty it is."),
        longest=LONGEST_DUTY,
    )
    person = picked_row(
        _("Person"),
        _("Who says go or no-go: a name is enough."),
        kind="people",
        must=_("Say who is asked."),
    )
