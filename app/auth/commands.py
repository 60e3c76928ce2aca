"""Operators on the command line: add, list, password and link."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from app.auth import actions, queries
from app.auth.console import actor
from app.auth.rules import NAMES
from app.auth.tokens import SCOPES, give_token, revoke_token, tokens
from app.core.acting import Acting
from app.core.errors import NotFound
from app.core.parts import parts
from app.core.terminal import address_of, emit, group, read_password, table
from app.models.auth import Operator

PASSWORD_FILE = click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take the password from the first line of this file.",
)


@group("operator")
def operator() -> None:
    """People who sign in to Rung."""


@operator.command("add")
@click.argument("name")
@click.option(
    "--permission",
    "permissions",
    multiple=True,
    required=True,
    help=f"One of {', '.join(NAMES)}; repeat.",
)
@click.option(
    "--person",
    "person_uid",
    default="",
    help="The operator's own account in the directory; - for none.",
)
@PASSWORD_FILE
def add(
    name: str, permissions: tuple[str, ...], person_uid: str, password_file: Path | None
) -> None:
    """Add NAME. Without a password file, print a link, usable once, to choose the password."""
    password = (
        actions.prepared(read_password(password_file), name) if password_file else None
    )
    by, now, link = actor(), parts().now(), ""
    with parts().acting(by) as act:
        added = actions.add_operator(act, name, permissions, person_uid=person_uid)
        if password:
            actions.set_password(act, name, password)
        else:
            link = address_of(
                actions.make_setup_link(act.session, now=now, operator_id=added.id)
            )
        data = {"operator": added.name, "permissions": added.permissions, "link": link}
    advice = [f"Choose the password within 48 hours at {link}"] if link else []
    emit(data, [f"Added {added.name}: {', '.join(added.permissions)}.", *advice])


@operator.command("password")
@click.argument("name")
@PASSWORD_FILE
def password(name: str, password_file: Path | None) -> None:
    """Set the password of NAME, typed twice or taken from a file, and sign NAME out everywhere."""
    with parts().database.read() as session:
        _known(queries.operator_named(session, name), name)
    typed, by = actions.prepared(read_password(password_file), name), actor()
    with parts().acting(by) as act:
        changed = actions.set_password(act, name, typed)
    emit({"operator": changed.name}, f"Set the password of {changed.name}.")


@operator.command("link")
@click.argument("name")
def link(name: str) -> None:
    """Print a new link, usable once, with which NAME chooses a password."""
    by = actor()
    with parts().acting(by) as act:
        found = _known(queries.operator_named(act.session, name), name)
        made = address_of(actions.invite_again(act, found.id))
    emit(
        {"operator": name, "link": made},
        f"Choose the password within 48 hours at {made}",
    )


@operator.command("change")
@click.argument("name")
@click.option(
    "--add",
    "added",
    multiple=True,
    help=f"A permission to give: one of {', '.join(NAMES)}; repeat.",
)
@click.option(
    "--remove", "removed", multiple=True, help="A permission to take; repeat."
)
@click.option(
    "--person",
    "person_uid",
    default=None,
    help="The operator's own account in the directory; - for none.",
)
def change(
    name: str, added: tuple[str, ...], removed: tuple[str, ...], person_uid: str | None
) -> None:
    """Change what NAME may do, and which account of the directory is NAME's own."""
    if not added and not removed and person_uid is None:
        raise click.UsageError("Say what changes: --add, --remove or --person.")
    if both := sorted(set(added) & set(removed)):
        raise click.UsageError(f"{', '.join(both)} cannot be given and taken at once.")
    by = actor()
    with parts().acting(by) as act:
        found = _known(queries.operator_named(act.session, name), name)
        may = actions.permissions_after(found.permissions, added, removed)
        uid = found.person_uid if person_uid is None else person_uid
        changed = actions.change_operator(act, found.id, may, uid)
    content = {
        "operator": changed.name,
        "permissions": changed.permissions,
        "person": changed.person_uid,
    }
    emit(content, f"{changed.name} may: {', '.join(changed.permissions) or 'nothing'}.")


@operator.command("disable")
@click.argument("name")
def disable(name: str) -> None:
    """Keep NAME from signing in, everywhere at once."""
    done = _changed(name, actions.disable_operator)
    emit({"operator": done, "disabled": True}, f"{done} can no longer sign in.")


@operator.command("enable")
@click.argument("name")
def enable(name: str) -> None:
    """Let NAME sign in again."""
    done = _changed(name, actions.enable_operator)
    emit({"operator": done, "disabled": False}, f"{done} can sign in again.")


def _changed(name: str, step: Callable[[Acting, int], Operator]) -> str:
    with parts().acting(actor()) as act:
        found = _known(queries.operator_named(act.session, name), name)
        return step(act, found.id).name


@operator.command("list")
def list_operators() -> None:
    """List all operators."""
    with parts().database.read() as session:
        lines = queries.all_operators(session)
    rows = [
        (line.name, ", ".join(line.permissions), line.person_uid, _standing(line))
        for line in lines
    ]
    shown = table(("Name", "May", "Person", "Standing"), rows)
    emit(
        {"operators": lines}, shown or "No operators yet. `rung init` makes the first."
    )


def _standing(line: queries.OperatorLine) -> str:
    if line.disabled_at:
        return "disabled"
    return "invited" if line.invited else "active"


def _known(found: Operator | None, name: str) -> Operator:
    if found is None:
        raise NotFound(f"There is no operator {name}.")
    return found


@group("token")
def token() -> None:
    """Keys of programs that use the interface at /api/v1."""


@token.command("add")
@click.argument("name")
@click.option(
    "--operator",
    "owner",
    required=True,
    help="For whom it acts; it never does more than that operator.",
)
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    help=f"One of {', '.join(SCOPES)}; repeat.",
)
@click.option(
    "--days",
    type=int,
    default=None,
    help="How long it lasts; without it, until revoked.",
)
def token_add(name: str, owner: str, scopes: tuple[str, ...], days: int | None) -> None:
    """Print a token for the program NAME, once."""
    by = actor()
    with parts().acting(by) as act:
        made, secret = give_token(act, owner, name, scopes, days)
    emit(
        {"id": made.id, "token": secret},
        [f"Token {made.id} for {made.name}. It is shown this once:", secret],
    )


@token.command("list")
def token_list() -> None:
    """List all tokens, without their secrets."""
    with parts().database.read() as session:
        found = [
            {
                "id": each.id,
                "name": each.name,
                "prefix": each.prefix,
                "operator": owner,
                "scopes": each.scopes,
                "expires_at": each.expires_at,
                "used_at": each.used_at,
                "revoked_at": each.revoked_at,
            }
            for each, owner in tokens(session)
        ]
    rows = [
        [
            each["id"],
            each["name"],
            each["prefix"],
            each["operator"],
            each["revoked_at"] or "",
        ]
        for each in found
    ]
    emit(
        {"tokens": found},
        table(["id", "name", "begins with", "operator", "revoked"], rows),
    )


@token.command("revoke")
@click.argument("token_id", type=int)
def token_revoke(token_id: int) -> None:
    """Let the token TOKEN_ID open nothing any more."""
    by = actor()
    with parts().acting(by) as act:
        gone = revoke_token(act, token_id)
    emit(
        {"id": gone.id, "name": gone.name},
        f"Token {gone.id} for {gone.name} is revoked.",
    )


COMMANDS = [operator, token]
