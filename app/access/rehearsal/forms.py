"""Forms of the rehearsal of a wave."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired

from app.core.web.fields import Typed


class LogForm(Typed):
    """A log of the directory to read."""

    file = FileField(
        _("Log of the directory"),
        validators=[FileRequired(_("Choose a file."))],
        description=_(
            "slapd's log with loglevel stats, 389's access log, or events 1644 of Active "
            "Directory as text; packed with gzip if you like. At most 64 MB here; the command "
            "rung rehearse takes more."
        ),
    )
