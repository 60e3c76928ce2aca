"""Forms of duplicates and of two that become one."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import Typed, picked_row, words


class DuplicateForm(Typed):
    """What asks for the same."""

    other = picked_row(
        _("It asks for the same as"),
        _("The other goes on; this one stays readable and says where it is."),
        kind="larger",
        must=_("Name the other improvement."),
    )
    why = words(_("Why"), rows=2)


class MergeForm(Typed):
    """Into which improvement this one goes."""

    into = picked_row(
        _("It goes into"),
        _("What will move is shown before anything happens."),
        kind="larger",
        must=_("Name the other improvement."),
    )
