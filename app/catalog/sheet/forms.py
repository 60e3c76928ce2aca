"""Forms of what belongs to a service: parts, duties, rights, facts, decisions."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, SelectField

from app.catalog.sheet.rules import LETTERS
from app.core.web.fields import Typed, line, picked, picked_row, word, words
from app.core.web.forms import choices
from app.models.catalog.words import Letter, ServiceNoteKind


class PartForm(Typed):
    """A part a service needs."""

    part_id = picked_row(
        _("It needs"), kind="services", must=_("Name the service it needs.")
    )
    note = line(_("What for"), longest=200)


class DutyForm(Typed):
    """What a party does for a process of a service."""

    of_process = line(
        _("Process"),
        _("Nothing typed: the service itself."),
        longest=60,
        list="processes",
    )
    party = line(
        _("Team, role or person"),
        must=_("Say which team, role or person."),
        longest=80,
        list="parties",
    )
    letter = SelectField(
        _("Is"),
        choices=choices(
            [(each.value, f"{each.value}, {LETTERS[each.value]}") for each in Letter]
        ),
    )


class RightForm(Typed):
    """A right that opens a service."""

    right = picked(
        _("Right"),
        _("Words of its name or of what it is for."),
        kind="rights",
        must=_("Name the right."),
    )


class FactForm(Typed):
    """Something the desk has to ask for."""

    name = line(
        _("What to ask for"), must=_("Say what the desk has to ask for."), longest=80
    )
    hint = line(_("Where the caller finds it"), longest=200)
    required = BooleanField(_("The desk may not go on without it"), default=True)


class ServiceNoteForm(Typed):
    """A decision or a dispute."""

    kind = word(_("Kind"), ServiceNoteKind)
    text = words(
        _("What was decided, or is disputed?"),
        must=_("Write what was decided or is disputed."),
    )


class SettleForm(Typed):
    """How a dispute was settled."""

    how = words(_("How was it settled?"), must=_("Say how it was settled."), rows=2)
