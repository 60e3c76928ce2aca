"""Roles on the command line: make, change, look at, see whom they fit, retire."""

from __future__ import annotations

from typing import Any

import click
from sqlalchemy.orm import Session

from app.access.commands.data import all_roles, find_role, fit_data, role_data
from app.access.commands.texts import counted, listed
from app.access.fit.queries import rights_held
from app.access.queries import load_role
from app.access.roles.actions import (
    RoleDraft,
    change_role,
    create_role,
    retire_role,
    stand_under,
)
from app.auth.console import actor
from app.core.errors import Invalid
from app.core.parts import parts
from app.core.terminal import emit, group, table
from app.directory.queries.lookup import find_right
from app.directory.queries.overview import find_directory
from app.models.access.words import Realisation
from app.people.queries import find_person

REALISE = click.option(
    "--realise",
    type=click.Choice([kind.value for kind in Realisation]),
    help="How the role stands in the directory; unless said, in the way that loses nothing.",
)
OWNER = click.option("--owner", metavar="PERSON", help="Who answers for the role.")
REASON = click.option(
    "--reason", default="", help="Why these rights belong in the role."
)


@group("role")
def role() -> None:
    """Roles: named sets of rights with an owner."""


@role.command("new")
@click.argument("name")
@click.option(
    "--from-person",
    metavar="PERSON",
    help="Take the direct rights of this person, role groups aside.",
)
@click.option(
    "--right",
    "rights",
    metavar="GROUP",
    multiple=True,
    help="A right of the role; repeat.",
)
@REALISE
@OWNER
@click.option("--purpose", default="", help="What the role is for.")
@REASON
@click.option("--directory", help="The directory, where several are connected.")
def new(
    name: str,
    from_person: str | None,
    rights: tuple[str, ...],
    realise: str | None,
    owner: str | None,
    purpose: str,
    reason: str,
    directory: str | None,
) -> None:
    """Make the role NAME from one person's rights or from single rights."""
    if bool(from_person) == bool(rights):
        raise click.UsageError("Say either --from-person or --right.")
    by = actor()
    with parts().acting(by) as act:
        home = find_directory(act.session, directory).id if directory else None
        home, chosen = (
            _held(act.session, from_person, home)
            if from_person
            else _named(act.session, rights, home)
        )
        owner_id = find_person(act.session, owner, home).id if owner else None
        reasons = {right: reason or usual for right, usual in chosen.items()}
        draft = RoleDraft(name, reasons, purpose, owner_id, _realisation(realise))
        made = create_role(act, home, draft)
        data = _told(act.session, made.id)
    rights_in_it = counted(len(data["rights"]), "right", "rights")
    emit(
        data,
        [f"Made the role {data['role']} with {rights_in_it}.", *_lines(data, realise)],
    )


@role.command("change")
@click.argument("name")
@click.option(
    "--add-right",
    "added",
    metavar="GROUP",
    multiple=True,
    help="A right to add; repeat.",
)
@click.option(
    "--remove-right",
    "removed",
    metavar="GROUP",
    multiple=True,
    help="A right to take out; repeat.",
)
@click.option(
    "--rename",
    help="Another name; possible until the role has its group in the directory.",
)
@click.option("--purpose", help="What the role is for.")
@OWNER
@REALISE
@REASON
def change(
    name: str,
    added: tuple[str, ...],
    removed: tuple[str, ...],
    rename: str | None,
    purpose: str | None,
    owner: str | None,
    realise: str | None,
    reason: str,
) -> None:
    """Change the role NAME.

    A version that was approved or planned with stays as it is; a new one is made.
    """
    if not any((added, removed, rename, purpose is not None, owner, realise)):
        raise click.UsageError("Say what to change.")
    by = actor()
    with parts().acting(by) as act:
        before = load_role(act.session, find_role(act.session, name))
        home = before.directory_id
        rights = {
            item.entitlement_id: item.reason for item in before.versions[-1].rights
        }
        rights |= {find_right(act.session, right, home).id: reason for right in added}
        for right in removed:
            _take_out(
                rights, find_right(act.session, right, home).id, right, before.name
            )
        draft = RoleDraft(
            rename or before.name,
            rights,
            before.purpose if purpose is None else purpose,
            find_person(act.session, owner, home).id if owner else before.owner_id,
            _realisation(realise),
        )
        change_role(act, before.id, draft)
        data = _told(act.session, before.id)
    emit(
        data,
        [
            f"Changed the role {data['role']}; this is version {data['version']}.",
            *_lines(data, realise),
        ],
    )


