"""The form with which a wave is armed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField

from app.access.waves.armed import Window
from app.access.waves.terms import CanaryWait, Terms
from app.core.errors import Invalid
from app.core.times_in import moment_of
from app.core.web.fields import Typed, line, number, whole, words
from app.core.web.forms import choices
from app.messages.rules.wording import LONGEST_SUBJECT

USUAL = Terms()


class ArmForm(Typed):
    """When a wave may begin, what the others wait for, what stops it, and whom it is told."""

    opens = line(
        _("Not before"),
        _("Like 2026-03-02 09:00. Empty: as soon as it is armed."),
    )
    closes = line(
        _("Not after"),
        _("Whoever is left then is not moved. Empty: no end."),
    )
    office = BooleanField(_("Only within office hours"), default=USUAL.office)
    canary = RadioField(
        _("Once the first person is moved, the others wait"),
        default=USUAL.canary,
        choices=choices(
            [
                (
                    CanaryWait.SEEN,
                    _("until somebody saw that person working"),
                ),
                (CanaryWait.HOURS, _("for some hours")),
                (CanaryWait.NOTHING, _("for nothing")),
            ]
        ),
    )
    hours = number(_("Hours"))
    failed = whole(_("Stops at so many people who could not be moved"))
    drift = whole(_("Stops at so many differences by another hand"))
    undone = number(_("Stops above so many per cent of the moved taken back"))
    incidents = BooleanField(
        _("Stops when the people moved report more incidents than usual"),
        default=USUAL.incidents,
    )
    undo = BooleanField(
        _("When a rule stops it, take everybody back"),
        description=_("Else it is paused, and somebody decides."),
        default=USUAL.undo,
    )
    notify = BooleanField(_("Tell the people now, by mail"))
    subject = line(_("Subject"), longest=LONGEST_SUBJECT)
    text = words(_("Message"), rows=6)

    def terms(self) -> Terms:
        """Return the terms that were typed; what was left empty is as usual."""
        share = self.undone.data
        return Terms(
            canary=self.canary.data,
            hours=_or(self.hours.data, USUAL.hours),
            failed=int(_or(self.failed.data, USUAL.failed)),
            drift=int(_or(self.drift.data, USUAL.drift)),
            undone=USUAL.undone if share is None else share / 100,
            incidents=bool(self.incidents.data),
            office=bool(self.office.data),
            undo=bool(self.undo.data),
        )

    def window(self, zone: str) -> Window:
        """Return the window that was typed by somebody in a time zone. Raises ``Invalid``."""
        return Window(
            _moment(self.opens.data, zone, "opens"),
            _moment(self.closes.data, zone, "closes"),
        )


def usual_answers(subject: str, text: str) -> Mapping[str, Any]:
    """Return what stands in the form before anybody typed."""
    return {
        "hours": USUAL.hours,
        "failed": USUAL.failed,
        "drift": USUAL.drift,
        "undone": USUAL.undone * 100,
        "subject": subject,
        "text": text,
    }


def _or(typed: float | None, usual: float) -> float:
    return usual if typed is None else typed


def _moment(text: str | None, zone: str, field: str) -> datetime | None:
    if not (text or "").strip():
        return None
    try:
        return moment_of(text or "", zone)
    except ValueError as error:
        raise Invalid(str(error), field=field) from None
