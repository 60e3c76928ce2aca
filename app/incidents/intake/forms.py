"""The form of another service."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import Typed, picked_row, words


class ServiceForm(Typed):
    """Which service it really is."""

    service_id = picked_row(_("Service"), kind="services")
    reason = words(_("How do you know?"), rows=2)
