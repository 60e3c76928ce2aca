"""Which version the people in a role have, and which they could have."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.access.role import Role, RoleVersion
from app.models.access.wave import Switch, Wave
from app.models.access.words import RESTING


@dataclass(frozen=True, slots=True)
class VersionAhead:
    """A version that people of a role do not have yet: who, and which rights (ids) come and go."""

    number: int
    people: tuple[int, ...]
    added: frozenset[int]
    removed: frozenset[int]

    def named(self, role: Role) -> tuple[list[str], list[str]]:
        """Return the names of the rights that come and of those that go."""
        items = [item for version in role.versions for item in version.rights]
        names = {item.entitlement_id: item.entitlement.cn for item in items}
        added = sorted(names[one] for one in self.added)
        return added, sorted(names[one] for one in self.removed)


def version_ahead_of(session: Session, role: Role) -> VersionAhead | None:
    """Return the newest version of a loaded role where people in it have an older one, else
    nothing.
    """
    newest = role.versions[-1]
    rows = (
        select(Switch.person_id, Wave.version_id)
        .join(Wave, Wave.id == Switch.wave_id)
        .where(Wave.role_id == role.id, Switch.state.in_(RESTING))
        .order_by(Wave.number, Switch.position)
    )
    has = dict(session.execute(rows).all())  # the last wave counts
    behind = {version for version in has.values() if version != newest.id}
    if not behind:
        return None
    old = [_rights(one) for one in role.versions if one.id in behind]
    now = _rights(newest)
    added = frozenset[int]().union(*(now - one for one in old))
    removed = frozenset[int]().union(*(one - now for one in old))
    if not added and not removed:
        return None
    return VersionAhead(newest.number, tuple(has), added, removed)


def _rights(version: RoleVersion) -> frozenset[int]:
    return frozenset(item.entitlement_id for item in version.rights)
