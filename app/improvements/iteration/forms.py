"""The form of a rehearsed undo."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import Typed, whole


class RehearsalForm(Typed):
    """The undo, tried with one person."""

    seconds = whole(_("How long it took, in seconds"))
