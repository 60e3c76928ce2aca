"""What can be done with operators: add, invite, disable, change permissions and passwords, sign in
and out.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.auth.notices import named, tell_operators
from app.auth.queries import (
    SignedIn,
    hash_token,
    invitation,
    nobody_yet,
    operator_named,
    operators_with,
)
from app.auth.rules import (
    NAMES,
    in_order,
    name_problem,
    password_problem,
    unknown_permissions,
)
from app.auth.signing_in import HASHER, prove, start_sign_in, subject_of
from app.core.acting import Acting
from app.core.changes import Change, one
from app.core.db import Database
from app.core.errors import Invalid, NotFound, Refused
from app.core.said import said
from app.models.auth import Operator, SetupLink, SignIn


def add_operator(
    act: Acting,
    name: str,
    permissions: Sequence[str],
    *,
    person_uid: str = "",
) -> Operator:
    """Add somebody who may sign in once a password is set.

    Raises ``Invalid`` for a bad or taken name.
    """
    _check_name(act.session, name)
    operator = Operator(
        name=name,
        permissions=_checked(permissions),
        person_uid=person_uid.strip(),
        created_at=act.now,
        disabled_at=None,
    )
    if not nobody_yet(act.session):
        _note_approver(operator, act.now)
    act.session.add(operator)
    act.session.flush()
    after = {"permissions": operator.permissions, "person": operator.person_uid}
    Change(after=after).record(
        act, subject_of(operator), "operator.add", f"Added operator {name}"
    )
    sentence = (
        f"{named(act.by)} added the operator {name}: {', '.join(operator.permissions)}."
    )
    tell_operators(act, sentence, _page(operator))
    return operator


@dataclass(frozen=True, slots=True)
class Hashed:
    """A password in the form it is stored in; a type of its own, so that none is ever stored as it
    was typed.
    """

    text: str = field(repr=False)


def prepared(password: str, name: str) -> Hashed:
    """Return what is stored of a new password.

    Takes a while, so it is done before the database is held.

    Raises ``Invalid`` for a weak one.
    """
    if problem := password_problem(password, name):
        raise Invalid(problem, field="password")
    return Hashed(HASHER.hash(password))


def set_password(act: Acting, name: str, stored: Hashed) -> Operator:
    """Set a password, as ``prepared`` returned it, and sign the operator out everywhere.

    Raises ``NotFound``.
    """
    operator = _named(act.session, name)
    operator.password_hash = stored.text
    act.session.execute(delete(SignIn).where(SignIn.operator_id == operator.id))
    label = f"Set the password of {operator.name}"
    Change().record(act, subject_of(operator), "operator.password", label)
    return operator


def change_own_password(
    act: Acting, operator: SignedIn, stored: Hashed, address: str
) -> str:
    """Set a new password for oneself, once the old one was proved; other browsers are signed out.

    Returns a new token.
    """
    set_password(act, operator.name, stored)
    return start_sign_in(act.session, operator.operator_id, address, act.now)


def prove_old(
    database: Database, operator: SignedIn, old: str, address: str, *, now: datetime
) -> None:
    """Let a change of one's own password go on only with the present one. Raises ``Invalid``.

    A wrong one counts like a wrong one at the sign-in, in a transaction of its own.
    """
    try:
        prove(database, operator, old, address, now=now)
    except Invalid as error:
        raise Invalid(
            said("This is not your present password."), field="old"
        ) from error
    except Refused as error:
        raise Invalid(error.message, field="old") from error


def make_setup_link(
    session: Session, *, now: datetime, operator_id: int | None = None
) -> str:
    """Return the path of a link, usable once within 48 hours, to choose a password.

    Without an operator: the first.
    """
    if operator_id is None and not nobody_yet(session):
        raise Refused(
            said(
                "There are operators already. Ask one of them, or use `rung "
                "operator password NAME`."
            )
        )
    same = (
        SetupLink.operator_id.is_(None)
        if operator_id is None
        else SetupLink.operator_id == operator_id
    )
    session.execute(delete(SetupLink).where(same, SetupLink.used_at.is_(None)))
    token = secrets.token_urlsafe(24)
    session.add(
        SetupLink(
            token_hash=hash_token(token),
            operator_id=operator_id,
            created_at=now,
            used_at=None,
        )
    )
    return f"/setup/{token}"


def use_setup_link(act: Acting, token: str, name: str, stored: Hashed) -> Operator:
    """Choose a password with a set-up link; the first operator also chooses the name and may do
    everything.

    ``stored`` is the password as ``prepared`` returned it.
    """
    found = invitation(act.session, token, act.now)
    if found is None:
        raise NotFound(
            said("This link was used already or has expired. Ask for a new one.")
        )
    if found.operator_id is None:
        add_operator(act.by_another(name), name, NAMES)
    name = found.name or name
    operator = set_password(act.by_another(name), name, stored)
    act.session.execute(
        update(SetupLink)
        .where(SetupLink.id == found.id)
        .values(used_at=act.now, operator_id=operator.id)
    )
    return operator


def invite_again(act: Acting, operator_id: int) -> str:
    """Return a new set-up link for an operator who forgot the password or never used the first
    link.
    """
    operator = _numbered(act.session, operator_id)
    if operator.disabled_at:
        raise Refused(
            said("%(name)s is disabled. Enable the operator first.", name=operator.name)
        )
    link = make_setup_link(act.session, now=act.now, operator_id=operator.id)
    label = f"Made a set-up link for {operator.name}"
    Change().record(act, subject_of(operator), "operator.link", label)
    return link


def disable_operator(act: Acting, operator_id: int) -> Operator:
    """Keep an operator from signing in, everywhere at once.

    Raises ``Refused`` for the last who manages operators.
    """
    operator = _numbered(act.session, operator_id)
    if operator.disabled_at is None:
        _keep_one_manager(act.session, operator)
        operator.disabled_at = act.now
        act.session.execute(delete(SignIn).where(SignIn.operator_id == operator.id))
        label = f"Disabled operator {operator.name}"
        Change().record(act, subject_of(operator), "operator.disable", label)
        tell_operators(
            act, f"{act.by} disabled the operator {operator.name}.", _page(operator)
        )
    return operator


def enable_operator(act: Acting, operator_id: int) -> Operator:
    """Let a disabled operator sign in again."""
    operator = _numbered(act.session, operator_id)
    if operator.disabled_at is not None:
        operator.disabled_at = None
        _note_approver(operator, act.now)
        label = f"Enabled operator {operator.name}"
        Change().record(act, subject_of(operator), "operator.enable", label)
        tell_operators(
            act, f"{act.by} enabled the operator {operator.name}.", _page(operator)
        )
    return operator


def change_operator(
    act: Acting,
    operator_id: int,
    permissions: Sequence[str],
    person_uid: str,
) -> Operator:
    """Change what an operator may do and which person of the directory that is."""
    operator = _numbered(act.session, operator_id)
    before = {"permissions": operator.permissions, "person": operator.person_uid}
    after = {"permissions": _checked(permissions), "person": person_uid.strip()}
    if after == before:
        return operator
    if "operators" not in after["permissions"]:
        _keep_one_manager(act.session, operator)
    was_approver = (
        "approve" in operator.permissions and operator.person_uid == after["person"]
    )
    operator.permissions, operator.person_uid = (
        list(after["permissions"]),
        str(after["person"]),
    )
    if not was_approver:
        _note_approver(operator, act.now)
    label = f"Changed what operator {operator.name} may do"
    Change(before=before, after=after).record(
        act, subject_of(operator), "operator.change", label
    )
    difference = _difference(before, after)
    sentence = f"{named(act.by)} changed the operator {operator.name}: {difference}."
    tell_operators(act, sentence, _page(operator))
    return operator


def _note_approver(operator: Operator, now: datetime) -> None:
    """Let the cooling period of a new approver, or of one who is somebody else now, begin."""
    operator.approver_since = now if "approve" in operator.permissions else None


def permissions_after(
    present: Sequence[str], added: Sequence[str], removed: Sequence[str]
) -> list[str]:
    """Return the permissions once some were given and some taken.

    Raises ``Invalid`` for one that does not exist.
    """
    return [
        name for name in _checked([*present, *added]) if name not in _checked(removed)
    ]


def set_theme(act: Acting, operator_id: int, theme: str) -> None:
    """Keep the look an operator chose: ``light``, ``dark``, or nothing for what the system says."""
    operator = _numbered(act.session, operator_id)
    if theme not in ("", "light", "dark"):
        raise Invalid(said("Choose light, dark or system."), field="theme")
    if operator.theme != theme:
        before, operator.theme = operator.theme, theme
        label = f"{operator.name} chose the {theme or 'system'} look"
        was, is_now = {"theme": before}, {"theme": theme}
        Change(before=was, after=is_now).record(
            act, subject_of(operator), "operator.theme", label
        )


def set_language(act: Acting, operator_id: int, language: str) -> None:
    """Keep the language an operator reads; nothing for what the browser says."""
    operator = _numbered(act.session, operator_id)
    if (operator.language or "") == language:
        return
    before, operator.language = operator.language, language or None
    Change(before={"language": before}, after={"language": language or None}).record(
        act,
        subject_of(operator),
        "operator.language",
        f"{operator.name} reads {language or 'what the browser says'}",
    )


def _keep_one_manager(session: Session, operator: Operator) -> None:
    others = [
        other
        for other in operators_with(session, "operators")
        if other.id != operator.id
    ]
    if "operators" in operator.permissions and not others:
        raise Refused(
            said(
                "%(name)s is the last who may manage operators. Give that "
                "permission to another first.",
                name=operator.name,
            )
        )


def _check_name(session: Session, name: str) -> None:
    if problem := name_problem(name):
        raise Invalid(problem, field="name")
    if operator_named(session, name):
        raise Invalid(
            said("There is an operator called %(name)s already.", name=name),
            field="name",
        )


def _checked(permissions: Sequence[str]) -> list[str]:
    if unknown := unknown_permissions(permissions):
        raise Invalid(
            said(
                "There is no permission %(unknown)s. Known: %(names)s.",
                unknown=", ".join(unknown),
                names=", ".join(NAMES),
            ),
            field="permissions",
        )
    return in_order(permissions)


def _named(session: Session, name: str) -> Operator:
    operator = operator_named(session, name)
    if operator is None:
        raise NotFound(said("There is no operator called %(name)s.", name=name))
    return operator


def _numbered(session: Session, operator_id: int) -> Operator:
    operator = one(session, Operator, operator_id)
    return operator


def _difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    old, new = before["permissions"], after["permissions"]
    added = [f"may now {name}" for name in new if name not in old]
    taken = [f"may no longer {name}" for name in old if name not in new]
    account = (
        ["another account in the directory"]
        if before["person"] != after["person"]
        else []
    )
    return ", ".join([*added, *taken, *account])


def _page(operator: Operator) -> str:
    return f"/operators/{operator.id}"
