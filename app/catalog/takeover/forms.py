"""The form that takes a file of services."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import SelectField

from app.core.web.fields import Typed, pasted
from app.core.web.forms import choices

ENCODINGS = (
    ("", _("Find out")),
    ("utf-8", _("UTF-8, as spreadsheets export today")),
    ("cp1252", _("Windows (Western Europe)")),
)


class ServicesFileForm(Typed):
    """A catalogue as a file."""

    file = FileField(
        _("CSV file"),
        description=_(
            "One service a line, with a heading line; “name” is all it needs."
        ),
    )
    encoding = SelectField(
        _("Letters are written in"), choices=choices(ENCODINGS), validate_choice=False
    )
    text = pasted(_("Or paste its lines"))
