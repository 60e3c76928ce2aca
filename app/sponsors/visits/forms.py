"""Forms of visits."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import (
    Typed,
    chosen_id,
    line,
    picked,
    picked_row,
    word,
    words,
)
from app.core.web.fields import day as day_of
from app.models.sponsors.words import ContactKind, HeardKind


class VisitForm(Typed):
    """Whom somebody goes to, how, when, who goes and why."""

    site_id = picked_row(_("Site"), kind="sites")
    stakeholder_id = chosen_id(_("Who of the stakeholders"))
    whom = line(_("Or whom else"), _("A unit, as “Accounting”."))
    kind = word(_("How"), ContactKind, default=ContactKind.VISIT)
    day = day_of(_("Day"))
    owner = picked(_("Who goes"), kind="owners", loose=True)
    why = words(_("What for"), rows=2)


class HeldForm(Typed):
    """What was heard, and when."""

    heard = words(
        _("What was heard"),
        _("In their words. It is read by who may know of stakeholders alone."),
        must=_("Say what was heard."),
        rows=3,
    )
    day = day_of(_("Day"), _("Left empty: today."))


class HeardForm(Typed):
    """What something that was heard becomes."""

    kind = word(_("It becomes a"), HeardKind, default=HeardKind.FINDING)
    text = line(_("What was heard"), must=_("Say what was heard."))
    improvement_id = picked_row(_("Of which improvement"), kind="improvements")
    owner = picked(_("Who does it"), _("Of a task."), kind="owners", loose=True)
    due = day_of(_("Until when"))
