"""Forms of signing in and of operators."""

from __future__ import annotations

from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    HiddenField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length

from app.auth.rules import LONGEST_NAME, LONGEST_PASSWORD, PERMISSIONS
from app.core.web.fields import picked
from app.core.web.forms import choices

PASSWORD = {"autocomplete": "current-password"}
NEW_PASSWORD = {"autocomplete": "new-password"}


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Name and password."""

    name = StringField(
        _("Name"),
        [DataRequired(_("Give your name.")), Length(max=LONGEST_NAME)],
        render_kw={
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
        },
    )
    password = PasswordField(
        _("Password"),
        [InputRequired(_("Give your password.")), Length(max=LONGEST_PASSWORD)],
        render_kw=PASSWORD,
    )
    next = HiddenField()


class SetupForm(FlaskForm):  # type: ignore[misc]
    """What somebody with a set-up link chooses; the name only for the first operator."""

    name = StringField(
        _("Name"),
        [DataRequired(_("Give a name.")), Length(max=LONGEST_NAME)],
        description=_("You sign in with it, and the audit trail shows it."),
        render_kw={
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
        },
    )
    password = PasswordField(
        _("Password"),
        [InputRequired(_("Choose a password."))],
        description=_("At least 12 characters; several words in a row are fine."),
        render_kw=NEW_PASSWORD,
    )


class OperatorForm(FlaskForm):  # type: ignore[misc]
    """What an operator may do, and which person of the directory that is."""

    permissions = SelectMultipleField(
        _("May"), choices=choices(permission.pair for permission in PERMISSIONS)
    )
    person_uid = picked(
        _("Person in the directory"),
        _(
            "The operator’s own entry, so that nobody approves a change of their own rights; "
            "- when there is none. Without either one approves and applies nothing."
        ),
        kind="people",
    )


class NewOperatorForm(OperatorForm):
    """The same, with the name of somebody new."""

    name = StringField(
        _("Name"),
        [DataRequired(_("Give a name.")), Length(max=LONGEST_NAME)],
        description=_("The person signs in with it, and the audit trail shows it."),
        render_kw={
            "autocomplete": "off",
            "autocapitalize": "none",
            "spellcheck": "false",
        },
    )


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password for oneself."""

    old = PasswordField(
        _("Present password"),
        [InputRequired(_("Give your present password."))],
        render_kw=PASSWORD,
    )
    password = PasswordField(
        _("New password"),
        [InputRequired(_("Choose a new password."))],
        description=_("At least 12 characters; several words in a row are fine."),
        render_kw=NEW_PASSWORD,
    )


class LookForm(FlaskForm):  # type: ignore[misc]
    """Look, time zone and language."""

    theme = SelectField(
        _("Look"),
        choices=choices(
            (("", _("As the system says")), ("light", _("Light")), ("dark", _("Dark")))
        ),
    )
    zone = StringField(
        _("Time zone"),
        [
            AnyOf(
                available_timezones(),
                message=_("There is no such time zone. Try “Europe/Berlin”."),
            )
        ],
        description=_("Times are shown in this zone in this browser."),
        render_kw={"list": "zones"},
    )
    language = SelectField(
        _("Language"),
        choices=[],
        validate_choice=False,
        description=_("Words, numbers and dates, wherever you are signed in."),
    )
