"""Forms of restoring and ending an incident."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import Typed, picked, words
from app.incidents.deeds import moment


class RestoreForm(Typed):
    """It works again."""

    what = words(
        _("What restored it"), _("The next one who meets this reads it."), rows=3
    )
    at = moment(_("Since when it works"), _("Left empty: now."))
    tell = words(
        _("Mail to who reported it"),
        _("Left empty: none is sent, and their page alone says so."),
        rows=3,
    )
    cause = words(
        _("Cause, if it is known"),
        _("It may stay empty; restoring comes first."),
        rows=2,
    )


class MergeForm(Typed):
    """The same as which one."""

    into_id = picked(
        _("The other incident"),
        _("Its number or words of it."),
        kind="incidents",
    )


class ProblemForm(Typed):
    """The cause to be removed."""

    text = words(_("What may be the cause"), rows=3)
    workaround = words(_("What helps until then"), rows=2)
