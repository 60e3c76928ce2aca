"""The form of the team page."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField

from app.core.web.fields import Typed, words


class TeamPageForm(Typed):
    """Who we are, in plain words."""

    purpose = words(
        _("What IT is for"),
        _("In words somebody outside understands, as “so that you can do your work”."),
        must=_("Say what IT is for."),
        rows=3,
    )
    who = words(_("Who we are"), rows=2)
    reach = words(
        _("How we are reached"),
        _(
            "Telephone, mail, where we sit, when; also in writing, for who prefers that."
        ),
        must=_("Say how you are reached."),
        rows=3,
    )
    looks_after = words(
        _("What each looks after"),
        _("One a line, by team, as “Service desk: everything, first”."),
        rows=4,
    )
    names = words(_("People by name"), _("One a line, with what they do."), rows=3)
    agreed = BooleanField(_("All who are named agreed to stand there in public"))
    open = BooleanField(
        _("Everybody may read this page, without the names unless agreed")
    )
