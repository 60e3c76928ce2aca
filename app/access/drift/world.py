"""What was promised and what was read, as plain values for the rules: a few questions for a whole
directory, however many people were moved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.access.engine.sight import Sight
from app.models.access.role import Role
from app.models.access.wave import Switch
from app.models.access.words import RESTING
from app.models.directory import Directory, Entitlement, MemberKind, Membership
from ldap_sync.dn import fold_or_self


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A right as last read."""

    id: int
    key: str
    dn: str
    cn: str
    is_role: bool
    gone: bool


class ReadWorld:
    """A directory as last read, as far as moved people are concerned."""

    def __init__(
        self, session: Session, directory_id: int, owed: Iterable[int]
    ) -> None:
        self.session, self.directory_id = session, directory_id
        directory = session.get_one(
            Directory,
            directory_id,
        )
        self.memberof = str(
            directory.profile.get(
                "memberof",
                "none",
            )
        )
        self.groups = {row.id: row for row in self._groups()}
        self.by_key = {row.key: row for row in self.groups.values()}
        self.parents = self._parents()
        self._above: dict[str, frozenset[str]] = {}
        self.direct = self._direct(frozenset(owed))

    def sight(self, person_id: int) -> Sight:
        """Return what applications see of a person, as last read."""
        direct = frozenset(
            self.direct.get(
                person_id,
                (),
            )
        )
        reached = direct | self.above(direct)
        nests = self.memberof == "transitive"
        shown = reached if nests else direct
        return Sight(
            direct=direct,
            reached=reached,
            memberof=frozenset(fold_or_self(self.by_key[key].dn) for key in shown),
            has_memberof=self.memberof != "none",
            memberof_nests=nests,
        )

    def above(self, keys: Iterable[str]) -> frozenset[str]:
        """Return the keys of all groups in which these stand, directly or not."""
        return frozenset[str]().union(*(self._above_one(key) for key in keys))

    def _above_one(self, key: str) -> frozenset[str]:
        if key not in self._above:
            found: set[str] = set()
            waiting = [key]
            while waiting:
                fresh = (
                    self.parents.get(
                        waiting.pop(),
                        set(),
                    )
                    - found
                )
                found |= fresh
                waiting.extend(fresh)
            self._above[key] = frozenset(found - {key})
        return self._above[key]

    def _groups(self) -> Iterator[GroupRow]:
        columns = (
            *(Entitlement.id, Entitlement.key, Entitlement.dn, Entitlement.cn),
            *(Entitlement.is_role, Entitlement.gone_at),
        )
        here = select(*columns).where(Entitlement.directory_id == self.directory_id)
        for number, key, dn, cn, is_role, gone_at in self.session.execute(here):
            yield GroupRow(
                number,
                key,
                dn,
                cn,
                is_role,
                gone_at is not None,
            )

    def _parents(self) -> dict[str, set[str]]:
        edges = select(
            Membership.entitlement_id,
            Membership.child_id,
        )
        found: dict[str, set[str]] = defaultdict(set)
        for outer, inner in self.session.execute(
            edges.where(Membership.kind == MemberKind.GROUP)
        ):
            if inner and self._there(outer) and self._there(inner):
                found[self.groups[inner].key].add(self.groups[outer].key)
        return found

    def _there(self, group: int) -> bool:
        row = self.groups.get(group)
        return row is not None and not row.gone

    def _direct(self, people: Collection[int]) -> dict[int, set[str]]:
        found: dict[int, set[str]] = defaultdict(set)
        for person, group in self.session.execute(_memberships_of_moved()):
            if person and person in people and self._there(group):
                found[person].add(self.groups[group].key)
        return found

    def role_group(self, role: Role) -> GroupRow | None:
        """Return the group of a role as last read; nothing where it is gone."""
        found = self.by_key.get(role.group_key) if role.group_key else None
        if found is None:
            folded = fold_or_self(role.group_dn)
            same = (row for row in self.groups.values() if not row.gone)
            found = next(
                (row for row in same if fold_or_self(row.dn) == folded),
                None,
            )
        return None if found is None or found.gone else found


def _memberships_of_moved() -> Select[*tuple[int | None, int]]:
    moved = select(Switch.person_id).where(Switch.state.in_(RESTING))
    return select(
        Membership.person_id,
        Membership.entitlement_id,
    ).where(
        Membership.kind == MemberKind.PERSON,
        Membership.person_id.in_(moved),
    )
