"""The form with which a small rung begins."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import line, picked, picked_lines, yes_no
from app.improvements.rungs.forms import RungForm


class BeginForm(RungForm):
    """Who tries it, what, until when; whatever else a plan may hold can be said too."""

    names = picked_lines(
        _("Who tries it"),
        _("One name a line. The first rung is one person."),
        kind="owners",
    )
    owner = picked(
        _("Owner"),
        _("Exactly one; you, unless you name somebody."),
        kind="owners",
        loose=True,
    )
    next_what = line(
        _("What happens next"),
        _("Empty: to see how it goes for those who try it, within 14 days."),
    )
    reason = line(
        _("Why there is room for one more"),
        _("As many are in progress as the limit allows: finish one first, or say why."),
    )
    desk_involved = yes_no(
        _("Is the service desk involved?"),
        _("Ask at the start; “no” is an answer."),
        unknown=_("not asked yet"),
    )
