"""What only 389 Directory Server does: limits of its own, a memberOf that follows nesting, roles,
read-only times.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ldap_sync.port import IncompleteRead
from ldap_sync.values import (
    CheckFinding,
    DirectoryChange,
    DirectoryGroup,
    Status,
    inverse,
)
from tests.ldap_sync.conftest import Doors, World
from tests.ldap_sync.server_389 import MANAGED, DirectoryServer389

pytestmark = pytest.mark.parametrize("server", ["389"], indirect=True)


@pytest.fixture
def server389(world: World) -> Iterator[DirectoryServer389]:
    """Return the server, whose read account and settings are as before when the test is over."""
    server = world.server
    assert isinstance(server, DirectoryServer389)
    yield server
    server.setting("nsslapd-readonly", "off")
    server.look_through_at_most(-1)
    if server.values(server.reader, "nsSizeLimit"):
        server.change(f"dn: {server.reader}\nchangetype: modify\ndelete: nsSizeLimit\n")


def silently(what: str, count: int) -> None:
    """Hear of progress and say nothing."""


def joining(group: DirectoryGroup, value: str) -> DirectoryChange:
    return DirectoryChange(group.key, group.dn, group.attribute, add=(value,))


def said(world: World, subject: str, **changed: object) -> CheckFinding:
    """Return what the check says about one subject."""
    findings = world.doors.reader(world.server.connection(**changed)).check().findings
    [found] = [finding for finding in findings if finding.subject == subject]
    return found


def test_a_size_limit_of_the_read_account_is_a_problem_and_the_advice_names_it(
    world: World, server389: DirectoryServer389
) -> None:
    world.people(3)
    server389.change(
        f"dn: {server389.reader}\nchangetype: modify\nadd: nsSizeLimit\nnsSizeLimit: 2\n"
    )
    with pytest.raises(IncompleteRead, match="at its size limit"):
        world.doors.reader(server389.connection()).read(silently)
    found = said(world, "reading")
    assert found.level == "problem"
    assert "nsSizeLimit, nsPagedSizeLimit, nsLookThroughLimit" in found.advice


def test_a_limit_of_what_is_looked_through_is_a_problem(
    world: World, server389: DirectoryServer389
) -> None:
    world.people(4)
    server389.look_through_at_most(3)
    assert "at an administrative limit" in said(world, "reading").text


def test_a_server_that_is_read_only_for_a_while_refuses_and_then_goes_on(
    world: World, server389: DirectoryServer389
) -> None:
    anna, berta, carl = world.people(3)
    group = world.group(anna)
    assert world.writer.apply(joining(group, berta.dn)).status is Status.DONE
    server389.setting("nsslapd-readonly", "on")
    refused = world.writer.apply(joining(group, carl.dn))
    assert (refused.status, refused.code) == (Status.REFUSED, 53)
    assert "it may be read-only" in refused.text
    created = world.writer.create(server389.new_group(f"role{anna.uid}", anna.dn))
    assert (created.status, created.code) == (Status.REFUSED, 53)
    assert "it may be read-only" in created.text
    server389.setting("nsslapd-readonly", "off")
    assert world.writer.apply(joining(group, carl.dn)).status is Status.DONE
    assert server389.values(group.dn) == sorted([anna.dn, berta.dn, carl.dn])


def test_taking_a_direct_grant_changes_nothing_where_a_nested_group_gives_it_too(
    world: World,
) -> None:
    anna, berta = world.people(2)
    inner = world.group(anna)
    outer = world.group(anna, berta, inner.dn)
    assert world.writer.apply(inverse(joining(outer, anna.dn))).status is Status.DONE
    assert world.reader.memberof(anna) == {inner.dn, outer.dn}
    assert [group.key for group in world.reader.groups_of(anna)] == [inner.key]
    assert [group.key for group in world.reader.parents_of(inner.dn)] == [outer.key]


def test_groups_in_a_circle_do_not_disturb_the_check(world: World) -> None:
    anna = world.person()
    one = world.group(anna)
    two = world.group(one.dn)
    world.server.put(one.dn, two.dn, one.dn)
    assert world.reader.memberof(anna) == {one.dn, two.dn}
    report = world.reader.check()
    assert report.profile.memberof == "transitive"
    assert not [
        finding for finding in report.findings if "memberOf lacks" in finding.text
    ]


def test_a_renamed_person_is_a_member_under_the_new_name_at_once(world: World) -> None:
    anna = world.person()
    group = world.group(anna)
    married = world.server.person_dn(f"{anna.uid}-married")
    world.server.rename(anna.dn, married.partition(",")[0])
    found = world.reader.person(anna.key)
    assert found is not None
    assert [listed.key for listed in world.reader.groups_of(found)] == [group.key]
    assert world.reader.memberof(found) == {group.dn}


def role_entry(world: World, name: str, *kinds: str, **more: str) -> str:
    """Add a role of the server beside the people, so that it counts for them."""
    dn = f"cn={name},{world.server.people}"
    classes = ("ldapSubEntry", "nsRoleDefinition", *kinds)
    lines = "".join(f"objectClass: {kind}\n" for kind in classes)
    lines += "".join(f"{attribute}: {value}\n" for attribute, value in more.items())
    world.server.add(f"dn: {dn}\n{lines}cn: {name}\n")
    return dn


def test_a_managed_role_is_given_and_taken_and_the_server_says_so_in_its_own_way(
    world: World, doors: Doors
) -> None:
    anna = world.person()
    dn = role_entry(world, f"managed{anna.uid}", "nsSimpleRoleDefinition", MANAGED)
    writer = doors.writer(world.server.connection(group_base="", role_base=""))
    role = world.look(dn)
    step = joining(role, anna.dn)
    assert writer.apply(step).status is Status.DONE
    assert world.server.values(anna.dn, "nsRole") == [dn]
    assert [group.key for group in writer.groups_of(anna)] == [role.key]
    assert writer.apply(inverse(step)).status is Status.DONE
    assert writer.groups_of(anna) == ()


def test_a_role_that_is_gone_is_drift_where_the_server_takes_its_name_in_silence(
    world: World,
) -> None:
    anna = world.person()
    role = world.group(kind=MANAGED)
    world.server.delete(role.dn)
    assert world.writer.apply(joining(role, anna.dn)).status is Status.DRIFT
    assert world.server.members(role) == []


def test_a_computed_role_is_no_group_and_cannot_be_written(world: World) -> None:
    anna = world.person()
    kinds = ("nsComplexRoleDefinition", "nsFilteredRoleDefinition")
    name, mine = f"filtered{anna.uid}", f"(uid={anna.uid})"
    role = role_entry(world, name, *kinds, nsRoleFilter=mine)
    assert world.server.values(anna.dn, "nsRole") == [role]
    assert world.reader.group_at(role) is None
    outcome = world.writer.apply(
        DirectoryChange(anna.key, anna.dn, "nsRole", delete=(role,))
    )
    assert (outcome.status, outcome.code) == (Status.REFUSED, 53)


def test_the_role_that_switches_accounts_off_is_no_right(world: World) -> None:
    anna = world.person()
    dn = role_entry(world, "nsManagedDisabledRole", "nsSimpleRoleDefinition", MANAGED)
    world.server.change(
        f"dn: {anna.dn}\nchangetype: modify\nadd: nsRoleDN\nnsRoleDN: {dn}\n"
    )
    found = world.reader.person(anna.key)
    assert found is not None and found.disabled
    assert world.reader.group_at(dn) is None
    assert world.reader.groups_of(anna) == ()
    world.server.delete(dn)


def test_a_locked_account_counts_as_disabled(world: World) -> None:
    anna = world.person()
    world.server.change(
        f"dn: {anna.dn}\nchangetype: modify\nadd: nsAccountLock\nnsAccountLock: true\n"
    )
    found = world.reader.person(anna.key)
    assert found is not None
    assert found.disabled


def test_the_check_names_the_branch_the_write_account_may_not_write(
    world: World,
) -> None:
    anna = world.person()
    name = f"locked{anna.uid}"
    branch = f"ou={name},{world.server.groups}"
    aci = (
        f'(targetattr="*")(version 3.0; acl "{name}"; deny (write, add) '
        f'userdn="ldap:///{world.server.writer}";)'
    )
    world.server.add(
        f"dn: {branch}\nobjectClass: organizationalUnit\nou: {name}\naci: {aci}\n"
    )
    world.server.add(
        f"dn: cn=g,{branch}\nobjectClass: groupOfNames\ncn: g\nmember: {anna.dn}\n"
    )
    rights = said(world, "write rights", group_base=branch, role_base="")
    assert f"may not change groups in 1 of 1 places: {branch}" in rights.text
    assert (
        f"may not create groups in {branch}"
        in said(world, "creating groups", role_base=branch).text
    )
    assert (
        f"may create groups in {world.server.roles}"
        in said(world, "creating groups").text
    )
    refused = world.writer.apply(
        joining(world.look(f"cn=g,{branch}"), world.person().dn)
    )
    assert (refused.status, refused.code) == (Status.REFUSED, 50)
    assert "ask for the right to write its members" in refused.text


def test_a_role_group_may_be_empty(world: World) -> None:
    anna = world.person()
    wanted = world.server.new_group(f"role{anna.uid}", anna.dn)
    assert world.writer.create(wanted).status is Status.DONE
    group = world.look(wanted.dn)
    assert not group.needs_member
    assert world.writer.apply(inverse(joining(group, anna.dn))).status is Status.DONE
    assert world.server.values(group.dn) == []
