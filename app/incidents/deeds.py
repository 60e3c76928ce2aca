"""How a small question about an incident is asked and answered, and how what needs no question is
done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response as AnyResponse
from wtforms import StringField
from wtforms.validators import Optional
from wtforms.widgets import DateTimeLocalInput

from app.auth.acting import acting
from app.core.acting import Acting
from app.core.errors import Conflict
from app.core.htmx import Undo, answer, done
from app.core.parts import parts
from app.core.texts import row_number
from app.core.web import blaming
from app.core.web.fields import Typed, words
from app.core.web.words import zone
from app.incidents.blueprint import page_of
from app.incidents.queries import facts_missing, incident_lead
from app.incidents.rules import Hint, accusing
from app.models.incidents.incident import Incident

Run = Callable[[Acting], object]
"""What is done; where there is an opposite it returns that, as an ``Undo``."""


@dataclass(frozen=True, slots=True)
class Deed:
    """The words around a small form.

    ``toned`` names the field whose words are looked at: the form then has a hidden ``tone_seen``.
    ``asks_facts``: what the service needs to know is asked along, and may be ``unknown``.
    """

    title: str
    lead: str
    button: str
    told: str
    kind: str = "primary"
    toned: str = ""
    asks_facts: bool = False


class ReasonForm(Typed):
    """A reason."""

    reason = words(_("Reason"), rows=3)


def asked(incident_id: int, deed: Deed, form: Typed, run: Run) -> AnyResponse:
    """Ask what a deed needs; once that is told, ``run`` it and go to the incident's page.

    When somebody changed the incident meanwhile, what was typed is kept and what they did is shown.
    """
    hints, status = _hints(deed, form), 200
    if form.validate_on_submit() and not hints:
        try:
            with blaming(form):
                undo = _run(run)
                return done(_back(incident_id), deed.told, undo=undo)
        except Conflict:
            status = 409
    return _question(incident_id, deed, form, hints=hints, status=status)


def done_at_once(incident_id: int, told: str, run: Run) -> AnyResponse:
    """Do what needs no question, and go back to where its button was: the queue or the page."""
    undo = _run(run)
    return done(_back(incident_id), told, undo=undo)


def undo_assigning(incident: Incident, before: str) -> Undo:
    """Return how an incident goes back to who had it before."""
    fields = {"agent": before, "revision": incident.revision}
    if back := request.form.get("back"):
        fields["back"] = back
    return Undo(url_for("incidents.incident_assign", incident_id=incident.id), fields)


def typed_facts() -> dict[int, str]:
    """Return what was typed about what the service asks for, by the fact's number."""
    typed = (
        (row_number(name.removeprefix("fact-")), value)
        for name, value in request.form.items()
        if name.startswith("fact-")
    )
    return {number: value for number, value in typed if number is not None}


def _back(incident_id: int) -> str:
    from_queue = request.form.get("back") == "queue"
    return url_for("incidents.index") if from_queue else page_of(incident_id)


def _run(run: Run) -> Undo | None:
    with acting() as act:
        made = run(act)
    return made if isinstance(made, Undo) else None


def _question(
    incident_id: int, deed: Deed, form: Typed, *, hints: Sequence[Hint], status: int
) -> AnyResponse:
    with parts().database.read() as session:
        lead = incident_lead(
            session, incident_id, form.began_at if status == 409 else None
        )
        facts = facts_missing(session, incident_id) if deed.asks_facts else ()
    if hints:
        form.tone_seen.data = "yes"
    return answer(
        "incidents/deed.html",
        "form",
        status=status,
        form=form,
        deed=deed,
        one=lead.one,
        lead=lead,
        facts=facts,
        typed_facts=typed_facts(),
        hints=hints,
    )


def _hints(deed: Deed, form: Typed) -> list[Hint]:
    if request.method != "POST" or not deed.toned or form.tone_seen.data:
        return []
    return accusing(form[deed.toned].data or "")


class Moment(StringField):  # type: ignore[misc]  # WTForms has no types
    """A day and a time as the viewer's clock shows it, kept in UTC; nothing typed means nothing."""

    widget = DateTimeLocalInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the moment. Raises ``ValueError`` with what to type instead."""
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            typed = datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(
                gettext("Give day and time as 2026-03-14T09:30.")
            ) from None
        self.data = (
            typed if typed.tzinfo else typed.replace(tzinfo=ZoneInfo(zone()))
        ).astimezone(UTC)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return (
            self.data.astimezone(ZoneInfo(zone())).strftime("%Y-%m-%dT%H:%M")
            if self.data
            else ""
        )


def moment(label: Any, hint: Any = "") -> Moment:
    """Return a field for a moment or nothing."""
    return Moment(label, [Optional()], description=hint)
