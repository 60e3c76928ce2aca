"""Forms of participants."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import (
    Typed,
    day,
    line,
    number,
    picked_lines,
    picked_row,
    words,
    yes_no,
)


class InviteForm(Typed):
    """Who takes part, by name."""

    names = picked_lines(
        _("Who takes part"),
        _("One name a line. Names of the directory are recognised."),
        kind="owners",
    )
    technique = line(
        _("What moved them"),
        _("A talk, a demo, a mail, a colleague: so that you learn what works."),
    )


class PersonForm(Typed):
    """What is known of one participant."""

    technique = line(_("What moved them"))
    feedback = words(
        _("What they say"),
        _("In their words. It counts as unread until somebody reads it."),
    )
    would_go_back = yes_no(_("Would they go back?"), unknown=_("not asked"))
    saved = number(_("What it saves them"))
    last_used_on = day(_("Last used on"))
    site_id = picked_row(_("Site"), kind="sites")
