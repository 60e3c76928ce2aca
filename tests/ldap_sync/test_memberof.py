"""What a check proves about memberOf with groups made for a moment, and how wrong values are found
and put right.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from ldap_sync.adapter import family, scratch
from ldap_sync.adapter.wire import assertion
from ldap_sync.port import Unavailable, WriteDirectory
from ldap_sync.values import CheckFinding, CheckReport, Profile, Status, WrongMemberOf
from tests.ldap_sync.conftest import Doors
from tests.ldap_sync.proxy import ChaosProxy
from tests.ldap_sync.servers import (
    GROUPS,
    PEOPLE,
    READ_ONLY_BRANCH,
    ROLES,
    WRITER,
    Slapd,
    group_ldif,
    person_ldif,
)

ANNA, BERTA = f"uid=anna,{PEOPLE}", f"uid=berta,{PEOPLE}"
ONE, TWO, INNER = (f"cn={name},{GROUPS}" for name in ("one", "two", "inner"))
SEED = (
    person_ldif("anna")
    + person_ldif("berta")
    + group_ldif("one", [ANNA, BERTA])
    + group_ldif("two", [BERTA])
    + group_ldif("inner", [BERTA])
)
DIRECT = Profile(family="openldap", tested=True, assertions=True, memberof="direct")


@pytest.fixture
def slapd() -> Iterator[Slapd]:
    """Return a server with memberOf that was filled in."""
    with Slapd(overlays=("memberof",)) as server:
        server.add(SEED)
        yield server


def about(found: CheckReport, subject: str) -> CheckFinding:
    """Return the one finding about a subject."""
    [finding] = [finding for finding in found.findings if finding.subject == subject]
    return finding


def scratch_groups(server: Slapd) -> list[str]:
    """Return the DNs of groups that a check left behind."""
    return [
        text.splitlines()[0] for text in server.everything() if "rung-check-" in text
    ]


def leave_behind(
    server: Slapd, doors: Doors, group: str, delete: list[str], add: list[str]
) -> None:
    """Change a group exactly as the fault did: under an assertion on its identity alone."""
    wire = doors.writer(server.connection())._own.session.wire  # type: ignore[attr-defined]
    guard = assertion(f"(entryUUID={server.key_of(group)})")
    assert wire.modify(group, "member", delete, add, [guard]).code == 0


def faulty(server: Slapd, doors: Doors) -> WriteDirectory:
    """Let anna show a group she left, and lack two she is in; a group in a group too."""
    leave_behind(server, doors, ONE, [ANNA], [])
    leave_behind(server, doors, TWO, [], [ANNA])
    leave_behind(server, doors, TWO, [], [INNER])
    return doors.writer(server.connection(profile=DIRECT))


# ---- the proof ----


def test_the_check_proves_that_memberof_follows_and_leaves_nothing_behind(
    slapd: Slapd, doors: Doors
) -> None:
    before = slapd.everything()
    found = doors.reader(slapd.connection()).check()
    assert (
        "memberOf follows a guarded change"
        in about(found, "memberOf after a change").text
    )
    assert found.profile.assertions
    assert slapd.everything() == before


def test_a_guard_that_leaves_memberof_behind_is_not_used(
    slapd: Slapd, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        family, "still_behind", lambda profile, key, _dn: family.has_key(profile, key)
    )
    found = doors.reader(slapd.connection()).check()
    finding = about(found, "memberOf after a change")
    assert finding.level == "warning"
    assert "changes are not guarded by that control" in finding.text
    assert not found.profile.assertions
    assert scratch_groups(slapd) == []


def test_a_server_without_memberof_is_told_apart(doors: Doors) -> None:
    with Slapd(ldif=SEED) as plain:
        found = doors.reader(plain.connection()).check()
        assert scratch_groups(plain) == []
    assert "keeps no memberOf" in about(found, "memberOf after a change").text
    assert found.profile.assertions


def test_nothing_is_made_while_writing_is_frozen(slapd: Slapd, doors: Doors) -> None:
    before = slapd.everything()
    found = doors.reader(slapd.connection()).check(scratch=False)
    assert "while all writing is frozen" in about(found, "memberOf after a change").text
    assert slapd.everything() == before


def test_an_account_that_may_make_no_groups_is_told(doors: Doors) -> None:
    access = READ_ONLY_BRANCH.replace(f"ou=locked,{GROUPS}", ROLES)
    with Slapd(ldif=SEED, access=access, overlays=("memberof",)) as server:
        found = doors.reader(server.connection()).check()
        assert scratch_groups(server) == []
    assert "could not make groups in" in about(found, "memberOf after a change").text


def test_groups_that_cannot_be_deleted_are_named_and_taken_by_the_next_check(
    doors: Doors,
) -> None:
    adds_only = f"""access to attrs=userPassword by anonymous auth by * none
