"""The invented company that fills a new demo directory: always the same people, groups and
leftovers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path

from ldap_sync.demo import accounts, company_tables
from ldap_sync.demo.accounts import GROUPS, PEOPLE, PLACEHOLDER, SERVICES, SUFFIX
from ldap_sync.dn import escape
from ldap_sync.ldif import Entry, Value, render_entry
from ldap_sync.mapping import member_attribute

_PLAIN = re.compile(r"[A-Za-z ]+")


@dataclass(frozen=True, slots=True)
class _Employee:
    department: str
    site: str
    title: str
    uid: str
    name: str
    kind: str = "employee"

    @property
    def dn(self) -> str:
        """Stand under the uid, but under the name where it has letters that make a DN
        interesting.
        """
        rdn = (
            f"uid={self.uid}"
            if _PLAIN.fullmatch(self.name)
            else f"cn={escape(self.name)}"
        )
        return f"{rdn},{PEOPLE}"

    @property
    def rights(self) -> set[str]:
        """The names of the groups that list this person."""
        tables = company_tables
        brought = (
            f"{tables.EVERYBODY} {tables.SITES[self.site]} {tables.JOBS[self.title]}"
        )
        return _rights(brought) - _rights(tables.MISSING.get(self.uid, "")) | _rights(
            tables.EXTRA.get(self.uid, "")
        )


def company_entries() -> list[Entry]:
    """Return the entries of the company, each after the one above it."""
    return [*_branches(), *_accounts(), *map(_person_entry, _employees()), *_groups()]


def write_company_ldif(path: Path) -> None:
    """Write the company as an LDIF export."""
    path.write_text(
        "".join(
            render_entry(entry.dn, entry.attributes) for entry in company_entries()
        ),
        encoding="utf-8",
    )


def _branches() -> Iterator[Entry]:
    yield _entry(
        SUFFIX,
        objectclass=["dcObject", "organization"],
        dc=["demo"],
        o=["Demo Instruments"],
    )
    for name in ("people", "groups", "roles", "services"):
        yield _entry(
            f"ou={name},{SUFFIX}", objectclass=["organizationalUnit"], ou=[name]
        )


def _accounts() -> Iterator[Entry]:
    """Yield the accounts of Rung itself, which are no people."""
    signing_in: list[Value] = ["applicationProcess", "simpleSecurityObject"]
    for name, password in (
        ("rung-read", accounts.READ_PASSWORD),
        ("rung-write", accounts.WRITE_PASSWORD),
    ):
        yield _entry(
            f"cn={name},{SERVICES}",
            objectclass=signing_in,
            cn=[name],
            userpassword=[password],
        )
    yield _entry(
        PLACEHOLDER,
        objectclass=["applicationProcess"],
        cn=["placeholder"],
        description=["Stands in groups that must not be empty"],
    )


@cache
def _employees() -> tuple[_Employee, ...]:
    return tuple(_Employee(*row) for row in _rows(company_tables.PEOPLE))


def _person_entry(employee: _Employee) -> Entry:
    leader = next(
        other for other in _employees() if other.department == employee.department
    )
    manager = leader if leader is not employee else _employees()[0]
    given, _, surname = employee.name.partition(" ")
    return _entry(
        employee.dn,
        objectclass=["top", "person", "organizationalPerson", "inetOrgPerson"],
        uid=[employee.uid],
        cn=[employee.name],
        sn=[surname],
        givenname=[given],
        displayname=[employee.name],
        mail=[f"{employee.uid}@demo.example"],
        departmentnumber=[employee.department],
        title=[employee.title],
        l=[employee.site],
        telephonenumber=_phone(employee),
        mobile=_mobile(employee),
        employeetype=[employee.kind],
        employeenumber=[str(1001 + _employees().index(employee))],
        manager=[manager.dn] if manager is not employee else [],
    )


def _phone(employee: _Employee) -> list[Value]:
    """Give everybody an extension of their site's switchboard; nights share one telephone, accounts
    have none.
    """
    if employee.kind == "service":
        return []
    near = [
        each
        for each in _employees()
        if each.site == employee.site and each.kind != "service"
    ]
    shared = (
        next(each for each in near if each.title == employee.title)
        if "nights" in employee.title
        else employee
    )
    return [
        f"{company_tables.SWITCHBOARDS[employee.site]} {11 + near.index(shared):02}"
    ]


def _mobile(employee: _Employee) -> list[Value]:
    """Give a mobile telephone to those who travel or lead."""
    travels = employee.title in company_tables.TRAVELLING or employee.title.startswith(
        "Head of"
    )
    return [f"+41 79 555 {1001 + _employees().index(employee)}"] if travels else []


def _groups() -> Iterator[Entry]:
    numbers = count(5001)
    by_uid = {employee.uid: employee for employee in _employees()}
    for name, owner, purpose in _rows(company_tables.GROUPS):
        kind = company_tables.KINDS.get(name, "groupOfNames")
        yield _entry(
            _group_dn(name),
            objectclass=["top", kind],
            cn=[name],
            description=[purpose],
            owner=[by_uid[owner].dn] if owner and kind != "posixGroup" else [],
            gidnumber=[str(next(numbers))] if kind == "posixGroup" else [],
            **{member_attribute([kind]).lower(): _members(name, kind)},
        )


def _members(name: str, kind: str) -> list[Value]:
    holders = [employee for employee in _employees() if name in employee.rights]
    if kind == "posixGroup":
        return [employee.uid for employee in holders]
    vanished = [
        uid
        for uid in company_tables.VANISHED
        if name in _rights(company_tables.EXTRA[uid])
    ]
    return [
        *(PLACEHOLDER for each in company_tables.WITH_PLACEHOLDER if each == name),
        *(_group_dn(inner) for inner in company_tables.NESTED.get(name, "").split()),
        *(employee.dn for employee in holders),
        *(f"uid={uid},{PEOPLE}" for uid in vanished),
    ]


def _group_dn(name: str) -> str:
    return f"cn={escape(name)},{GROUPS}"


def _entry(dn: str, **attributes: list[Value]) -> Entry:
    return Entry(dn, {name: values for name, values in attributes.items() if values})


def _rows(table: str) -> Iterator[list[str]]:
    for line in table.strip().splitlines():
        yield [cell.strip() for cell in line.split("|")]


def _rights(names: str) -> set[str]:
    return set(names.split())
