"""What only Active Directory does, as Samba plays it: primary groups, scopes, machines, members
that move along.
"""

from __future__ import annotations

import pytest

from ldap_sync.adapter import open_reader
from ldap_sync.values import (
    DirectoryChange,
    DirectoryGroup,
    DirectoryPerson,
    MemberPresence,
    NewGroup,
    Status,
    inverse,
)
from tests.ldap_sync.conftest import World
from tests.ldap_sync.server_samba import SCOPES, SUFFIX, SambaAd
from tests.ldap_sync.servers import ldif_line

pytestmark = pytest.mark.parametrize("server", ["samba"], indirect=True)

DISABLED, NORMAL, WORKSTATION = 514, 512, 4096


def silently(what: str, count: int) -> None:
    """Hear of progress and say nothing."""


def samba(world: World) -> SambaAd:
    assert isinstance(world.server, SambaAd)
    return world.server


def joining(group: DirectoryGroup, value: str) -> DirectoryChange:
    return DirectoryChange(group.key, group.dn, group.attribute, add=(value,))


def leaving(group: DirectoryGroup, value: str) -> DirectoryChange:
    return inverse(joining(group, value))


def as_primary_group(
    world: World, person: DirectoryPerson, group: DirectoryGroup
) -> DirectoryPerson:
    """Make a group the person's primary group, which takes it out of the group's members."""
    number = samba(world).relative_id(group.dn)
    samba(world).change(
        f"{ldif_line('dn', person.dn)}changetype: modify\nreplace: primaryGroupID\n"
        f"primaryGroupID: {number}\n"
    )
    found = world.reader.person(person.key)
    assert found is not None
    return found


def test_the_primary_group_is_known_by_its_key(world: World) -> None:
    everybody = samba(world).key_of(f"CN=Domain Users,CN=Users,{SUFFIX}")
    anna = world.person()
    assert anna.primary_group == everybody
    group = world.group(anna)
    anna = as_primary_group(world, anna, group)
    assert anna.primary_group == group.key
    assert anna in world.reader.read(silently).people


def test_a_right_held_through_the_primary_group_can_neither_be_given_nor_taken(
    world: World,
) -> None:
    anna = world.person()
    group = world.group(anna)
    as_primary_group(world, anna, group)
    assert world.reader.groups_of(anna) == ()
    given = world.writer.apply(joining(group, anna.dn))
    assert (given.status, given.code) == (Status.REFUSED, 68)
    assert "be it as the primary group" in given.text
    assert world.writer.apply(leaving(group, anna.dn)).status is Status.ALREADY


def test_a_person_who_moved_is_still_a_member_and_the_old_name_changes_nothing(
    world: World,
) -> None:
    anna, berta = world.people(2)
    group = world.group(anna, berta)
    moved = samba(world).person_dn(f"{anna.uid} moved")
    samba(world).rename(anna.dn, moved.partition(",")[0])
    step = leaving(group, anna.dn)
    assert world.writer.presence(step) is MemberPresence.MIXED
    assert world.writer.apply(step).status is Status.DRIFT
    assert samba(world).values(group.dn) == sorted([moved, berta.dn])
    assert world.writer.apply(leaving(group, moved)).status is Status.DONE


def test_somebody_who_was_deleted_cannot_be_added_and_nothing_is_written(
    world: World,
) -> None:
    anna, berta = world.people(2)
    group = world.group(anna)
    samba(world).delete(berta.dn)
    outcome = world.writer.apply(joining(group, berta.dn))
    assert (outcome.status, outcome.code) == (Status.DRIFT, 32)
    assert "a value names an entry that is not there" in outcome.text
    assert samba(world).values(group.dn) == [anna.dn]


def test_machines_and_addresses_are_no_people(world: World) -> None:
    anna, server = world.person(), samba(world)
    kinds = {
        "computer": WORKSTATION,
        "contact": 0,
        "msDS-GroupManagedServiceAccount": 0,
    }
    for kind in kinds:
        name = f"{kind[:8]}{anna.uid}"
        account = f"sAMAccountName: {name}$\n" if kind != "contact" else ""
        control = f"userAccountControl: {WORKSTATION}\n" if kind == "computer" else ""
        interval = (
            "msDS-ManagedPasswordInterval: 30\n" if kind.startswith("msDS") else ""
        )
        server.add(
            f"dn: {server.person_dn(name)}\nobjectClass: {kind}\n{account}{control}{interval}"
        )
    names = {person.name for person in world.reader.read(silently).people}
    assert anna.name in names
    assert not {name for name in names if name.endswith(anna.uid)} - {anna.name}


def test_the_accounts_a_domain_comes_with_are_no_persons_accounts(
    server: SambaAd,
) -> None:
    reader = open_reader(server.connection(people_base=f"CN=Users,{SUFFIX}"))
    found = {person.uid: person for person in reader.read(silently).people}
    reader.close()
    assert {"Administrator", "Guest", "krbtgt"} <= found.keys()
    assert all(person.service for person in found.values())


def test_a_disabled_account_is_told_from_others_and_may_be_a_member(
    world: World,
) -> None:
    server, anna = samba(world), world.person()
    gone = server.add_person("gone", DISABLED)
    group = world.group(gone, anna)
    disabled = {
        person.dn: person.disabled for person in world.reader.read(silently).people
    }
    assert (disabled[gone], disabled[anna.dn]) == (True, False)
    assert {gone, anna.dn} == set(group.members)


