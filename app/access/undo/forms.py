"""Forms of roles and plans: what was typed, kept as it was typed."""

from __future__ import annotations

from flask import request
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length

DECISIONS = ("skip", "ours", "theirs")


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
        others = asked.get("others", "skip")
        return {"*": others if others in DECISIONS else "skip", **known}