@role.command("list")
def list_roles() -> None:
    """List all roles."""
    with parts().database.read() as session:
        data = all_roles(session)
    rows = [{**each, "use": "retired" if each["retired_at"] else ""} for each in data]
    headers = "Role|Version|Rights|Realised|Owner|"
    shown = listed(
        headers, rows, "role", "version", "rights", "realisation", "owner", "use"
    )
    emit(
        {"roles": data},
        shown
        or "No roles yet. `rung role new NAME --from-person PERSON` makes the first.",
    )


@role.command("show")
@click.argument("name")
def show(name: str) -> None:
    """Show the role NAME with its rights and the reason for each."""
    with parts().database.read() as session:
        data = _told(session, find_role(session, name))
    emit(data, [f"{data['role']}, version {data['version']}", *_lines(data)])


@role.command("fit")
@click.argument("name")
def fit(name: str) -> None:
    """Compare everybody who holds some of the role NAME with it: who could move with no change
    comes first.
    """
    with parts().database.read() as session:
        found = load_role(session, find_role(session, name))
        people = fit_data(session, found)
    rows = [(*_fit_cells(person), person["off_limits"]) for person in people]
    count = sum(person["zero_change"] and not person["off_limits"] for person in people)
    sentence = (
        f"{count:,} of {len(people):,} people could move to "
        f"{found.name} with no change at all."
    )
    shown = table(("Person", "Name", "Covered", "Missing", "Extra", "Stays out"), rows)
    emit(
        {"role": found.name, "version": found.versions[-1].number, "people": people},
        [sentence, shown],
    )


@role.command("under")
@click.argument("name")
@click.option("--improvement", type=int, help="Its number; none unless said.")
def under(name: str, improvement: int | None) -> None:
    """Put the role NAME under an improvement, so that whom it moves counts there."""
    with parts().acting(actor()) as act:
        found = stand_under(act, find_role(act.session, name), improvement)
        data = {"role": found.name, "improvement": found.improvement_id}
    place = f"improvement {improvement}" if improvement else "no improvement"
    emit(data, f"The role {data['role']} stands under {place}.")


@role.command("retire")
@click.argument("name")
@click.option("--reason", default="", help="Why nobody needs it any more.")
def retire(name: str, reason: str) -> None:
    """Take the role NAME out of use; refused while people hold it."""
    by = actor()
    with parts().acting(by) as act:
        retired = retire_role(act, find_role(act.session, name), reason=reason)
    emit(
        {"role": retired.name, "retired_at": retired.retired_at},
        f"Retired the role {retired.name}.",
    )


def _held(session: Session, text: str, home: int | None) -> tuple[int, dict[int, str]]:
    """Return the directory of a person and the rights held directly there, each with the usual
    reason.
    """
    person = find_person(session, text, home)
    held = rights_held(session, person.id)
    if not held:
        raise Invalid(
            f"{text} holds no direct right of which a role could be made.",
            field="rights",
        )
    return person.directory_id, dict.fromkeys(
        held, f"Held by {person.name} when the role was made."
    )


def _named(
    session: Session, names: tuple[str, ...], home: int | None
) -> tuple[int, dict[int, str]]:
    """Return the directory meant and the rights of these names in it."""
    there = home or find_directory(session).id
    return there, {find_right(session, name, there).id: "" for name in names}


def _told(session: Session, role_id: int) -> dict[str, Any]:
    session.expire_all()  # versions and rights as they are now
    return role_data(session, load_role(session, role_id))


def _take_out(rights: dict[int, str], right_id: int, name: str, role_name: str) -> None:
    if rights.pop(right_id, None) is None:
        raise Invalid(f"{name} is not in the role {role_name}.", field="rights")


def _realisation(text: str | None) -> Realisation | None:
    return Realisation(text) if text else None


def _fit_cells(person: dict[str, Any]) -> tuple[str, ...]:
    counts = (
        str(len(person["covered"])),
        ", ".join(person["missing"]),
        ", ".join(person["extra"]),
    )
    return person["person"], person["name"], *counts


def _lines(data: dict[str, Any], asked: str | None = None) -> list[str]:
    owner = f"owner {data['owner']}" if data["owner"] else "no owner"
    lines = [f"Realised {data['realisation']}; {owner}; group {data['group']}."]
    if data["purpose"]:
        lines.append(data["purpose"])
    if asked == Realisation.NESTED.value:
        lines.append(
            "You state that applications with an unknown lens follow nested groups; the audit "
            "trail says so."
        )
    rows = [
        {**right, "gone": "gone" if right["gone"] else ""} for right in data["rights"]
    ]
    return [
        *lines,
        listed("Right|Lens|Reason|", rows, "right", "lens", "reason", "gone"),
    ]