def test_the_account_name_counts_and_not_the_uid_of_unix(world: World) -> None:
    anna = world.person()
    samba(world).change(f"dn: {anna.dn}\nchangetype: modify\nadd: uid\nuid: somebody\n")
    found = world.reader.person(anna.key)
    assert found is not None
    assert found.uid == anna.uid


@pytest.mark.parametrize("inner", SCOPES)
@pytest.mark.parametrize("outer", SCOPES)
def test_a_group_goes_only_into_one_whose_scope_takes_it(
    world: World, inner: str, outer: str
) -> None:
    right, role = world.group(kind=outer), world.group(kind=inner)
    assert (right.scope, role.scope) == (outer, inner)
    outcome = world.writer.apply(joining(right, role.dn))
    narrowing = {
        ("universal", "global"),
        ("domain local", "global"),
        ("domain local", "universal"),
    }
    if (inner, outer) in narrowing:
        assert outcome.status is Status.REFUSED
        assert (
            f"is a {inner} group, which Active Directory does not take into the {outer} group"
            in outcome.text
        )
        assert samba(world).values(right.dn) == []
    else:
        assert outcome.status is Status.DONE


def test_memberof_shows_neither_nested_groups_nor_the_primary_group(
    world: World,
) -> None:
    anna = world.person()
    inner = world.group(anna)
    outer = world.group(inner.dn)
    assert world.reader.memberof(anna) == {inner.dn.lower()}
    assert [group.key for group in world.reader.parents_of(inner.dn)] == [outer.key]


def test_groups_in_a_circle_do_not_disturb_the_check(world: World) -> None:
    anna = world.person()
    one = world.group(anna)
    two = world.group(one.dn)
    samba(world).put(one.dn, two.dn, one.dn)
    report = world.reader.check()
    assert report.profile.memberof == "direct"
    assert not [
        finding for finding in report.findings if "memberOf lacks" in finding.text
    ]


def test_groups_outside_of_what_is_read_are_no_reason_to_doubt_memberof(
    world: World,
) -> None:
    place = f"OU={world.person().uid},{samba(world).people}"
    anna = f"CN=anna,{place}"
    samba(world).add(
        f"dn: {place}\nobjectClass: organizationalUnit\n\ndn: {anna}\nobjectClass: user\n"
    )
    world.group(anna)
    samba(world).put(f"CN=Guests,CN=Builtin,{SUFFIX}", anna)
    findings = (
        world.doors.reader(world.server.connection(people_base=place)).check().findings
    )
    assert [finding.level for finding in findings if finding.subject == "memberOf"] == [
        "ok"
    ]


def test_the_group_of_a_role_is_a_security_group_that_all_scopes_take(
    world: World,
) -> None:
    anna, right = world.person(), world.group(kind="domain local")
    wanted = samba(world).new_group(f"clerk{anna.uid}", anna.dn)
    made = world.writer.create(wanted)
    group = world.look(wanted.dn)
    assert (made.status, made.key, group.scope, group.needs_member) == (
        Status.DONE,
        group.key,
        "global",
        False,
    )
    assert world.writer.apply(leaving(group, anna.dn)).status is Status.DONE
    assert world.writer.apply(joining(right, group.dn)).status is Status.DONE


def test_an_account_name_that_is_in_use_or_impossible_is_refused_in_plain_words(
    world: World,
) -> None:
    taken = world.group()
    used = world.writer.create(samba(world).new_group(taken.cn, world.person().dn))
    assert (used.status, used.code) == (Status.REFUSED, 68)
    assert "its account name is in use" in used.text
    attributes = (("objectClass", ("top", "group")), ("sAMAccountName", ("a, b",)))
    odd = world.writer.create(NewGroup(f"CN=odd,{samba(world).roles}", attributes))
    assert (odd.status, odd.code) == (Status.REFUSED, 19)
    assert "which signs its account name may have" in odd.text


def said(world: World, subject: str, **changed: object) -> str:
    """Return what the check says about one subject."""
    findings = world.doors.reader(world.server.connection(**changed)).check().findings
    [text] = [finding.text for finding in findings if finding.subject == subject]
    return text


def test_the_check_names_what_the_write_account_may_not_do(world: World) -> None:
    world.group(world.person())
    server = samba(world)
    assert f"may create groups in {server.roles}" in said(world, "creating groups")
    assert f"may not create groups in {server.people}" in said(
        world, "creating groups", role_base=server.people
    )
    without = {"write_dn": server.reader, "write_password": server.password}
    assert "may not change groups in" in said(world, "write rights", **without)
    assert "may not create groups" in said(world, "creating groups", **without)


def test_a_group_the_write_account_may_not_change_is_refused_in_plain_words(
    world: World,
) -> None:
    anna = world.person()
    group = world.look(f"CN=Guests,CN=Builtin,{SUFFIX}")
    outcome = world.writer.apply(joining(group, anna.dn))
    assert (outcome.status, outcome.code) == (Status.REFUSED, 50)
    assert "ask for the right to write its members" in outcome.text


def test_the_other_names_to_sign_in_with_are_read(world: World) -> None:
    person = world.person()
    samba(world).change(
        f"{ldif_line('dn', person.dn)}changetype: modify\nadd: userPrincipalName\n"
        f"userPrincipalName: {person.uid}@acme.test\n"
    )
    found = world.reader.person(person.key)
    assert found is not None
    assert found.principal == f"{person.uid}@acme.test"
