"""Forms of files and recordings."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField

from app.core.web.fields import Typed, day, line, word
from app.models.incidents.words import FileKind


class FileForm(Typed):
    """A file or a recording for an incident."""

    file = FileField(
        _("File"),
        validators=[FileRequired(_("Choose a file."))],
        description=_(
            "Up to 25 MB, a recording up to 64 MB. What it is, is told by its content."
        ),
    )
    kind = word(_("What is it?"), FileKind, default=FileKind.FILE)
    consent = BooleanField(_("A recording: the caller agreed that it is kept"))
    delete_on = day(
        _("A recording: delete it on"),
        _("Empty: after the days the desk's numbers say."),
    )


class RemovalForm(Typed):
    """Why a file is deleted."""

    reason = line(_("Why is it deleted?"), must=_("Say why it is deleted."))
