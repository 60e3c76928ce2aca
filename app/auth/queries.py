"""Reads of operators and their sign-ins."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from app.auth.rules import (
    FAILURES_COUNT_FOR,
    FAILURES_PER_ADDRESS,
    FAILURES_PER_NAME,
    LINK_LASTS,
    PROOF_LASTS,
    SIGN_IN_LASTS,
    is_over,
    locked_until,
)
from app.core.errors import NotFound
from app.core.said import said
from app.core.settings import Settings
from app.models.auth import FailedSignIn, Operator, SetupLink, SignIn


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The operator behind a request.

    ``proved_at`` is when the password was last given in this sign-in.
    """

    operator_id: int
    sign_in_id: int
    token: str
    name: str
    permissions: tuple[str, ...]
    theme: str
    language: str
    created_at: datetime
    seen_at: datetime
    proved_at: datetime

    def may(self, permission: str) -> bool:
        """Tell whether the operator has ``permission``."""
        return permission in self.permissions

    def proved_lately(self, now: datetime) -> bool:
        """Tell whether the password was given within the last 15 minutes."""
        return not is_over(self.proved_at, PROOF_LASTS, now)

    # The four things Flask-Login asks of a user.
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """Return what the cookie holds: the secret of this sign-in, never the operator's number."""
        return self.token


@dataclass(frozen=True, slots=True)
class OperatorLine:
    """One operator as listed; ``invited`` until a password was chosen, ``last_seen`` in any
    browser.
    """

    id: int
    name: str
    permissions: tuple[str, ...]
    person_uid: str
    created_at: datetime
    disabled_at: datetime | None
    invited: bool
    last_seen: datetime | None

    def fits(self, words: str) -> bool:
        """Tell whether each word stands in the name, the person or a permission."""
        said = " ".join((self.name, self.person_uid, *self.permissions)).casefold()
        return all(word in said for word in words.casefold().split())


@dataclass(frozen=True, slots=True)
class Invitation:
    """A set-up link that can still be used; without an operator it makes the first one."""

    id: int
    operator_id: int | None
    name: str


def hash_token(token: str) -> str:
    """Return what is stored of a secret that was handed out."""
    return hashlib.sha256(token.encode()).hexdigest()


def signed_in(
    session: Session, token: str, now: datetime, idle: timedelta = SIGN_IN_LASTS
) -> SignedIn | None:
    """Return who signed in with ``token``, unless it was revoked or has ended, or the operator is
    disabled.

    It ends after twelve hours, and when it was not used for as long as ``idle``.
    """
    asked = {"token_hash": hash_token(token)}
    found = session.execute(_signed_in_asked(), asked).one_or_none()
    if (
        found is None
        or found.Operator.disabled_at
        or is_over(found.SignIn.created_at, SIGN_IN_LASTS, now)
    ):
        return None
    operator, visit = found.Operator, found.SignIn
    if is_over(visit.seen_at, idle, now):
        return None
    return SignedIn(
        operator.id,
        visit.id,
        token,
        operator.name,
        tuple(operator.permissions),
        operator.theme,
        operator.language or "",
        visit.created_at,
        visit.seen_at,
        visit.proved_at,
    )


@cache
def _signed_in_asked() -> Select[SignIn, Operator]:
    query = select(SignIn, Operator).join(Operator, Operator.id == SignIn.operator_id)
    return query.where(SignIn.token_hash == bindparam("token_hash"))


def operator_named(session: Session, name: str) -> Operator | None:
    """Return the operator called ``name``; upper and lower case make no difference."""
    return session.scalars(
        select(Operator).where(func.lower(Operator.name) == name.lower())
    ).first()


def can_sign_in(session: Session) -> list[Operator]:
    """Return the operators who can sign in, by name."""
    usable = (
        select(Operator)
        .where(Operator.disabled_at.is_(None), Operator.password_hash != "")
        .order_by(Operator.name)
    )
    return list(session.scalars(usable))


