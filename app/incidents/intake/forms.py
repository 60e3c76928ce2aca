"""The form of another service."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import Typed, chosen_id, words


class ServiceForm(Typed):
    """Which service it really is."""

    service_id = chosen_id(_("Service"))
    reason = words(_("How do you know?"), rows=2)
