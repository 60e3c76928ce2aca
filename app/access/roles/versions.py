"""Which version the people in a role have, and which they could have."""

from __future__ import annotations

from collections.abc import Mapping
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


def version_ahead(role: Role, has: Mapping[int, int | None]) -> VersionAhead | None:
    """Return the newest version of a loaded role where people in it have an older one, else
    nothing; ``has`` is the number of the version of each.
    """
    newest = role.versions[-1]
    old = [
        _rights(one)
        for one in role.versions
        if one is not newest and one.number in has.values()
    ]
    now = _rights(newest)
    added = frozenset[int]().union(*(now - one for one in old))
    removed = frozenset[int]().union(*(one - now for one in old))
    if not added and not removed:
        return None
    return VersionAhead(newest.number, tuple(has), added, removed)


def versions_held(session: Session, role_id: int) -> dict[int, int | None]:
    """Return the number of the version that each person in a role has; the last wave counts."""
    rows = (
        select(Switch.person_id, RoleVersion.number)
        .join(Wave, Wave.id == Switch.wave_id)
        .join(RoleVersion, RoleVersion.id == Wave.version_id)
        .where(Wave.role_id == role_id, Switch.state.in_(RESTING))
        .order_by(Wave.number, Switch.position)
    )
    return dict(session.execute(rows).all())


def _rights(version: RoleVersion) -> frozenset[int]:
    return frozenset(item.entitlement_id for item in version.rights)