def operators_with(session: Session, permission: str) -> list[Operator]:
    """Return the operators who can sign in and have ``permission``, by name."""
    return [
        operator
        for operator in can_sign_in(session)
        if permission in operator.permissions
    ]


def nobody_yet(session: Session) -> bool:
    """Tell whether no operator has chosen a password so far."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Operator)
            .where(Operator.password_hash != "")
        )
        == 0
    )


def all_operators(session: Session) -> list[OperatorLine]:
    """Return all operators for the list, those who may sign in first."""
    rows = session.execute(
        _lines().order_by(Operator.disabled_at.is_not(None), Operator.name)
    )
    return [_line(operator, last_seen) for operator, last_seen in rows]


def operator_line(session: Session, operator_id: int) -> OperatorLine:
    """Return one operator. Raises ``NotFound``."""
    row = session.execute(_lines().where(Operator.id == operator_id)).one_or_none()
    if row is None:
        raise NotFound(said("There is no such operator."))
    return _line(row[0], row[1])


def _lines() -> Select[Operator, datetime | None]:
    seen = (
        select(SignIn.operator_id, func.max(SignIn.seen_at).label("at"))
        .group_by(SignIn.operator_id)
        .subquery()
    )
    return select(Operator, seen.c.at).outerjoin(
        seen, seen.c.operator_id == Operator.id
    )


def _line(operator: Operator, last_seen: datetime | None) -> OperatorLine:
    return OperatorLine(
        operator.id,
        operator.name,
        tuple(operator.permissions),
        operator.person_uid,
        operator.created_at,
        operator.disabled_at,
        not operator.password_hash,
        last_seen,
    )


def sign_ins_of(
    session: Session, operator_id: int, now: datetime, idle: timedelta = SIGN_IN_LASTS
) -> list[SignIn]:
    """Return the sign-ins of an operator that still hold, the latest first."""
    holds = (SignIn.created_at > now - SIGN_IN_LASTS, SignIn.seen_at > now - idle)
    query = select(SignIn).where(SignIn.operator_id == operator_id, *holds)
    return list(session.scalars(query.order_by(SignIn.seen_at.desc())))


def locked_for(
    session: Session, name: str, address: str, now: datetime
) -> datetime | None:
    """Return until when this name from this address, or this address at all, may not try to sign
    in.
    """
    recent = select(FailedSignIn).where(
        FailedSignIn.at > now - FAILURES_COUNT_FOR, FailedSignIn.address == address
    )
    failures = list(session.scalars(recent))
    by_name = [failure.at for failure in failures if failure.name == name.lower()]
    ends = (
        locked_until(by_name, FAILURES_PER_NAME, now),
        locked_until([failure.at for failure in failures], FAILURES_PER_ADDRESS, now),
    )
    return max((end for end in ends if end), default=None)


def invitation(session: Session, token: str, now: datetime) -> Invitation | None:
    """Return the set-up link behind ``token`` if it was not used and is not older than 48 hours."""
    link = session.scalars(
        select(SetupLink).where(SetupLink.token_hash == hash_token(token))
    ).one_or_none()
    if link is None or link.used_at or is_over(link.created_at, LINK_LASTS, now):
        return None
    operator = session.get(Operator, link.operator_id) if link.operator_id else None
    if operator is None:
        return Invitation(link.id, None, "") if nobody_yet(session) else None
    return (
        None
        if operator.disabled_at
        else Invitation(link.id, operator.id, operator.name)
    )


def demo_names(settings: Settings) -> list[str]:
    """Return who may sign in to the demo, where Rung made these operators itself; never how."""
    try:
        text = (settings.home / "demo" / "sign-in.txt").read_text(encoding="utf-8")
    except OSError:
        return []
    named = (line.split()[0] for line in text.splitlines() if line.strip())
    return [name for name in named if name != "#"]
