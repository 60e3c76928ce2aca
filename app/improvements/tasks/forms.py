"""Forms of tasks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import Typed, day, line, picked


class TaskForm(Typed):
    """What is to be done, by whom, until when."""

    what = line(_("What is to be done"), must=_("Say what is to be done."))
    owner = picked(_("Who does it"), kind="owners", loose=True)
    due = day(_("Until when"))


class HandOverForm(Typed):
    """Whose open tasks go to whom."""

    owner = line(_("All open tasks of"), must=_("Say whose tasks they are."))
    to = picked(
        _("Go to"), kind="owners", loose=True, must=_("Say who takes them over.")
    )
