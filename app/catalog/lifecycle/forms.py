"""Forms of what ends a service: retire, merge, split."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField

from app.core.web.fields import Typed, picked_row, words


class RetireForm(Typed):
    """End a service."""

    reason = words(
        _("Why?"),
        _("Those who look for it later read this."),
        must=_("Say why."),
        rows=2,
    )
    successor_id = picked_row(
        _("What takes its place"), _("Leave it empty if nothing does."), kind="services"
    )


class ServiceMergeForm(Typed):
    """Make a service part of another one."""

    successor_id = picked_row(
        _("Merge it into"), kind="services", must=_("Name the other service.")
    )
    reason = words(_("Why?"), must=_("Say why."), rows=2)


class SplitForm(Typed):
    """Make several services of one."""

    names = words(
        _("The new services"),
        _("One a line, at least two."),
        must=_("Name at least two services."),
    )
    reason = words(_("Why?"), must=_("Say why."), rows=2)
    keep = BooleanField(_("Keep the old one as the composite of the new ones"))
