"""The form with which somebody gets a link to the status."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, SelectField

from app.core.web.fields import Typed, day, line, picked_row


class StatusLinkForm(Typed):
    """For whom, what it shows, until when."""

    for_whom = line(
        _("For whom"),
        _("A name. Whatever is answered with the link stands under it."),
        must=_("Say for whom it is."),
        longest=120,
    )
    improvement_id = picked_row(
        _("Only this improvement"),
        _("With what stands under it. Left empty, the link shows everything."),
        kind="improvements",
    )
    until = day(_("Until when"), _("Left empty: 90 days. At most a year."))
    mail = line(
        _("Once a week by mail to"),
        _("The same as the page. They stop it on their page. Left empty: none."),
        longest=200,
    )
    language = SelectField(_("In which language"), choices=[], validate_choice=True)
    decides = BooleanField(_("May answer what is asked, with one tap"), default=True)
