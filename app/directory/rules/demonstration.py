"""What the groups of the demo company looked like some weeks ago: today's, with everything since
turned back.
"""

from __future__ import annotations

from dataclasses import replace

from ldap_sync.values import DirectoryGroup, DirectorySnapshot

READ_BEFORE = (84, 56, 28, 7)
"""How many days before today the demo company was read, the earliest first."""

HAPPENED = (
    (
        70,
        "+",
        "frank.huber",
        "share-finance list-finance app-finance-posting app-finance-reports app-erp-users",
    ),
    (
        70,
        "-",
        "frank.huber",
        "share-sales list-sales",
    ),  # he moved from sales and kept a right there
    (63, "+", "jaan.sepp", "app-crm-admin"),
    (40, "+", "gaelle.faure", "app-cad"),
    (40, "+", "rosa.alvarez", "app-finance-reports"),
    (35, "-", "quentin.dubois", "list-sales"),
    (33, "+", "team-warehouse-night", "team-warehouse"),
    (20, "-", "gina.moser", "app-finance-reports"),
    (9, "+", "tiina.oja", "app-crm-users"),
    (3, "+", "otto.wagner", "app-erp-stock"),
    (2, "-", "hugo.mercier", "app-erp-users"),
)
"""How many days ago, given or taken, who (a uid or a group), which groups."""


def as_it_was(today: DirectorySnapshot, days_ago: int) -> DirectorySnapshot:
    """Return the demo company as it was, from how it is today."""
    groups = {group.cn: group for group in today.groups}
    for ago, sign, who, names in HAPPENED:
        for name in names.split() if ago < days_ago else ():
            if name in groups:
                groups[name] = _turned_back(
                    groups[name], sign, _values_of(who, groups[name], today)
                )
    return replace(today, groups=tuple(groups.values()))


def _turned_back(group: DirectoryGroup, sign: str, values: tuple[str, ...]) -> DirectoryGroup:
    without = tuple(value for value in group.members if value not in values)
    return replace(group, members=without if sign == "+" else (*without, *values))


def _values_of(who: str, group: DirectoryGroup, today: DirectorySnapshot) -> tuple[str, ...]:
    if group.attribute.lower() == "memberuid":
        return (who,)
    people = (person.dn for person in today.people if person.uid == who)
    return (*people, *(other.dn for other in today.groups if other.cn == who))
