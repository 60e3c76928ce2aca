"""Ask the directory who made a difference, as far as it tells: who changed the group last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from contextlib import closing

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.parts import Parts
from app.core.said import said
from app.directory.actions import connection_of
from app.models.access.drift import Drift
from app.models.access.role import Role
from app.models.access.words import DriftKind
from app.models.directory import Directory, Entitlement
from ldap_sync.dn import fold_or_self
from ldap_sync.port import DirectoryError

MOST = 500
"""So many differences are asked about in one go; the next sweep takes the rest."""


def ask_who_did_it(parts: Parts) -> bool:
    """Ask once, for each new difference, who changed its group last; tell whether there was one.

    What the directory does not tell stays not known; one that is away is asked again later.
    """
    with parts.database.read() as session:
        due = _due(session)
    asked = [
        _asked(
            parts,
            number,
            groups,
        )
        for number, groups in due.items()
    ]
    return any(asked)


def _due(session: Session) -> dict[int, dict[str, list[int]]]:
    """Return the differences to ask about, by directory and by the DN of their group."""
    rows = (
        select(
            Role.directory_id,
            Entitlement.dn,
            Drift.id,
        )
        .join(
            Role,
            Role.id == Drift.role_id,
        )
        .join(
            Entitlement,
            Entitlement.id == Drift.entitlement_id,
        )
        .join(
            Directory,
            Directory.id == Role.directory_id,
        )
        .where(
            Drift.mark.is_not(None),
            Drift.asked_at.is_(None),
            Drift.kind != DriftKind.GROUP_GONE,
            Directory.url != "",
        )
        .order_by(Drift.id)
        .limit(MOST)
    )
    found: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for directory, dn, number in session.execute(rows):
        found[directory][dn].append(number)
    return found


def _asked(
    parts: Parts, directory_id: int, groups: Mapping[str, Collection[int]]
) -> bool:
    with parts.database.read() as session:
        directory = session.get_one(
            Directory,
            directory_id,
        )
    ours = {fold_or_self(dn) for dn in (directory.bind_dn, directory.write_dn) if dn}
    try:
        connection = connection_of(
            directory,
            parts.trust,
        )
        with closing(parts.open_reader(connection)) as reader:
            who = {dn: reader.changed_by(dn) for dn in groups}
    except DirectoryError:
        return False
    with parts.acting("Rung") as act:
        for dn, numbers in groups.items():
            told = "" if fold_or_self(who[dn]) in ours else who[dn]
            for row in act.session.scalars(select(Drift).where(Drift.id.in_(numbers))):
                row.asked_at = act.now
                row.by_whom = (
                    said(
                        "%(who)s, who changed the group last",
                        who=told,
                    )
                    if told
                    else ""
                )
    return True
