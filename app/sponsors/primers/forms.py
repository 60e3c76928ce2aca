"""Forms of primers and of where to learn more."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import Typed, line, word, words
from app.models.sponsors.words import WhomFor


class PrimerForm(Typed):
    """A primer in other words."""

    title = line(_("Title"), must=_("Give it a title."))
    text = words(
        _("Text"),
        _("Short: what somebody reads in a minute. An empty line begins a paragraph."),
        must=_("Say it in 1 to 4,000 signs."),
        rows=12,
    )


class LearningForm(Typed):
    """Where to learn more."""

    title = line(_("What is there"), must=_("Say what is there."))
    address = line(
        _("Address"),
        _("Begins with https:// or http://."),
        must=_("Give an address that begins with https:// or http://."),
    )
    whom = word(_("For whom"), WhomFor, none=_("everybody"))
