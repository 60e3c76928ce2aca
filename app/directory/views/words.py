"""Sentences and addresses that several pages of the directory room need."""

from __future__ import annotations

from flask import current_app, url_for
from flask_babel import gettext as _

from app.directory.queries import ReadingLine
from app.figures import counted, people

PERSON_PAGE = "access.person"


def outcome(reading: ReadingLine) -> str:
    """Return how a reading ended, in one sentence."""
    if reading.state == "refused":
        return str(_("The reading was refused: %(reason)s", reason=reading.reason))
    changes = counted(reading.changes, "change") if reading.changes else _("no changes")
    told = _("Read: %(people)s, %(groups)s, %(changes)s.", people=people(reading.people),
             groups=counted(reading.groups, "group"), changes=changes)  # fmt: skip
    return str(told)


def address(person_id: int) -> str:
    """Return the address of a person's page, or nothing while there is no such page."""
    return url_for(PERSON_PAGE, person_id=person_id) if PERSON_PAGE in current_app.view_functions else ""