access to dn.children="{ROLES}" attrs=entry by dn.exact="{WRITER}" =arscxd by * read
access to * by dn.exact="{WRITER}" write by * read
"""
    with Slapd(ldif=SEED, access=adds_only, overlays=("memberof",)) as server:
        found = doors.reader(server.connection()).check()
        left = scratch_groups(server)
        assert len(left) == 3
        assert about(found, "scratch groups").level == "warning"
        keys = {
            group.cn
            for group in doors.reader(server.connection())
            .read(lambda _w, _n: None)
            .groups
        }
        assert keys == {"one", "two", "inner"}  # a reading never takes them for rights
        root = server.connection(
            write_dn=server.admin, write_password=server.admin_password
        )
        doors.reader(root).check()
        assert scratch_groups(server) == []


@pytest.mark.parametrize("size", range(1000, 15000, 1500))
def test_a_check_cut_off_anywhere_is_cleaned_up_by_itself_or_by_the_next(
    slapd: Slapd, doors: Doors, size: int
) -> None:
    with ChaosProxy(slapd.port) as proxy:
        proxy.cut_after(size)
        doors.reader(slapd.connection(url=proxy.url)).check()
    doors.reader(slapd.connection()).check()
    assert scratch_groups(slapd) == []


# ---- finding and repairing ----


def test_wrong_values_are_found_with_names(slapd: Slapd, doors: Doors) -> None:
    writer = faulty(slapd, doors)
    assert sorted(map(str, writer.wrong_memberof())) == [
        "anna lacks two",
        "anna shows one",
        "inner lacks two",
    ]
    finding = about(doors.reader(slapd.connection()).check(), "memberOf values")
    assert finding.level == "warning"
    assert (
        "1 value of 1 person or group shown though not a member: anna shows one."
        in finding.text
    )
    assert (
        "2 values of 2 people and groups missing though a member: anna lacks two; inner lacks two."
        in finding.text
    )


def test_a_repair_leaves_every_group_as_it_is_and_memberof_right(
    slapd: Slapd, doors: Doors
) -> None:
    writer = faulty(slapd, doors)
    groups = {dn: slapd.values(dn) for dn in (ONE, TWO, INNER)}
    assert [
        writer.refresh_memberof(wrong).status for wrong in writer.wrong_memberof()
    ] == [Status.DONE] * 3
    assert {dn: slapd.values(dn) for dn in groups} == groups
    assert writer.wrong_memberof() == ()
    assert slapd.values(ANNA, "memberOf") == [TWO]


def test_the_only_member_of_a_group_keeps_its_place(slapd: Slapd, doors: Doors) -> None:
    leave_behind(slapd, doors, INNER, [], [ANNA])
    slapd.take(INNER, BERTA)
    writer = doors.writer(slapd.connection(profile=DIRECT))
    [wrong] = writer.wrong_memberof()
    assert writer.refresh_memberof(wrong).status is Status.DONE
    assert slapd.values(INNER) == [ANNA]


def test_what_is_right_by_now_is_left_alone(slapd: Slapd, doors: Doors) -> None:
    writer = faulty(slapd, doors)
    wrong = writer.wrong_memberof()
    for each in wrong:
        writer.refresh_memberof(each)
    assert {writer.refresh_memberof(each).status for each in wrong} == {Status.ALREADY}


@pytest.mark.parametrize("shown", [True, False])
def test_a_group_that_others_changed_meanwhile_is_not_touched(
    slapd: Slapd, doors: Doors, shown: bool
) -> None:
    writer = faulty(slapd, doors)
    [wrong] = [
        each
        for each in writer.wrong_memberof()
        if each.shown is shown and each.name == "anna"
    ]
    # Behind the overlay's back once more, so that only the group itself tells.
    values = ([], [ANNA]) if shown else ([ANNA], [])
    leave_behind(slapd, doors, wrong.group_dn, *values)
    before = slapd.values(wrong.group_dn)
    assert writer.refresh_memberof(wrong).status in (Status.DRIFT, Status.ALREADY)
    assert slapd.values(wrong.group_dn) == before


def test_a_group_made_anew_under_the_same_name_is_not_touched(
    slapd: Slapd, doors: Doors
) -> None:
    writer = faulty(slapd, doors)
    [wrong] = [each for each in writer.wrong_memberof() if each.shown]
    other = replace(wrong, group_key="00000000-0000-0000-0000-000000000000")
    assert writer.refresh_memberof(other).status is Status.DRIFT


def test_a_lost_answer_is_unknown_and_running_it_again_finishes(
    slapd: Slapd, doors: Doors
) -> None:
    faulty(slapd, doors)
    wrong: tuple[WrongMemberOf, ...] = doors.writer(
        slapd.connection(profile=DIRECT)
    ).wrong_memberof()
    statuses = set()
    for size in range(400, 2400, 200):
        with ChaosProxy(slapd.port) as proxy:
            proxy.cut_after(size)
            through = doors.writer(slapd.connection(url=proxy.url, profile=DIRECT))
            with suppress(Unavailable):
                statuses.add(through.refresh_memberof(wrong[0]).status)
    assert statuses <= {Status.UNKNOWN, Status.ALREADY, Status.DONE}
    writer = doors.writer(slapd.connection(profile=DIRECT))
    for each in writer.wrong_memberof():
        assert writer.refresh_memberof(each).status is Status.DONE
    assert writer.wrong_memberof() == ()


def test_leftovers_are_not_taken_for_nesting(slapd: Slapd, doors: Doors) -> None:
    """A role's group within the group that was left: what is still shown there is a leftover, no
    nesting.
    """
    slapd.put(ONE, INNER)
    slapd.put(INNER, ANNA)
    leave_behind(slapd, doors, ONE, [ANNA], [])
    found = doors.reader(slapd.connection(write_dn="")).check()
    assert scratch.SUBJECT not in {finding.subject for finding in found.findings}
    proved = doors.reader(slapd.connection()).check()
    assert proved.profile.memberof == "direct"
    assert "anna shows one" in about(proved, "memberOf values").text
