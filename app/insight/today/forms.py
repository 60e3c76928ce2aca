"""How an operator wants to be told of what waits."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField

from app.core.web.fields import Typed, line
from app.core.web.forms import choices
from app.models.insight import NoticeHow


class NoticeForm(Typed):
    """By mail at once, daily or never, to which address; and in this browser."""

    how = RadioField(
        _("A mail of what waits for you"),
        choices=choices(
            [
                (NoticeHow.NEVER.value, _("never")),
                (NoticeHow.AT_ONCE.value, _("at once")),
                (NoticeHow.DAILY.value, _("once a day, in the morning")),
                (
                    NoticeHow.WEEKLY.value,
                    _("once a week, with how your improvements stand"),
                ),
            ]
        ),
        coerce=NoticeHow,
        default=NoticeHow.NEVER,
    )
    mail = line(_("Your mail address"))
    here = BooleanField(_("A notice of this browser too, while a page of Rung is open"))
