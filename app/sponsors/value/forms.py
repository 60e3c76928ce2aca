"""Forms of published figures and of thanks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField

from app.core.web.fields import Typed, day, line, words


class PublishForm(Typed):
    """What a figure is for."""

    purpose = words(
        _("What it is for"),
        _("It stands beside the figure. No figure is of single people."),
        must=_("Say what the figure is for."),
        rows=2,
    )


class ThanksForm(Typed):
    """Thanks as they were said."""

    text = words(_("What was said"), must=_("Write down what was said."), rows=3)
    said_by = line(_("By whom"), _("Read here only, never in public."), longest=120)
    whom = line(_("To which team"), _("Left empty: to all of us."), longest=120)
    said_on = day(_("When"), _("Left empty: today."))
    manner = BooleanField(
        _("It was for how we are with people, not for one thing done")
    )
    open = BooleanField(_("Everybody may read the words, without the name"))
