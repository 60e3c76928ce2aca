"""The form of one message."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField, SelectMultipleField

from app.core.web.edge import whole_number
from app.core.web.fields import Typed, line, whole, words
from app.core.web.forms import choices
from app.incidents.inform.queries import REPORTERS, SITES
from app.messages.rules.wording import LONGEST_SUBJECT

SCOPES = choices(
    [
        (
            SITES,
            _("everybody who uses the service at these sites, and who reported it"),
        ),
        (REPORTERS, _("only who reported it")),
    ]
)


class InformForm(Typed):
    """One message about an incident."""

    subject = line(
        _("Subject"), must=_("Give the message a subject."), longest=LONGEST_SUBJECT
    )
    text = words(_("Message"), must=_("Write the message."), rows=8)
    next_minutes = whole(
        _("The next message comes in (minutes)"),
        _("It comes then, even when nothing has changed."),
    )
    signed_by = line(
        _("Signed by"),
        _("A person’s name stands under every message."),
        must=_("Sign with a name."),
        longest=120,
    )
    scope = RadioField(_("Who gets it"), choices=SCOPES, default=SITES)
    sites = SelectMultipleField(
        _("Sites affected"), coerce=whole_number, choices=[], validate_choice=False
    )
    channels = SelectMultipleField(
        _("Channels"),
        coerce=whole_number,
        choices=[],
        validate_choice=False,
        description=_(
            "All at once. Whom none of them reaches is tried on the others and stands on the "
            "call list at last."
        ),
    )
    as_it_stands = BooleanField(_("I have read this and want to send it as it stands"))
    restores = BooleanField(
        _("It works again for all: mark this and its children as restored")
    )
