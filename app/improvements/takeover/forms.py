"""The form that takes a register."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField

from app.core.web.fields import Typed, pasted


class ImportForm(Typed):
    """A register as a file."""

    file = FileField(
        _("CSV file"),
        description=_(
            "One improvement a line, with a heading line; “title” is the only column it needs."
        ),
    )
    text = pasted(_("Or paste its lines"))
