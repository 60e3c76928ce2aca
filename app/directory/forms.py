"""Forms of connecting a directory and of reading a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Self

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import Length

from app.core.web.fields import Typed, picked
from app.directory.rules import DirectoryValues, lines

PLAIN: dict[str, Any] = {
    "autocapitalize": "none",
    "autocomplete": "off",
    "spellcheck": "false",
}
SECURITY = [
    SelectChoice("ldaps", _("LDAPS: encrypted from the start, address with ldaps://")),
    SelectChoice(
        "starttls", _("StartTLS: encrypted after saying hello, address with ldap://")
    ),
    SelectChoice(
        "plaintext",
        _("No encryption: only on this machine itself, unless the settings allow more"),
    ),
]
LISTS = ("placeholders", "protected", "off_when")
NOTHING = DirectoryValues(name="")
PASSWORD = _(
    "Where the password is: file:NAME for a file in the folder for secrets, or env:NAME for a "
    "variable the settings "
    "list. Rung fetches it when it is needed."
)


class FileDirectoryForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """How a directory that was read from files is understood; the action checks what was typed."""

    name = StringField(
        _("Name"), description=_("What this directory is called here."), render_kw=PLAIN
    )
    role_base = StringField(
        _("Roles"),
        description=_("Where Rung makes the groups of roles: an entry of their own."),
        render_kw=PLAIN,
    )
    placeholders = TextAreaField(
        _("Placeholders"),
        render_kw=PLAIN,
        description=_(
            "DNs that stand in groups only because a group may not be empty, one a line."
        ),
    )

    off_when = TextAreaField(
        _("An account is also off when"),
        render_kw=PLAIN,
        description=_(
            "Your own rules, one a line: attribute=value, like ak-active=FALSE; * is any "
            "value. The usual ways of all "
            "servers are known. It counts from the next reading on."
        ),
    )

    @classmethod
    def of(cls, values: DirectoryValues) -> Self:
        """Return the form filled with what is known of a directory, or with what was just sent."""
        known = {
            name: getattr(values, name) for name in DirectoryValues.__dataclass_fields__
        }
        lists = {name: "\n".join(known[name]) for name in LISTS}
        return cls(data={**known, **lists})

    def values(self, known: DirectoryValues = NOTHING) -> DirectoryValues:
        """Return what was typed, and what the form does not ask for as it is ``known``."""
        typed: dict[str, Any] = {
            name: (field.data or "").strip() for name, field in self._fields.items()
        }
        typed.update((name, lines(typed[name])) for name in LISTS if name in typed)
        return replace(
            known,
            **{
                name: typed[name]
                for name in DirectoryValues.__dataclass_fields__
                if name in typed
            },
        )

    def blame(self, problems: Mapping[str, str]) -> None:
        """Put what is wrong beside the fields it is about."""
        for name, sentence in problems.items():
            self[name].errors = [*self[name].errors, sentence]


class DirectoryForm(FileDirectoryForm):
    """How a directory is reached and understood; most rules need files and other rows, so the
    action checks them.

    Where the passwords are is never filled in: an empty field keeps what is known, as long as it
    may be kept.
    """

    @classmethod
    def of(cls, values: DirectoryValues) -> Self:
        """Return the form filled with what is known, without the references."""
        form = super().of(replace(values, bind_password="", write_password=""))
        for name in ("bind_password", "write_password"):
            if known := getattr(values, name):
                form[name].description = _(
                    "Now: %(known)s. Empty keeps it for this server and account; file:NAME or "
                    "env:NAME names another.",
                    known=known,
                )
        return form

    url = StringField(
        _("Address"),
        description=_(
            "Like ldaps://ldap.example.org, with :port if it is unusual. Several servers of one "
            "directory stand apart by spaces, the preferred first."
        ),
        render_kw=PLAIN,
    )
    security = RadioField(
        _("Encryption"), choices=SECURITY, default="ldaps", validate_choice=False
    )
    ca_file = StringField(
        _("Certificates to trust"),
        render_kw=PLAIN,
        description=_(
            "A PEM file on this machine with your certificate authority; empty means those of "
            "the system."
        ),
    )
    base = StringField(
        _("Base"),
        description=_("The entry everything stands under, like dc=example,dc=org."),
        render_kw=PLAIN,
    )
    people_base = StringField(
        _("People"),
        description=_("Where people are; empty means the base."),
        render_kw=PLAIN,
    )
    group_base = StringField(
        _("Groups"),
        description=_("Where groups are; empty means the base."),
        render_kw=PLAIN,
    )
    bind_dn = StringField(
        _("Account for reading"),
        description=_("The DN to read with; it must see everything."),
        render_kw=PLAIN,
    )
    bind_password = StringField(
        _("Its password"), description=PASSWORD, render_kw=PLAIN
    )
    write_dn = StringField(
        _("Account for changes"),
        render_kw=PLAIN,
        description=_("The DN Rung changes group members with."),
    )
    write_password = StringField(
        _("Password of that account"), description=PASSWORD, render_kw=PLAIN
    )
    protected = TextAreaField(
        _("Protected accounts"),
        render_kw=PLAIN,
        description=_("DNs of accounts that Rung must never change, one a line."),
    )


class LdifForm(FlaskForm):  # type: ignore[misc]
    """An LDIF export to read."""

    file = FileField(
        _("LDIF file"),
        [FileRequired(_("Choose a file."))],
        description=_(
            "An export of whole entries, as ldapsearch or slapcat write it; at most 64 MB."
        ),
    )
    name = StringField(
        _("Name"),
        [Length(max=60)],
        render_kw=PLAIN,
        description=_(
            "What it is called here; empty means the name of the file. The same name again "
            "replaces it."
        ),
    )
    accept = BooleanField(
        _("Take it over although more than half of what was known is missing")
    )


class RightOwnerForm(Typed):
    """Who answers for rights."""

    owner = picked(
        _("Owner"), _("Who says who may have it: a name is enough."), kind="people"
    )
