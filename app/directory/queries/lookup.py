"""Find a right by what people call it."""

from __future__ import annotations

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.core.errors import NotFound, Refused
from app.core.said import said
from app.models.directory import Directory, Entitlement
from app.people.queries import suggestions
from ldap_sync.dn import fold_or_self


def find_right(
    session: Session, text: str, directory_id: int | None = None
) -> Entitlement:
    """Return the right whose group has this cn or DN; groups that are there go before those that
    are gone.

    Raises ``NotFound`` with the nearest names, ``Refused`` with the candidates when several are
    meant.
    """
    wanted = text.strip()
    found = _by_cn(session, wanted, directory_id) or _by_dn(
        session, wanted, directory_id
    )
    there = [right for right in found if right.gone_at is None] or found
    if not there:
        raise NotFound(_not_found(session, wanted, directory_id))
    if len(there) > 1:
        shown = tuple(_candidate(session, right) for right in there)
        raise Refused(
            said("“%(wanted)s” may mean several rights; give the DN.", wanted=wanted),
            details=shown,
        )
    return there[0]


def _of(directory_id: int | None) -> Select[Entitlement]:
    everything = select(Entitlement).order_by(Entitlement.id)
    return (
        everything
        if directory_id is None
        else everything.where(Entitlement.directory_id == directory_id)
    )


def _by_cn(
    session: Session, wanted: str, directory_id: int | None
) -> list[Entitlement]:
    exact = list(session.scalars(_of(directory_id).where(Entitlement.cn == wanted)))
    return exact or list(
        session.scalars(
            _of(directory_id).where(func.lower(Entitlement.cn) == wanted.lower())
        )
    )


def _by_dn(
    session: Session, wanted: str, directory_id: int | None
) -> list[Entitlement]:
    if "=" not in wanted:
        return []
    folded = fold_or_self(wanted)
    names = session.execute(
        _of(directory_id).with_only_columns(Entitlement.id, Entitlement.dn)
    )
    ids = [row.id for row in names if fold_or_self(row.dn) == folded]
    return list(session.scalars(_of(directory_id).where(Entitlement.id.in_(ids))))


def _not_found(session: Session, wanted: str, directory_id: int | None) -> str:
    if not wanted:
        return "Say which right is meant: the name of its group or its DN."
    names = list(session.scalars(_of(directory_id).with_only_columns(Entitlement.cn)))
    if not names:
        return f"There is no right “{wanted}”: no directory has been read yet."
    close = suggestions(wanted, names)
    return f"There is no right “{wanted}”." + (
        f" Perhaps {', '.join(close)}?" if close else ""
    )


def _candidate(session: Session, right: Entitlement) -> str:
    return f"{right.dn} in {session.get_one(Directory, right.directory_id).name}"
