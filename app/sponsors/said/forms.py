"""The form of a reply."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import Typed, words


class SponsorReplyForm(Typed):
    """What is answered, or what was done."""

    reply = words(
        _("Your reply"),
        _("They read it on their page, beside their own words."),
        rows=3,
    )
