"""Forms of roles and plans: what was typed, kept as it was typed."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from app.core.web.edge import whole_number
from app.core.web.fields import Typed, picked, picked_row
from app.core.web.forms import choices
from app.models.access.words import Realisation

PLAIN: dict[str, Any] = {
    "autocapitalize": "none",
    "autocomplete": "off",
    "spellcheck": "false",
}
"""How a field behaves that takes names and accounts."""


class RoleUnderForm(Typed):
    """Which improvement a role stands under."""

    improvement_id = picked_row(
        _("Improvement"),
        _("Whom its waves move counts there. Empty: none."),
        kind="larger",
    )


class RoleForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A role: what it is called, whose it is, how it stands in the directory, and its rights with
    their reasons.
    """

    name = StringField(
        _("Name"),
        [DataRequired(_("Give the role a name.")), Length(max=64)],
        render_kw={"autocomplete": "off"},
        description=_(
            "What people do who have it, like “Clerk”. Its group in the directory gets this name."
        ),
    )
    purpose = TextAreaField(
        _("Purpose"),
        [Length(max=1000)],
        description=_("One sentence: who needs it, and for what."),
    )
    owner = picked(
        _("Owner"),
        _("Who says what belongs in this role: a name is enough."),
        kind="people",
    )
    realisation = RadioField(
        _("How it stands in the directory"),
        default="",
        validate_choice=False,
        choices=choices(
            [
                (
                    "",
                    _(
                        "Rung's advice: what loses nothing. Nested where all applications follow "
                        "groups inside groups, else as members"
                    ),
                ),
                (
                    Realisation.NESTED.value,
                    _(
                        "Nested: the role's group becomes a member of the rights' groups"
                    ),
                ),
                (
                    Realisation.MATERIALISED.value,
                    _(
                        "As members: people stay members of the rights' groups themselves"
                    ),
                ),
            ]
        ),
    )
    joiner = picked(
        _("Who joins"),
        _("The plan for this person comes next, filled in. Empty: the role alone."),
        kind="people",
    )
    rights = SelectMultipleField(
        _("Rights"), coerce=whole_number, choices=[], validate_choice=False
    )
    find = StringField(_("Find a right"), render_kw=PLAIN)
    department = StringField(_("Department"))

    def chosen(self) -> dict[int, str]:
        """Return the ticked rights with the reason typed for each."""
        return {
            right: request.form.get(f"reason-{right}", "").strip()
            for right in self.rights.data or ()
        }

    def realised(self) -> Realisation | None:
        """Return how the role shall stand in the directory, or None for what loses nothing."""
        wanted = self.realisation.data or ""
        return Realisation(wanted) if wanted in list(Realisation) else None
