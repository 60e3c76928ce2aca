"""The field in which a role for one person is looked for."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import Typed, picked_row


class RoleForm(Typed):
    """Into which role one person is to be planned."""

    class Meta:
        """It only leads to a page, so it needs no token."""

        csrf = False

    role = picked_row(
        _("Another role"),
        kind="roles",
        must=_("Say which role, by a part of its name."),
    )
