"""Forms of those who run the desk."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import Typed, words


class ManagementNoteForm(Typed):
    """Management's answer."""

    answer = words(
        _("What is done about it"), must=_("Say what is done about it."), rows=2
    )
