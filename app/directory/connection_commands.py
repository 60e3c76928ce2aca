"""How a directory is reached, on the command line: connect one, change how it is reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from app.auth.console import actor
from app.core.errors import Invalid
from app.core.parts import parts
from app.core.terminal import command, emit
from app.directory import actions, queries
from app.directory.rules import DEMO_URL, DirectoryValues, asked_again, warnings

PASSWORD_FILE = click.Path(dir_okay=False, path_type=Path)
PLACES = ("base", "people_base", "group_base", "role_base", "bind_dn", "write_dn")
LISTS = ("placeholders", "protected", "off_when")


@command("add")
@click.argument("name")
@click.argument("url")
@click.option(
    "--base", required=True, metavar="DN", help="The entry everything stands under."
)
@click.option(
    "--people-base",
    default="",
    metavar="DN",
    help="Where people are, if not under the base.",
)
@click.option(
    "--group-base",
    default="",
    metavar="DN",
    help="Where groups are, if not under the base.",
)
@click.option(
    "--role-base", default="", metavar="DN", help="Where the groups of roles are made."
)
@click.option(
    "--bind-dn", default="", metavar="DN", help="The account Rung reads with."
)
@click.option(
    "--bind-password-file", type=PASSWORD_FILE, help="The file its password is in."
)
@click.option(
    "--bind-password-env",
    default="",
    metavar="NAME",
    help="The variable its password is in.",
)
@click.option(
    "--write-dn",
    default="",
    metavar="DN",
    help="The account Rung changes with; without one, it only reads.",
)
@click.option(
    "--write-password-file", type=PASSWORD_FILE, help="The file its password is in."
)
@click.option(
    "--write-password-env",
    default="",
    metavar="NAME",
    help="The variable its password is in.",
)
@click.option(
    "--ca-file", type=PASSWORD_FILE, help="The certificates to trust, in PEM."
)
@click.option("--starttls", is_flag=True, help="Encrypt after connecting to ldap://.")
@click.option(
    "--plaintext",
    is_flag=True,
    help="Do not encrypt; passwords can be read on the way.",
)
@click.option(
    "--placeholder",
    "placeholders",
    multiple=True,
    metavar="DN",
    help="A member that stands for nobody.",
)
@click.option(
    "--protect",
    "protected",
    multiple=True,
    metavar="DN",
    help="An account Rung must never change.",
)
@click.option(
    "--off-when",
    multiple=True,
    metavar="RULE",
    help="attribute=value that means an account is off.",
)
def add(**said: Any) -> None:
    """Connect the directory at URL and call it NAME.

    Several servers of one directory are one URL each, apart by spaces in one argument, the
    preferred first: a run asks the first that answers, and no other until it ends.

    Passwords stay in the files or variables you name.
    """
    values = _values(said)
    with parts().acting(actor()) as act:
        added = actions.add_directory(act, values, parts().trust, released=True)
    told = warnings(values)
    emit(
        {"directory": added.name, "writable": added.writable, "warnings": told},
        [
            f"Connected {added.name}.",
            *(f"Mind: {warning}" for warning in told),
            f"Next: rung directory check {added.name}",
        ],
    )


def _settings(view: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of everything that can be changed; what is not given stays as it
    is.
    """
    options = [
        click.option(
            "--name", "new_name", metavar="NAME", help="What it is called here."
        ),
        click.option(
            "--url",
            metavar="URL",
            help="Where it is reached; several servers of it apart by spaces.",
        ),
        *(
            click.option(f"--{name.replace('_', '-')}", name, metavar="DN")
            for name in PLACES
        ),
        click.option(
            "--bind-password-file",
            type=PASSWORD_FILE,
            help="The file the reading password is in.",
        ),
        click.option(
            "--bind-password-env",
            default="",
            metavar="NAME",
            help="The variable it is in.",
        ),
        click.option(
            "--write-password-file",
            type=PASSWORD_FILE,
            help="The file the writing password is in.",
        ),
        click.option(
            "--write-password-env",
            default="",
            metavar="NAME",
            help="The variable it is in.",
        ),
        click.option(
            "--ca-file", type=PASSWORD_FILE, help="The certificates to trust, in PEM."
        ),
        click.option(
            "--system-certificates",
            is_flag=True,
            help="Trust what this machine trusts.",
        ),
        click.option(
            "--starttls", is_flag=True, help="Encrypt after connecting to ldap://."
        ),
        click.option(
            "--plaintext",
            is_flag=True,
            help="Do not encrypt; passwords can be read on the way.",
        ),
        click.option(
            "--placeholder",
            "placeholders",
            multiple=True,
            metavar="DN",
            help="Instead of those there are.",
        ),
        click.option(
            "--protect",
            "protected",
            multiple=True,
            metavar="DN",
            help="Instead of those there are.",
        ),
        click.option(
            "--off-when",
            multiple=True,
            metavar="RULE",
            help="Instead of those there are.",
        ),
    ]
    for option in reversed(options):
        view = option(view)
    return view


