"""What the directory check says of a server where something is not as it should be."""

from __future__ import annotations

import pytest

from ldap_sync.adapter import Timeouts
from ldap_sync.port import IncompleteRead
from ldap_sync.values import CheckFinding, CheckReport, Connection
from tests.ldap_sync.conftest import Doors
from tests.ldap_sync.proxy import ChaosProxy
from tests.ldap_sync.servers import (
    ACCESS,
    GROUPS,
    HIDDEN_VALUES,
    PEOPLE,
    READ_ONLY_BRANCH,
    READER,
    ROLES,
    SUFFIX,
    Demo,
    Slapd,
    group_ldif,
    person_ldif,
)

ANNA, HANS = f"uid=anna,{PEOPLE}", f"uid=hans,{PEOPLE}"
SEED = person_ldif("anna") + person_ldif("hans") + group_ldif("both", [ANNA, HANS])
LOCKED = f"dn: ou=locked,{GROUPS}\nobjectClass: organizationalUnit\nou: locked\n\n"


def report(doors: Doors, connection: Connection) -> CheckReport:
    return doors.reader(connection, Timeouts(connect=2, answer=2)).check()


def about(found: CheckReport, subject: str) -> CheckFinding:
    """Return the one finding about a subject."""
    [finding] = [finding for finding in found.findings if finding.subject == subject]
    return finding


def about_memberof(found: CheckReport) -> str:
    """Return the first sentence about memberOf."""
    return next(
        finding.text for finding in found.findings if finding.subject == "memberOf"
    )


def test_a_directory_that_cannot_be_reached_is_one_problem(
    doors: Doors, slapd: Slapd
) -> None:
    slapd.stop()
    found = report(doors, slapd.connection())
    assert not found.ok
    assert [finding.subject for finding in found.findings] == ["connection"]
    assert "Nobody listens" in found.findings[0].text


def test_a_check_survives_a_server_that_goes_away(doors: Doors) -> None:
    with Slapd(ldif=SEED) as server, ChaosProxy(server.port) as proxy:
        proxy.cut_after(1800)
        found = report(doors, server.connection(url=proxy.url))
    assert not found.ok
    assert not found.whole
    assert "try again" in found.findings[-1].text


def test_a_size_limit_is_a_problem(doors: Doors) -> None:
    with Slapd(ldif=SEED, sizelimit="1") as server:
        found = report(doors, server.connection())
    assert not found.ok
    assert not found.whole
    assert "size limit" in about(found, "reading").text
    assert "ask for no limit" in about(found, "reading").text


def test_a_base_that_is_not_there_is_a_problem(doors: Doors) -> None:
    with Slapd(ldif=SEED) as server:
        found = report(doors, server.connection(role_base=f"ou=nowhere,{ROLES}"))
    assert "check the base DNs" in about(found, "reading").text


def test_members_only_the_write_account_sees_are_a_problem(doors: Doors) -> None:
    with Slapd(ldif=SEED, access=HIDDEN_VALUES) as server:
        found = report(doors, server.connection())
    assert not found.ok
    assert (
        "does not see 1 member that the write account sees, in cn=both"
        in about(found, "hidden values").text
    )


def test_a_reading_that_members_are_hidden_from_is_refused(doors: Doors) -> None:
    with (
        Slapd(ldif=SEED, access=HIDDEN_VALUES) as server,
        pytest.raises(IncompleteRead, match="does not see 1 member"),
    ):
        doors.reader(server.connection()).read(lambda _what, _count: None)


def test_a_group_that_must_have_members_and_shows_none_is_a_problem(
    doors: Doors,
) -> None:
    seed = SEED + group_ldif("hidden", [HANS])
    with Slapd(ldif=seed, access=HIDDEN_VALUES) as server:
        found = report(doors, server.connection(write_dn=""))
    assert not found.ok
    assert (
        f"must have members but show none: cn=hidden,{GROUPS}"
        in about(found, "hidden values").text
    )


def test_members_that_can_be_searched_for_but_not_read_are_a_problem(
    doors: Doors,
) -> None:
    access = HIDDEN_VALUES.replace(
        f'by dn.exact="{READER}" none', f'by dn.exact="{READER}" search'
    )
    with Slapd(ldif=SEED, access=access) as server:
        found = report(doors, server.connection(write_dn=""))
    assert (
        f"can be searched for but not read: hans in cn=both,{GROUPS}"
        in about(found, "hidden values").text
    )


def test_a_write_account_that_sees_less_is_told(doors: Doors) -> None:
    with Demo(SEED) as server:
        server.faults.hide(f"cn=both,{GROUPS}", (HANS,), server.connection().write_dn)
        found = report(doors, server.connection())
    assert about(found, "hidden values").level == "warning"
    assert (
        "The write account does not see all members"
        in about(found, "hidden values").text
    )


def test_a_wrong_write_password_leaves_a_readable_directory(doors: Doors) -> None:
    with Slapd(ldif=SEED) as server:
        found = report(doors, server.connection(write_password="wrong"))
    assert found.ok
    assert about(found, "write account").level == "warning"
    assert "read-only" in about(found, "write account").advice


