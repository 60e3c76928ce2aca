"""Forms of what is gained and of what is written."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import Typed, line, picked_lines, words
from app.models.sponsors.words import WhomFor


class GainsForm(Typed):
    """What each audience gains."""

    top = words(
        _("Top management"),
        _(
            "Money, risk, what they answer for. It stands on the status page, also behind a link."
        ),
        rows=2,
    )
    managers = words(_("Managers"), rows=2)
    users = words(_("Users"), rows=2)
    desk = words(_("Service desk"), rows=2)
    it = words(_("IT"), rows=2)

    @property
    def gains(self) -> dict[WhomFor, str]:
        """Return what was typed for each audience."""
        return {whom: self[whom.name.lower()].data or "" for whom in WhomFor}


class WriteForm(Typed):
    """What is written, and to whom."""

    people = picked_lines(_("To whom"), _("One a line."), kind="people")
    subject = line(_("Subject"), must=_("Give it a title."), longest=200)
    text = words(
        _("Text"),
        _("Say it as you would to one of them; each gets it alone."),
        must=_("Write what is to be read."),
        rows=12,
    )