@command("change")
@click.argument("name")
@_settings
def change(name: str, **said: Any) -> None:
    """Change how the directory NAME is reached and understood. What is not said stays as it is.

    Another address, encryption or account needs its password named again; a password given for one
    server is not sent to another. Afterwards the directory needs a new check.
    """
    with parts().acting(actor()) as act:
        found = queries.find_directory(act.session, name)
        known = queries.values_of(found)
        values = _changed(known, said)
        changed = sorted(
            field
            for field, value in asdict(values).items()
            if value != getattr(known, field)
        )
        if changed:
            more = set(values.url.split()) > set(known.url.split())
            trust = parts().trust
            actions.edit_directory(act, found.id, values, trust, released=more)
    told = warnings(values) if values.url else []
    text = [
        f"Changed {values.name}: {', '.join(changed).replace('_', ' ')}.",
        *(f"Mind: {one}" for one in told),
    ]
    if values.url:
        text.append(f"Next: rung directory check {values.name}")
    emit(
        {"directory": values.name, "changed": changed, "warnings": told},
        text
        if changed
        else f"{values.name} is like that already; nothing was changed.",
    )


def _changed(known: DirectoryValues, said: Mapping[str, Any]) -> DirectoryValues:
    """Return the settings with what was said. Raises ``Invalid`` by field, as the page does."""
    if not any(said.values()) and all(
        said[name] is None for name in ("new_name", "url", *PLACES)
    ):
        raise click.UsageError("Say what is to be changed, such as --url URL.")
    if said["ca_file"] and said["system_certificates"]:
        raise click.UsageError(
            "--ca-file and --system-certificates exclude each other."
        )
    told: dict[str, Any] = {
        name: said[name].strip() for name in ("url", *PLACES) if said[name] is not None
    }
    told |= {name: said[name] for name in LISTS if said[name]}
    if said["new_name"] is not None:
        told["name"] = said["new_name"].strip()
    if said["ca_file"] or said["system_certificates"]:
        told["ca_file"] = str(said["ca_file"].absolute()) if said["ca_file"] else ""
    if "url" in told or said["starttls"] or said["plaintext"]:
        told["security"] = _security({**said, "url": told.get("url", known.url)})
    # A password that is not named again is kept only where the way to it and the account are the
    # same.
    passwords: dict[str, Any] = {
        f"{account}_password": _reference(said, account)
        for account in ("bind", "write")
    }
    values, again = asked_again(known, replace(known, **told, **passwords))
    for field, sentence in again.items():
        raise Invalid(sentence, field=field)
    return values


def _values(said: Mapping[str, Any]) -> DirectoryValues:
    kept: dict[str, Any] = {
        name: said[name]
        for name in DirectoryValues.__dataclass_fields__
        if name in said
    }
    ca_file = str(said["ca_file"].absolute()) if said["ca_file"] else ""
    passwords = {
        f"{account}_password": _reference(said, account)
        for account in ("bind", "write")
    }
    kept.update(passwords, security=_security(said), ca_file=ca_file)
    return DirectoryValues(**kept)


def _reference(said: Mapping[str, Any], account: str) -> str:
    file, variable = said[f"{account}_password_file"], said[f"{account}_password_env"]
    if file and variable:
        raise click.UsageError(
            f"Say where the {account} password is once: in a file or in a variable."
        )
    if file is None:
        return f"env:{variable}" if variable else ""
    # A name alone is that of a file in the folder for secrets, unless such a file lies where the
    # command was typed.
    return f"file:{file.absolute() if file.exists() else file}"


def _security(said: Mapping[str, Any]) -> str:
    if said["plaintext"] and (said["starttls"] or said["ca_file"]):
        raise click.UsageError("--plaintext and encryption exclude each other.")
    if said["url"].lower().startswith("ldaps:") or said["url"] == DEMO_URL:
        return (
            "plaintext"
            if said["plaintext"]
            else "starttls"
            if said["starttls"]
            else "ldaps"
        )
    if said["plaintext"]:
        return "plaintext"
    if said["url"].lower().startswith("ldap:") and not (
        said["starttls"] or said["ca_file"]
    ):
        raise Invalid(
            "ldap:// alone would send passwords unencrypted. Add --starttls, or --plaintext "
            "if you accept that.",
            field="security",
        )
    return "starttls"
