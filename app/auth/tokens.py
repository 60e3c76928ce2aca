"""Keys of programs: given, shown once, used, revoked.

A token never does more than its operator may.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.auth.queries import hash_token
from app.core.acting import Acting
from app.core.changes import Change, one
from app.core.errors import Invalid, NotFound
from app.core.said import said
from app.models.auth import ApiToken, Operator

SCOPES = ("read", "desk", "improve", "plan")
PREFIX, SHOWN = "rung_", 10


@dataclass(frozen=True, slots=True)
class Program:
    """Who asks: the operator behind a token, and what token and operator both allow."""

    token_id: int
    name: str
    allowed: frozenset[str]
    used_at: datetime | None

    def may(self, permission: str) -> bool:
        """Tell whether the scope was given and the operator has the permission."""
        return permission in self.allowed


def give_token(
    act: Acting,
    operator: str,
    name: str,
    scopes: Sequence[str],
    days: int | None,
) -> tuple[ApiToken, str]:
    """Return a new token and its secret, which is not kept. Raises ``Invalid`` and ``NotFound``."""
    if not name.strip():
        raise Invalid(said("Say which program it is for."), field="name")
    if not scopes or set(scopes) - set(SCOPES):
        raise Invalid(
            said("Choose among the scopes %(scopes)s.", scopes=", ".join(SCOPES)),
            field="scopes",
        )
    if days is not None and days < 1:
        raise Invalid(said("It has to last a day at least."), field="days")
    owner = act.session.scalar(select(Operator).where(Operator.name == operator))
    if owner is None:
        raise NotFound(said("There is no operator %(operator)s.", operator=operator))
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        name=name.strip(),
        prefix=secret[:SHOWN],
        token_hash=hash_token(secret),
        operator_id=owner.id,
        scopes=[scope for scope in SCOPES if scope in scopes],
        created_at=act.now,
        expires_at=act.now + timedelta(days=days) if days else None,
        used_at=None,
        revoked_at=None,
    )
    act.session.add(token)
    act.session.flush()
    after = {"name": token.name, "scopes": token.scopes, "operator": operator}
    Change(after=after).record(
        act, f"token:{token.id}", "token.give", f"Token for {token.name}"
    )
    return token, secret


def revoke_token(act: Acting, token_id: int) -> ApiToken:
    """Let a token open nothing any more."""
    token = one(act.session, ApiToken, token_id)
    if token.revoked_at is None:
        token.revoked_at = act.now
        Change().record(
            act, f"token:{token.id}", "token.revoke", f"Revoked {token.name}"
        )
    return token


def tokens(session: Session) -> list[tuple[ApiToken, str]]:
    """Return all tokens with their operators, the newest first."""
    query = select(ApiToken, Operator.name).join(
        Operator, Operator.id == ApiToken.operator_id
    )
    return [
        (token, name)
        for token, name in session.execute(query.order_by(ApiToken.id.desc()))
    ]


def holder_of(session: Session, secret: str, now: datetime) -> Program | None:
    """Return who asks with this secret, unless it was revoked, has ended, or the operator is
    disabled.
    """
    query = select(ApiToken, Operator).join(
        Operator, Operator.id == ApiToken.operator_id
    )
    found = session.execute(
        query.where(ApiToken.token_hash == hash_token(secret))
    ).one_or_none()
    if found is None:
        return None
    token, operator = found
    if (
        token.revoked_at
        or operator.disabled_at
        or (token.expires_at and now >= token.expires_at)
    ):
        return None
    return Program(
        token.id,
        operator.name,
        frozenset(token.scopes) & frozenset(operator.permissions),
        token.used_at,
    )


def note_used(session: Session, token_id: int, *, now: datetime) -> None:
    """Note when a token was used last."""
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(used_at=now))
