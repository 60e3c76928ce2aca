"""Forms of intake: who calls, what does not work, and a call added to an incident that is there
already.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import request
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField

from app.catalog.matrix.rules import IMPACTS
from app.core.texts import row_number
from app.core.web.fields import Typed, line, picked, picked_row, word, words
from app.core.web.forms import choices
from app.models.incidents.words import IncidentKind, Via

NO_SERVICE = "0"
KINDS = [
    (IncidentKind.INCIDENT.value, _("Something does not work")),
    (IncidentKind.REQUEST.value, _("Something is wanted")),
    (IncidentKind.COMPLAINT.value, _("How somebody was treated")),
]


class IntakeForm(Typed):
    """What is typed while somebody reports; the hidden fields say what the page showed when it was
    sent.
    """

    person_id, call_id, seen_service, script_id = (
        HiddenField(),
        HiddenField(),
        HiddenField(),
        HiddenField(),
    )
    requester = line(_("Who calls"), longest=120)
    requester_phone = line(_("Phone"), longest=60, inputmode="tel")
    requester_mail = line(_("Mail"), longest=200, inputmode="email")
    title = line(
        _("What does not work?"),
        _("In the caller's words."),
        must=_("Say in a few words what does not work."),
        longest=200,
    )
    effect = words(_("What does it keep them from doing?"), rows=2)
    service_id = RadioField(_("Service"), choices=[], validate_choice=False)
    service = line(
        _("Another service"),
        _("Type a part of its name."),
        longest=120,
        list="services",
        autocomplete="off",
    )
    kind = RadioField(
        _("What it is about"),
        choices=choices(KINDS),
        default=IncidentKind.INCIDENT.value,
    )
    via = word(_("How they got in touch"), Via, default=Via.PHONE)
    site_id = picked_row(_("Where it happens"), kind="sites")
    impact = RadioField(
        _("Whom does it stop?"),
        choices=choices((str(key), said) for key, said in IMPACTS.items()),
        validate_choice=False,
    )

    def number(self, name: str) -> int | None:
        """Return what a hidden or chosen field holds as the number of a row."""
        text = str(self[name].data or "")
        return None if text == NO_SERVICE else row_number(text)

    @property
    def complaint(self) -> bool:
        """Tell whether it is about how people were treated: no service has to be restored for
        that.
        """
        return str(self.kind.data) == IncidentKind.COMPLAINT.value


class ContactForm(Typed):
    """Somebody got in touch again."""

    who = picked(_("Who"), kind="names", loose=True, must=_("Say who got in touch."))
    via = word(_("How"), Via, default=Via.PHONE)
    text = words(_("What they said"), rows=2)
    call_id = HiddenField()


def facts_typed(ids: Iterable[int]) -> tuple[dict[int, str], dict[int, str]]:
    """Return what was typed for each fact, and why it is not known."""
    wanted = list(ids)
    values = {
        each: request.form.get(f"fact-{each}", "").strip()[:2000] for each in wanted
    }
    return values, {
        each: request.form.get(f"unknown-{each}", "").strip()[:400] for each in wanted
    }
