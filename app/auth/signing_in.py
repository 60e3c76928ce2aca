"""Signing in and out: passwords proved, wrong ones counted and locked, the row that lets a browser
in.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.auth.queries import (
    SignedIn,
    hash_token,
    locked_for,
    operator_named,
)
from app.auth.rules import (
    FAILURES_COUNT_FOR,
    SIGN_IN_LASTS,
)
from app.core import audit
from app.core.db import Database
from app.core.errors import Invalid, Refused
from app.core.said import nsaid, said
from app.models.auth import FailedSignIn, Operator, SignIn

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


# Checked when there is no such operator, so that the time to answer does not tell names from
# non-names.
NO_ONE = HASHER.hash(secrets.token_urlsafe())


WRONG = "Name or password is wrong."


def sign_in(
    database: Database, name: str, password: str, address: str, *, now: datetime
) -> str:
    """Return the secret of a new sign-in.

    Takes the database, so that hashing holds no transaction open.

    Raises ``Refused`` while the name is locked for this address, ``Invalid`` for a wrong name or
    password.
    """
    with database.read() as session:
        _refuse_while_locked(session, name, address, now)
        operator = operator_named(session, name)
    good = operator is not None and operator.disabled_at is None
    if (
        not _matches(operator.password_hash if operator and good else NO_ONE, password)
        or not operator
        or not good
    ):
        _note_failure(database, name, address, now)
        raise Invalid(WRONG, field="password")
    renewed = (
        HASHER.hash(password)
        if HASHER.check_needs_rehash(operator.password_hash)
        else ""
    )
    with database.write() as session:
        if renewed:
            _rehash(session, operator.id, renewed, now)
        session.execute(
            delete(FailedSignIn).where(
                FailedSignIn.name == name.lower(), FailedSignIn.address == address
            )
        )
        return start_sign_in(session, operator.id, address, now)


def prove(
    database: Database,
    operator: SignedIn,
    password: str,
    address: str,
    *,
    now: datetime,
) -> None:
    """Prove once more who sits there, before something that reaches the directory."""
    with database.read() as session:
        _refuse_while_locked(session, operator.name, address, now)
        stored = session.get_one(Operator, operator.operator_id).password_hash
    if not _matches(stored, password):
        _note_failure(database, operator.name, address, now)
        raise Invalid(said("This is not your password."), field="password")
    with database.write() as session:
        session.execute(
            update(SignIn).where(SignIn.id == operator.sign_in_id).values(proved_at=now)
        )


def sign_out(session: Session, token: str) -> None:
    """End a sign-in for good; its cookie is worth nothing from now on."""
    session.execute(delete(SignIn).where(SignIn.token_hash == hash_token(token)))


def end_sign_in(session: Session, operator_id: int, sign_in_id: int) -> None:
    """End one of an operator's own sign-ins, say on a lost laptop."""
    session.execute(
        delete(SignIn).where(SignIn.id == sign_in_id, SignIn.operator_id == operator_id)
    )


def note_seen(session: Session, sign_in_id: int, *, now: datetime) -> None:
    """Remember when a sign-in was last used."""
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=now))


def start_sign_in(
    session: Session, operator_id: int, address: str, now: datetime
) -> str:
    """Let an operator in from an address and return the token for the browser; what ran out is
    removed.
    """
    session.execute(delete(SignIn).where(SignIn.created_at <= now - SIGN_IN_LASTS))
    token = secrets.token_urlsafe(32)
    visit = SignIn(
        token_hash=hash_token(token), operator_id=operator_id, address=address
    )
    visit.created_at = visit.seen_at = visit.proved_at = now
    session.add(visit)
    return token


def _matches(stored: str, password: str) -> bool:
    try:
        return HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _rehash(session: Session, operator_id: int, renewed: str, now: datetime) -> None:
    operator = session.get_one(Operator, operator_id)
    operator.password_hash = renewed
    label = f"Stored the password of {operator.name} in a stronger form"
    audit.record(
        session, operator.name, "operator.rehash", subject_of(operator), label, at=now
    )


def _note_failure(database: Database, name: str, address: str, now: datetime) -> None:
    with database.write() as session:
        session.execute(
            delete(FailedSignIn).where(FailedSignIn.at <= now - FAILURES_COUNT_FOR)
        )
        session.add(FailedSignIn(name=name.lower(), address=address, at=now))


def _refuse_while_locked(
    session: Session, name: str, address: str, now: datetime
) -> None:
    until = locked_for(session, name, address, now)
    if until and until > now:
        minutes = max(1, round((until - now).total_seconds() / 60))
        raise Refused(
            nsaid(
                "Too many wrong passwords. Signing in from here is locked for "
                "%(number)s more minute.",
                "Too many wrong passwords. Signing in from here is locked for "
                "%(number)s more minutes.",
                minutes,
            )
        )


def subject_of(operator: Operator) -> str:
    """Return how events of the trail name an operator."""
    return f"operator:{operator.id}"
