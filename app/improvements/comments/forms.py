"""The form of a comment."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import Typed, words


class CommentForm(Typed):
    """What somebody says."""

    text = words(
        _("Comment"),
        _("@ and the name of an operator brings it to that one's Today."),
        must=_("Write something."),
    )
