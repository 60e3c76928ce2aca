"""Forms of meetings."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import SelectField

from app.core.web.fields import (
    Typed,
    chosen_id,
    day,
    line,
    picked,
    picked_lines,
    whole,
    word,
    words,
)
from app.incidents.deeds import moment
from app.models.sponsors.words import MeetingKind, OutcomeKind, Presence
from app.sponsors.meetings.rules import became_of


class MeetingForm(Typed):
    """What people meet for, when, where, and what they go through."""

    kind = word(_("What for"), MeetingKind)
    title = line(_("Title"), must=_("Give it a title."))
    begins_at = moment(_("Begins"))
    minutes = whole(_("Minutes"))
    place = line(_("Where"))
    link = line(_("Link"), _("To the call, or to what is shown."))
    file_id = chosen_id(_("File"), _("One of the files of this improvement."))
    audience = line(_("For whom"), _("Which group; each session has its own."))
    presenter = picked(_("Who presents"), kind="owners", loose=True)
    agenda = words(_("Agenda"), _("A point a line."), rows=6)
    impact = words(
        _("What changes for each manager and team"),
        _("One a line, as “Service desk: asks three questions first”."),
        rows=3,
    )
    notes = words(_("Notes"), rows=3)


class NewMeetingForm(MeetingForm):
    """The same, with who is invited."""

    guests = picked_lines(_("Who is invited"), _("One a line."), kind="people")


class GuestsForm(Typed):
    """Who else is invited."""

    guests = picked_lines(_("Who else is invited"), _("One a line."), kind="people")


class CameForm(Typed):
    """Whether somebody came, and what they said of it."""

    presence = word(_("Came"), Presence)
    feedback = words(_("What they said of it afterwards"), rows=2)
    feedback_on = day(_("On"))


def _became() -> SelectField:
    return SelectField(
        _("What it became"),
        choices=[],
        validate_choice=False,
        description=_("A decision, finding or task that this improvement has already."),
    )


class LinkOutcomeForm(Typed):
    """What an outcome became."""

    became = _became()


class OutcomeForm(Typed):
    """What came of a meeting."""

    kind = word(_("It is a"), OutcomeKind, default=OutcomeKind.TASK)
    text = line(_("What came of it"), must=_("Say what came of it."))
    owner = picked(_("Who does it"), _("Of a task."), kind="owners", loose=True)
    due = day(_("Until when"))
    became = _became()

    def values(self) -> dict[str, Any]:
        """Return what was typed, with the record it became."""
        typed = super().values()
        return typed | {"became": became_of(typed["became"] or "")}


class KeyMessageForm(Typed):
    """What is to be said in every meeting."""

    text = words(
        _("What is to be said"),
        _("One sentence somebody repeats at lunch."),
        must=_("Say what is to be said."),
        rows=2,
    )
    audience = line(
        _("To whom"),
        _("Left empty: to everybody. Or what is in it for one group."),
    )