def test_a_branch_the_write_account_may_not_write_is_named(doors: Doors) -> None:
    seed = (
        SEED + LOCKED + group_ldif("locked", [ANNA], dn=f"cn=locked,ou=locked,{GROUPS}")
    )
    with Slapd(ldif=seed, access=READ_ONLY_BRANCH) as server:
        before = server.everything()
        found = report(doors, server.connection())
        assert server.everything() == before
    assert about(found, "write rights").level == "warning"
    assert (
        f"may not change groups in 1 of 2 places: ou=locked,{GROUPS}"
        in about(found, "write rights").text
    )
    assert (
        about(found, "creating groups").text
        == f"The write account may create groups in {ROLES}."
    )


def test_a_write_account_without_any_right_is_told(doors: Doors) -> None:
    with Slapd(
        ldif=SEED,
        access=ACCESS.replace("write", "read", 1).replace(" write by", " read by"),
    ) as server:
        found = report(doors, server.connection())
    assert "may not change groups in 1 of 1 places" in about(found, "write rights").text
    assert "may not create groups" in about(found, "creating groups").text


def test_rights_are_found_out_without_a_rehearsal_too(doors: Doors) -> None:
    seed = SEED + group_ldif("elsewhere", [ANNA], dn=f"cn=elsewhere,{PEOPLE}")
    with Demo(seed) as server:
        before = server.everything()
        found = report(doors, server.connection(group_base=server.suffix))
        assert server.everything() == before
    assert (
        f"may not change groups in 1 of 2 places: {PEOPLE}"
        in about(found, "write rights").text
    )


def test_memberof_that_was_never_filled_in_is_told(doors: Doors) -> None:
    with Slapd(ldif=SEED, overlays=("memberof",)) as server:
        assert report(doors, server.connection()).profile.memberof == "none"
        server.add_group("fresh", [ANNA])
        found = report(doors, server.connection())
        flat = about_memberof(report(doors, server.connection(write_dn="")))
        server.add_group("outer", [f"cn=fresh,{GROUPS}"])
        nested = about_memberof(report(doors, server.connection()))
    assert found.profile.memberof == "direct"
    assert "nobody is in a group within a group" in flat
    assert "direct groups only." in nested
    assert about(found, "memberOf values").text == (
        "2 values of 2 people and groups missing though a member: anna lacks both; hans lacks both."
    )


def test_a_nobody_in_many_groups_looks_like_a_placeholder(doors: Doors) -> None:
    seed = SEED + "".join(group_ldif(name, ["cn=nobody"]) for name in "abc")
    with Slapd(ldif=seed) as server:
        found = report(doors, server.connection())
        known = report(doors, server.connection(placeholders=("cn=Nobody",)))
    assert (
        "cn=nobody stands in 3 groups and does not exist"
        in about(found, "placeholders").text
    )
    assert about(known, "placeholders").level == "ok"


@pytest.mark.parametrize(
    ("placeholder", "said"),
    [("cn=nobdoy", "a member of no group: cn=nobdoy"), (ANNA, f"but somebody: {ANNA}")],
)
def test_a_placeholder_that_is_none_is_told(
    doors: Doors, placeholder: str, said: str
) -> None:
    with Slapd(ldif=SEED) as server:
        found = report(doors, server.connection(placeholders=(placeholder,)))
    assert any(
        said in finding.text
        for finding in found.findings
        if finding.subject == "placeholders"
    )


def test_a_protected_account_that_is_not_there_is_told(doors: Doors) -> None:
    with Slapd(ldif=SEED) as server:
        found = report(
            doors, server.connection(protected=(ANNA, "uid=anan", "nonsense"))
        )
    assert "not there: uid=anan; nonsense." in about(found, "protected accounts").text


def test_members_who_left_are_counted(doors: Doors) -> None:
    seed = SEED + group_ldif("left", [ANNA, f"uid=gone,{PEOPLE}"])
    with Slapd(ldif=seed) as server:
        found = report(doors, server.connection())
    assert (
        f"stand for nobody that was read: uid=gone,{PEOPLE}"
        in about(found, "leftovers").text
    )


def test_groups_outside_of_the_bases_that_list_people_are_named(doors: Doors) -> None:
    seed = SEED + group_ldif("admins", [ANNA], dn=f"cn=admins,ou=services,{SUFFIX}")
    with Slapd(ldif=seed) as server:
        found = about(report(doors, server.connection()), "groups outside")
    assert found.level == "warning"
    assert "listed by 1 group outside of the bases of groups and roles" in found.text
    assert f"cn=admins,ou=services,{SUFFIX} (1)" in found.text


def test_a_connection_without_encryption_is_a_warning(doors: Doors) -> None:
    with Slapd(ldif=SEED) as server:
        assert (
            about(report(doors, server.connection()), "connection").level == "warning"
        )


def test_a_directory_without_groups_is_told(doors: Doors) -> None:
    with Slapd(ldif=person_ldif("anna")) as server:
        assert about(report(doors, server.connection()), "groups").level == "warning"
