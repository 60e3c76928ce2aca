"""Forms of exceptions: until when longer, and why one ends before its day."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import Typed, day, line


class ExtendForm(Typed):
    """Until when an exception holds from now on."""

    until = day(_("Until"), _("The last day on which the right is held."))
    reason = line(_("Why longer"))


class EndForm(Typed):
    """Why an exception ends before its day."""

    reason = line(_("Why"), must=_("Say why."))
