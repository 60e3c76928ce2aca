"""The demo company has what a first look at a real one would show: twins, leavers, ghosts, odd
names.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ldap_sync.demo import company_entries, demo_connection, write_company_ldif
from ldap_sync.demo.entries import Stamp, new_entry, stored
from ldap_sync.dn import fold, is_under, parent
from ldap_sync.ldif import snapshot_from_ldif
from ldap_sync.values import DirectoryGroup, DirectoryPerson, DirectorySnapshot


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> DirectorySnapshot:
    path = tmp_path_factory.mktemp("company") / "company.ldif"
    write_company_ldif(path)
    connection = demo_connection("ldap://127.0.0.1")
    return snapshot_from_ldif(path, connection.people_base, connection.group_base)


def rights(company: DirectorySnapshot, uid: str) -> frozenset[str]:
    (person,) = (each for each in company.people if each.uid == uid)
    return frozenset(
        group.cn for group in company.groups if group.value_for(person) in group.members
    )


def group(company: DirectorySnapshot, cn: str) -> DirectoryGroup:
    (found,) = (each for each in company.groups if each.cn == cn)
    return found


def employees(company: DirectorySnapshot) -> list[DirectoryPerson]:
    return [
        person
        for person in company.people
        if not person.disabled and not person.service
    ]


def test_it_has_the_size_of_a_small_company(company: DirectorySnapshot) -> None:
    assert 55 <= len(employees(company)) <= 65
    assert len(company.groups) == 40
    assert len({person.site for person in company.people}) == 4
    assert len({person.department for person in company.people}) == 6


def test_it_is_the_same_every_time(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_company_ldif(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_every_entry_satisfies_the_schema_and_follows_the_one_above_it() -> None:
    seen: set[str] = set()
    for entry in company_entries():
        given = tuple(
            (each.name, tuple(each.values.values()))
            for each in stored(entry).attributes.values()
        )
        assert new_entry(entry.dn, given, "", Stamp("", ""))
        assert not seen or fold(parent(entry.dn)) in seen
        seen.add(fold(entry.dn))


def test_five_finance_clerks_hold_exactly_the_same(company: DirectorySnapshot) -> None:
    held = rights(company, "anna.berg")
    assert [
        each.uid for each in employees(company) if rights(company, each.uid) == held
    ] == [
        "anna.berg",
        "beat.frei",
        "carla.rossi",
        "david.meier",
        "eva.lang",
    ]
    assert rights(company, "frank.huber") - held == {"app-crm-users"}
    assert held - rights(company, "gina.moser") == {"app-finance-reports"}


def test_there_are_several_clusters_of_twins(company: DirectorySnapshot) -> None:
    clusters = Counter(rights(company, each.uid) for each in employees(company))
    assert sum(1 for size in clusters.values() if size >= 3) >= 5


def test_leavers_still_hold_rights(company: DirectorySnapshot) -> None:
    leavers = [person for person in company.people if person.disabled]
    assert len(leavers) == 5
    assert all(len(rights(company, each.uid)) >= 4 for each in leavers)


def test_two_service_accounts_hold_rights(company: DirectorySnapshot) -> None:
    assert {person.uid for person in company.people if person.service} == {
        "svc-backup",
        "svc-scan",
    }
    assert rights(company, "svc-backup") == {"server-backup"}


def test_vanished_people_are_still_listed(company: DirectorySnapshot) -> None:
    known = {fold(each.dn) for each in company.people}
    people_base = demo_connection("").people_base
    members = {
        member
        for each in company.groups
        if each.attribute != "memberUid"
        for member in each.members
    }
    vanished = {
        member
        for member in members
        if is_under(member, people_base) and fold(member) not in known
    }
    assert len(vanished) == 2


def test_groups_nest_three_deep_without_a_cycle(company: DirectorySnapshot) -> None:
    assert (
        group(company, "team-warehouse").dn in group(company, "app-erp-stock").members
    )
    assert (
        group(company, "team-warehouse-night").dn
        in group(company, "team-warehouse").members
    )
    assert not rights(company, "tarik.yilmaz") & {"team-warehouse", "app-erp-stock"}


def test_one_group_would_lose_its_last_member_and_some_hold_a_placeholder(
    company: DirectorySnapshot,
) -> None:
    single = [
        each for each in company.groups if each.needs_member and len(each.members) == 1
    ]
    assert [each.cn for each in single] == ["vpn-admins"]
    (placeholder,) = demo_connection("").placeholders
    assert len([each for each in company.groups if placeholder in each.members]) == 3


def test_most_groups_have_an_owner_and_all_a_purpose(
    company: DirectorySnapshot,
) -> None:
    ownerless = [each for each in company.groups if not each.owners]
    assert 4 <= len(ownerless) <= 10
    assert all(each.description for each in company.groups)


def test_names_are_as_people_have_them(company: DirectorySnapshot) -> None:
    by_uid = {person.uid: person for person in company.people}
    assert by_uid["thomas.meyer"].name == "Thomas Meyer, Jr."
    assert by_uid["thomas.meyer"].dn.startswith("cn=Thomas Meyer\\, Jr.,")
    assert by_uid["siobhan.oneill"].name == "Siobhán O'Neill"
    assert by_uid["juergen.koehler"].name == "Jürgen Köhler"
    assert by_uid["hanako.yamada"].name == "山田 花子"
    assert len(by_uid) == len(company.people)


def test_everybody_has_a_manager_but_the_first(company: DirectorySnapshot) -> None:
    known = {person.dn for person in company.people}
    assert [person.uid for person in company.people if not person.manager] == [
        "helena.brandt"
    ]
    assert all(person.manager in known for person in company.people if person.manager)
