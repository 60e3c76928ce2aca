"""The form of a file."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired

from app.core.web.fields import Typed


class ImprovementFileForm(Typed):
    """A file for an improvement."""

    file = FileField(
        _("File"),
        validators=[FileRequired(_("Choose a file."))],
        description=_("Up to 25 MB. What it is, is told by its content."),
    )
