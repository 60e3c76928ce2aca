"""Forms of roles and plans: what was typed, kept as it was typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from app.access.document import PlannedSoak
from app.access.plan.queries import Chosen, PlanPage, PlanQuestion
from app.access.plan.values import (
    USUAL_SOAK,
    KeptOutside,
    PlanChoices,
    planned_soak,
)
from app.core.errors import Invalid, RungError
from app.core.web.fields import picked, whole
from app.core.web.forms import choices

LOSE, LEAVE_OUT, GAIN = "lose", "leave", "gain"


@dataclass(frozen=True, slots=True)
class PlanRow:
    """What was typed for one right of one person or of all, and what is wrong with it."""

    name: str
    decision: str
    reason: str
    owner: str
    until: str
    error: str = ""


class WavePlanForm(FlaskForm):  # type: ignore[misc]
    """A plan: what happens to rights outside the role and to rights people would gain, for all and
    one by one.
    """

    until = DateField(
        _("Kept until"), [InputRequired(_("Say until when extra rights are kept."))]
    )
    owner = picked(
        _("Who answers for them"),
        kind="owners",
        loose=True,
        must=_("Say who answers for the rights that are kept."),
    )
    reason = StringField(
        _("Why they are kept"),
        [DataRequired(_("Say why they are kept.")), Length(max=400)],
    )
    beside = StringField(
        _("Why this role begins too"),
        [Length(max=400)],
        description=_("Another role is on its way, and nobody decided about it yet."),
    )
    gains = RadioField(
        _("Who would gain a right"),
        default=LEAVE_OUT,
        validate_choice=False,
        choices=choices(
            [
                (
                    LEAVE_OUT,
                    _("stays out of this wave, unless the gain is accepted below"),
                ),
                (GAIN, _("gets it: every gain is accepted")),
            ]
        ),
    )

    soak_days = whole(_("Days on which each is to be seen"))
    soak_deadline = whole(_("Days until somebody decides"))
    soak_then = SelectField(
        _("Whom nobody confirmed by then"),
        default=USUAL_SOAK.then,
        validate_choice=False,
        choices=choices(
            [
                ("escalate", _("tell whoever approves")),
                ("hold", _("leave them where they are")),
                ("undo", _("propose to take them back")),
            ]
        ),
    )

    def __init__(self, page: PlanPage, **data: Any) -> None:
        super().__init__(**data)
        self._page = page
        # What was sent earlier is shown again where a plan was refused later.
        sent = data.get("formdata")
        self._sent = request.form if sent is None else sent
        self._faults: dict[str, str] = {}

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the form and every row of it."""
        good = super().validate(extra_validators)
        self._faults = dict(self._found())
        self.form_errors: list[str] = [*self.form_errors, *self._faults.values()]
        try:
            self.soak()
        except Invalid as error:
            self.blame(error)
            return False
        return bool(good) and not self._faults

    def soak(self) -> PlannedSoak:
        """Return what the plan says of the time after the move. Raises ``Invalid``."""
        days, deadline = (
            None if field.data is None else int(field.data)
            for field in (self.soak_days, self.soak_deadline)
        )
        return planned_soak(days, deadline, self.soak_then.data or "")

    def blame(self, error: RungError) -> None:
        """Put what the action found wrong beside its field, or above the form with all that belongs
        to it.
        """
        if error.field in self._fields:
            self[error.field].errors = [*self[error.field].errors, error.message]
        else:
            self.form_errors = list(
                dict.fromkeys([*self.form_errors, error.message, *error.details])
            )

    def outside(self, person_id: int, right_id: int) -> PlanRow:
        """Return what was typed for a right outside the role; no decision means what is said for
        all.
        """
        return self._row(f"{person_id}-{right_id}")

    def missing(self, person_id: int, right_id: int) -> str:
        """Return what was chosen for a right that would be gained."""
        return str(self._sent.get(f"missing-{person_id}-{right_id}", LEAVE_OUT))

    def is_open(self, chosen: Chosen) -> bool:
        """Tell whether something has to be looked at for this person: a gain, or anything decided
        or typed already.
        """
        rows = (
            self.outside(chosen.person.id, extra.right_id) for extra in chosen.extras
        )
        typed = any(
            row.decision or row.reason or row.owner or row.until for row in rows
        )
        return typed or (bool(chosen.missing) and self.gains.data != GAIN)

    def for_all(self, right_id: int) -> PlanRow:
        """Return what was typed for a right that several people hold outside the role."""
        return self._row(f"all-{right_id}")

    def choices(self) -> PlanChoices:
        """Return the decisions. What is lost or gained along with a right is decided with it."""
        default = KeptOutside(
            self.owner.data.strip(),
            self.reason.data.strip(),
            self.until.data.isoformat(),
        )
        losses: dict[tuple[int | None, int], str] = {}
        kept: dict[tuple[int, int], KeptOutside] = {}
        for chosen, extra, row in self._extras():
            person = chosen.person.id
            if row.decision == LOSE:
                losses |= {
                    (person, right): row.reason
                    for right in (extra.right_id, *extra.along)
                }
            elif row.reason or row.owner or row.until:
                own = KeptOutside(
                    row.owner or default.owner,
                    row.reason or default.reason,
                    row.until or default.until,
                )
                kept[person, extra.right_id] = own
        return PlanChoices(
            default,
            self.gains.data == GAIN,
            frozenset(self._gains()),
            losses,
            kept,
            beside=(self.beside.data or "").strip(),
            soak=self.soak(),
        )

    def _row(self, name: str) -> PlanRow:
        typed = {
            part: self._sent.get(f"{part}-{name}", "").strip()
            for part in ("reason", "owner", "until")
        }
        decision = self._sent.get(f"extra-{name}", "")
        return PlanRow(name, decision, error=self._faults.get(name, ""), **typed)

    def _extras(self) -> Iterator[tuple[Chosen, PlanQuestion, PlanRow]]:
        """Yield every right outside the role with what counts for it: the person's own row, else
        the one for all.
        """
        for chosen in self._page.to_decide:
            for extra in chosen.extras:
                own, for_all = (
                    self.outside(chosen.person.id, extra.right_id),
                    self.for_all(extra.right_id),
                )
                yield (
                    chosen,
                    extra,
                    for_all if not own.decision and for_all.decision == LOSE else own,
                )

    def _gains(self) -> Iterator[tuple[int, int]]:
        for chosen in self._page.to_decide:
            for missing in chosen.missing:
                if self.missing(chosen.person.id, missing.right_id) == GAIN:
                    yield from (
                        (chosen.person.id, right)
                        for right in (missing.right_id, *missing.along)
                    )

    def _found(self) -> Iterator[tuple[str, str]]:
        for chosen, extra, row in self._extras():
            about = {"person": chosen.person.name, "right": extra.right}
            if row.decision == LOSE and not row.reason:
                yield row.name, gettext("%(right)s: say why it may be lost.", **about)
            elif row.decision != LOSE and row.until and not _is_date(row.until):
                yield (
                    row.name,
                    gettext(
                        "%(person)s, %(right)s: write the date like 2026-06-30.",
                        **about,
                    ),
                )


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
