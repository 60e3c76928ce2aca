"""What only a real slapd does: limits, referrals, odd result codes, restarts, overlays that lag
behind.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

import pytest

from ldap_sync.adapter import Timeouts
from ldap_sync.adapter.connection import Credential, sign_in
from ldap_sync.adapter.rights import NO_OP
from ldap_sync.members import PLACEHOLDER, Known
from ldap_sync.port import IncompleteRead, Unavailable
from ldap_sync.values import DirectoryChange, MemberPresence, Status, inverse
from tests.ldap_sync.conftest import Doors
from tests.ldap_sync.proxy import BIND, MODIFY, SEARCH, ChaosProxy
from tests.ldap_sync.servers import (
    GROUPS,
    PEOPLE,
    READ_ONLY_BRANCH,
    SUFFIX,
    WRITER,
    Slapd,
    group_ldif,
    ldif_line,
    person_ldif,
)

ANNA, BERTA = f"uid=anna,{PEOPLE}", f"uid=berta,{PEOPLE}"
TEAM = f"cn=team,{GROUPS}"
SEED = person_ldif("anna") + person_ldif("berta") + group_ldif("team", [ANNA])
IMPATIENT = Timeouts(connect=1, answer=1)


def silently(what: str, count: int) -> None:
    """Hear of progress and say nothing."""


def joining(server: Slapd, dn: str = TEAM) -> DirectoryChange:
    return DirectoryChange(server.key_of(dn), dn, "member", add=(BERTA,))


def eventually(holds: Callable[[], bool]) -> bool:
    """Tell whether something becomes true within two seconds."""
    deadline = time.monotonic() + 2
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_a_read_cut_by_the_size_limit_is_refused(doors: Doors) -> None:
    people = "".join(person_ldif(f"p{number}") for number in range(60))
    with (
        Slapd(ldif=people, sizelimit="59") as server,
        pytest.raises(IncompleteRead, match="size limit"),
    ):
        doors.reader(server.connection()).read(silently)


def test_more_people_than_a_page_are_read_completely(doors: Doors) -> None:
    people = "".join(person_ldif(f"p{number}") for number in range(2500))
    told: list[tuple[str, int]] = []
    with Slapd(ldif=people) as server:
        snapshot = doors.reader(server.connection()).read(
            lambda what, count: told.append((what, count))
        )
    assert {person.uid for person in snapshot.people} == {
        f"p{number}" for number in range(2500)
    }
    assert told == [
        ("people", 500),
        ("people", 1000),
        ("people", 1500),
        ("people", 2000),
        *[("people", 2500)] * 2,
        ("groups", 0),
    ]


def test_another_server_is_neither_followed_nor_told_our_password(doors: Doors) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, Slapd(ldif=SEED) as server:
        other.setblocking(False)
        address = f"ldap://127.0.0.1:{other.getsockname()[1]}"
        away = f"cn=away,{GROUPS}"
        entry = (
            f"dn: {away}\nobjectClass: referral\nobjectClass: extensibleObject\ncn: away\nref: "
            f"{address}/{away}\n"
        )
        server.add(entry)
        with pytest.raises(IncompleteRead, match=f"kept elsewhere .{address}"):
            doors.reader(server.connection()).read(silently)
        outcome = doors.writer(server.connection()).apply(
            DirectoryChange("k", away, "member", add=(BERTA,))
        )
        assert outcome.status is Status.REFUSED
        assert "connect to that one directly" in outcome.text
        with pytest.raises(BlockingIOError):
            other.accept()


def test_a_part_kept_elsewhere_names_the_way_out_and_bases_beside_it_are_read(
    doors: Doors,
) -> None:
    away = f"ou=away,{SUFFIX}"
    entry = (
        f"dn: {away}\nobjectClass: referral\nobjectClass: extensibleObject\nou: away\nref: "
        f"ldap://other.test/{away}\n"
    )
    with Slapd(ldif=f"{SEED}\n{entry}") as server:
        whole = server.connection(people_base="", group_base="", role_base="")
        way_out = "Give the directory a people base and a group base beside that part"
        with pytest.raises(IncompleteRead, match=way_out):
            doors.reader(whole).read(silently)
        beside = doors.reader(server.connection()).read(silently)
    assert {person.uid for person in beside.people} >= {"anna", "berta"}
    [unknown] = beside.outside
    assert unknown.dn == SUFFIX and "kept elsewhere" in unknown.why


def test_the_empty_dn_is_a_placeholder_and_stands_for_nobody(doors: Doors) -> None:
    empty = f"dn: cn=kept,{GROUPS}\nobjectClass: groupOfNames\ncn: kept\nmember:\n"
    with Slapd(ldif=f"{SEED}\n{empty}") as server:
        found = doors.reader(server.connection()).read(silently)
    [group] = [group for group in found.groups if group.cn == "kept"]
    known = Known(found.people, found.groups, found.others)
    assert group.members == ("",)
    assert known.meaning(group, "member", "") == PLACEHOLDER
    assert known.unknown(found.groups) == {}


def test_a_result_code_nobody_knows_is_only_a_number(slapd: Slapd) -> None:
    slapd.add(SEED)
    wire = sign_in(
        slapd.connection(), Credential(WRITER, "secret"), IMPATIENT, read_only=False
    )
    assert wire.modify(TEAM, "member", [], [BERTA], [NO_OP]).code == 16654
    assert slapd.values(TEAM) == [ANNA]
    wire.close()


def test_a_modify_without_values_is_never_sent(slapd: Slapd) -> None:
    wire = sign_in(
        slapd.connection(), Credential(WRITER, "secret"), IMPATIENT, read_only=False
    )
    with pytest.raises(ValueError, match="would clear the attribute"):
        wire.modify(TEAM, "member", [], [])
    wire.close()


def test_a_branch_that_is_locked_refuses_in_plain_words(doors: Doors) -> None:
    dn = f"cn=locked,ou=locked,{GROUPS}"
    branch = f"dn: ou=locked,{GROUPS}\nobjectClass: organizationalUnit\nou: locked\n\n"
    with Slapd(
        ldif=SEED + branch + group_ldif("locked", [ANNA], dn=dn),
        access=READ_ONLY_BRANCH,
    ) as server:
        writer = doors.writer(server.connection())
        outcome = writer.apply(joining(server, dn))
        assert (outcome.status, outcome.code) == (Status.REFUSED, 50)
        assert "ask for the right to write its members" in outcome.text
        assert server.values(dn) == [ANNA]


def test_an_answer_that_does_not_come_in_time_is_unknown(
    doors: Doors, slapd: Slapd
) -> None:
    slapd.add(SEED)
    with ChaosProxy(slapd.port) as proxy:
        writer = doors.writer(slapd.connection(url=proxy.url), IMPATIENT)
        proxy.hold_answer(MODIFY)
        outcome = writer.apply(joining(slapd))
        assert outcome.status is Status.UNKNOWN
        assert "did not answer in time" in outcome.text
        assert writer.presence(joining(slapd)) is MemberPresence.AFTER


def test_a_server_that_falls_silent_while_it_is_read_is_told(
    doors: Doors, slapd: Slapd
) -> None:
    slapd.add(SEED)
    with ChaosProxy(slapd.port) as proxy:
        reader = doors.reader(slapd.connection(url=proxy.url), IMPATIENT)
        assert reader.profile
        proxy.hold_answer(SEARCH)
        with pytest.raises(Unavailable, match="did not answer in time"):
            reader.read(silently)


def test_a_change_acknowledged_but_not_read_back_is_unknown(
    doors: Doors, slapd: Slapd
) -> None:
    slapd.add(SEED)
    with ChaosProxy(slapd.port) as proxy:
        writer = doors.writer(slapd.connection(url=proxy.url))
        proxy.lose_next_after(MODIFY)
        outcome = writer.apply(joining(slapd))
        assert (outcome.status, outcome.code) == (Status.UNKNOWN, 0)
        assert writer.presence(joining(slapd)) is MemberPresence.AFTER


def test_one_connection_per_account_serves_all_questions(
    doors: Doors, slapd: Slapd
) -> None:
    slapd.add(SEED)
    change, inverted = joining(slapd), inverse(joining(slapd))
    with ChaosProxy(slapd.port) as proxy:
        writer = doors.writer(slapd.connection(url=proxy.url))
        anna = next(
            person for person in writer.read(silently).people if person.uid == "anna"
        )
        for _ in range(3):
            assert writer.person(anna.key) == anna
            assert [group.key for group in writer.groups_of(anna)] == [change.key]
            assert writer.group(change.key) == writer.group_at(TEAM)
            assert writer.memberof(anna) == frozenset()
            assert [writer.apply(step).status for step in (change, inverted)] == [
                Status.DONE
            ] * 2
        # One to read and one to write; the reading had one of its own to compare what both accounts
        # see.
        assert proxy.seen.count(BIND) == 3


def test_a_connection_idle_for_long_is_not_trusted(doors: Doors, slapd: Slapd) -> None:
    slapd.add(SEED)
    with ChaosProxy(slapd.port) as proxy:
        reader = doors.reader(slapd.connection(url=proxy.url), Timeouts(idle=0))
        assert reader.presence(joining(slapd)) is MemberPresence.BEFORE
        assert proxy.seen.count(BIND) > 1


def test_after_a_crash_of_the_server_the_same_writer_goes_on(
    doors: Doors, slapd: Slapd
) -> None:
    slapd.add(SEED)
    writer, change = doors.writer(slapd.connection()), joining(slapd)
    assert writer.presence(change) is MemberPresence.BEFORE
    slapd.kill()
    with pytest.raises(Unavailable):
        writer.apply(change)
    slapd.resume()
    assert writer.apply(change).status is Status.DONE


def test_a_rename_reaches_the_groups_a_little_later(doors: Doors) -> None:
    with Slapd(ldif=SEED, overlays=("refint",)) as server:
        reader = doors.reader(server.connection())
        key = server.key_of(ANNA)
        server.rename(ANNA, "uid=annika")
        person = reader.person(key)
        assert person is not None
        assert eventually(
            lambda: [group.dn for group in reader.groups_of(person)] == [TEAM]
        )
        assert server.values(TEAM) == [f"uid=annika,{PEOPLE}"]


def test_the_placeholder_of_refint_is_a_member_like_any_other(doors: Doors) -> None:
    with Slapd(ldif=SEED, overlays=("refint",)) as server:
        server.delete(ANNA)
        assert eventually(lambda: server.values(TEAM) == ["cn=nobody"])
        snapshot = doors.reader(server.connection()).read(silently)
        assert [group.members for group in snapshot.groups] == [("cn=nobody",)]


def test_spellings_only_this_server_takes_for_equal_are_deleted_as_it_spells_them(
    doors: Doors, slapd: Slapd
) -> None:
    """OpenLDAP takes a composed and a combining accent for the same letter; the fold of Rung does
    not.
    """
    slapd.add(SEED)
    composed, combining = f"uid=Zo\u00eb,{PEOPLE}", f"uid=Zoe\u0308,{PEOPLE}"
    slapd.put(TEAM, composed)
    writer = doors.writer(slapd.connection())
    change = DirectoryChange(slapd.key_of(TEAM), TEAM, "member", delete=(combining,))
    assert writer.apply(change).status is Status.DONE
    assert slapd.values(TEAM) == [ANNA]


def test_a_user_with_a_photo_and_other_bytes_is_read(
    doors: Doors, slapd: Slapd
) -> None:
    slapd.add(SEED)
    photo = f"{ldif_line('dn', ANNA)}changetype: modify\nadd: jpegPhoto\njpegPhoto:: /9j/4A==\n"
    slapd.change(photo)
    assert {
        person.uid for person in doors.reader(slapd.connection()).read(silently).people
    } == {
        "anna",
        "berta",
    }
