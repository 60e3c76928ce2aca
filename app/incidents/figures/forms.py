"""What narrows the statistics of the desk."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import Typed, picked_row


class FiguresForm(Typed):
    """Of which service and which team; both stand in the address."""

    class Meta:
        """It only asks, so it needs no token."""

        csrf = False

    service = picked_row(_("Service"), kind="services")
    team = picked_row(_("Team"), kind="teams")
