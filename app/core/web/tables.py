"""Tables that are sent: as a file or as pasted lines; and what stands first in their dates."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from flask import request
from flask_babel import gettext as _

from app.core.errors import Invalid
from app.core.table_columns import MONTHS_FIRST
from app.core.texts import decoded_with_name


@dataclass(frozen=True, slots=True)
class SentTable:
    """The text of a table, and where it came in a file: the file's name and how it was written."""

    text: str
    name: str = ""
    encoding: str = ""


def sent_table(declared: str = "") -> SentTable:
    """Return the table of this request: the file that was chosen, else the lines that were pasted.

    ``declared`` is the encoding somebody named. Raises ``Invalid`` for neither, and for a file that
    is no text.
    """
    file = request.files.get("file")
    if file and file.filename:
        text, encoding = decoded_with_name(file.read(), declared)
        sent = SentTable(text, PurePath(file.filename).name, encoding)
    else:
        sent = SentTable(request.form.get("text", ""))
    if not sent.text.strip():
        raise Invalid(_("Choose a file, or paste its lines."), field="file")
    return sent


def months_first() -> bool | None:
    """Return what this request says of dates such as 03/02/2026: whether the month stands first, or
    nothing.
    """
    return MONTHS_FIRST.get(request.form.get("dates", ""))
