"""Forms of roles and plans: what was typed, kept as it was typed."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length

DECISIONS = ("skip", "ours", "theirs")
KINDS = ("gone", "replaced", "changed")
"""How a value may have become other than Rung left it; all of a kind are decided at once."""


class UndoForm(FlaskForm):  # type: ignore[misc]
    """Why something is undone, and what to do about each value others interfered with."""

    reason = StringField(
        _("Why"),
        [Length(max=400)],
        description=_("It stands in the audit trail and on the person's page."),
    )

    def decisions(self) -> dict[str, str]:
        """Return the decision for each step by its number, and for all others."""
        asked = {
            name.removeprefix("decide-"): value
            for name, value in request.form.items()
            if name.startswith("decide-")
        }
        known = {
            number: value
            for number, value in asked.items()
            if number.isdigit() and value in DECISIONS
        }
        known = {**_of_kinds(known), **{n: v for n, v in known.items() if v != "skip"}}
        others = asked.get("others", "skip")
        return {"*": others if others in DECISIONS else "skip", **known}


def _of_kinds(single: Mapping[str, str]) -> dict[str, str]:
    """Return what was said for all values of a kind, and for the others what was said one by
    one.
    """
    found = dict(single)
    for kind in KINDS:
        decision = request.form.get(f"all-{kind}", "")
        numbers = request.form.get(f"of-{kind}", "").split(",")
        if decision in DECISIONS:
            found |= {number: decision for number in numbers if number.isdigit()}
    return found
