"""The letter with which people of a rung get their links."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import Typed, line, words
from app.messages.rules.wording import LONGEST_SUBJECT


class LetterForm(Typed):
    """What is written beside the link."""

    subject = line(
        _("Subject"), must=_("Give the message a subject."), longest=LONGEST_SUBJECT
    )
    text = words(
        _("Message"),
        _("{link} stands for the link of each person."),
        must=_("Write the message."),
        rows=9,
    )
    signed_by = line(
        _("Signed by"),
        _("A person’s name stands under every message."),
        must=_("Sign with a name."),
        longest=120,
    )
