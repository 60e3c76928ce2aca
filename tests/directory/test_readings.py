"""Readings: asked for, done, refused, taken up again; only a complete and believable one changes
what is known.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from app.core.audit import AuditEvent
from app.core.errors import Away, Invalid, NotFound, Refused
from app.directory.actions import (
    ask_reading,
    attempt,
    forget_directory,
    read_ldif,
    read_now,
    run_waiting_readings,
    stop_reading,
)
from app.directory.rules import DirectoryValues
from app.models.directory import (
    Directory,
    Entitlement,
    Membership,
    Reading,
    ReadingChange,
    ReadingState,
)
from app.models.people import Person
from ldap_sync.port import IncompleteRead, Unavailable
from tests.acting import acting
from tests.directory.builders import a_directory
from tests.directory.said import Told, group, parts_with, person, snapshot

ANNA, BEN, CLEO = person("anna"), person("ben"), person("cleo")
FULL = snapshot(ANNA, BEN, CLEO, group("mail", ANNA, BEN), group("vpn", CLEO))

EXPORT = """dn: uid=anna,ou=people,dc=acme,dc=test
objectClass: inetOrgPerson
uid: anna
cn: Anna
sn: A

dn: cn=mail,ou=groups,dc=acme,dc=test
objectClass: groupOfNames
cn: mail
member: uid=anna,ou=people,dc=acme,dc=test
"""


ROLE = """
dn: cn=clerk,ou=roles,dc=acme,dc=test
objectClass: groupOfNames
cn: clerk
member: cn=nobody
"""


@pytest.fixture
def told() -> Told:
    return Told(FULL)


@pytest.fixture
def parts(database, settings, told, clock):
    return parts_with(database, settings, told, clock)


@pytest.fixture
def acme(database) -> int:
    with database.write() as session:
        return a_directory(session, bind_dn="").id


def all_of(database, model, **where):
    with database.read() as session:
        return list(
            session.scalars(select(model).filter_by(**where).order_by(model.id))
        )


def ask(parts, directory_id, **options) -> int:
    with parts.database.write() as session:
        return ask_reading(
            acting(session, "kim", parts.now()), directory_id, **options
        ).id


def uids(database) -> set[str]:
    return {row.uid for row in all_of(database, Person) if row.gone_at is None}


def stop(parts, reading_id) -> None:
    with parts.database.write() as session:
        stop_reading(acting(session, "lena", parts.now()), reading_id)


def test_a_reading_that_waits_can_be_stopped_and_asked_for_again(parts, acme):
    first = ask(parts, acme)
    stop(parts, first)
    assert run_waiting_readings(parts) is False
    (reading,) = all_of(parts.database, Reading)
    assert (reading.state, reading.reason) == (
        ReadingState.REFUSED,
        "lena stopped this reading; what was read before stays.",
    )
    with pytest.raises(Refused, match="over already"):
        stop(parts, first)
    assert ask(parts, acme) != first
    assert run_waiting_readings(parts) is True


@pytest.mark.parametrize("by_worker", [True, False])
def test_a_reading_under_way_is_stopped_and_leaves_nothing(
    parts, acme, told, by_worker
):
    def stopped() -> None:
        (running,) = all_of(parts.database, Reading, state=ReadingState.RUNNING)
        stop(parts, running.id)

    told.during = stopped
    if by_worker:
        ask(parts, acme)
        run_waiting_readings(parts)
    else:
        with pytest.raises(Refused, match="lena stopped this reading"):
            read_now(parts, acme, by="kim")
    (reading,) = all_of(parts.database, Reading)
    assert (reading.state, reading.stopped_by) == (ReadingState.REFUSED, "lena")
    assert uids(parts.database) == set()
    told.during = lambda: None
    read_now(parts, acme, by="kim")
    assert uids(parts.database) == {"anna", "ben", "cleo"}


def test_the_worker_does_what_was_asked_for(parts, acme, told):
    reading_id = ask(parts, acme)
    assert run_waiting_readings(parts) is True
    (reading,) = all_of(parts.database, Reading)
    assert (reading.id, reading.state, reading.ended_at) == (
        reading_id,
        ReadingState.COMPLETE,
        parts.now(),
    )
    assert (reading.people, reading.groups, reading.grants) == (3, 2, 3)
    assert told.closed == 1
    assert run_waiting_readings(parts) is False


def test_who_asks_twice_gets_the_reading_under_way(parts, acme):
    assert ask(parts, acme) == ask(parts, acme)
    assert len(all_of(parts.database, Reading)) == 1


def test_a_read_that_is_not_complete_leaves_everything_as_it_was(parts, acme, told):
    read_now(parts, acme, by="kim")
    told.says = IncompleteRead("The server stopped after 500 entries.")
    with pytest.raises(Refused, match="stopped after 500"):
        read_now(parts, acme, by="kim")
    assert uids(parts.database) == {"anna", "ben", "cleo"}
    refused = all_of(parts.database, Reading)[-1]
    assert (refused.state, refused.reason) == (
        ReadingState.REFUSED,
        "The server stopped after 500 entries.",
    )


def test_a_directory_out_of_reach_is_away_and_its_reading_refused(parts, acme, told):
    told.says = Unavailable("ldap.acme.test does not answer.")
    with pytest.raises(Away, match="does not answer"):
        read_now(parts, acme, by="kim")
    ask(parts, acme)
    run_waiting_readings(parts)
    assert [reading.state for reading in all_of(parts.database, Reading)] == [
        ReadingState.REFUSED
    ] * 2


def test_a_reading_that_lost_more_than_half_is_refused_unless_forced(parts, acme, told):
    read_now(parts, acme, by="kim")
    told.says = snapshot(ANNA, group("mail", ANNA), group("vpn"))
    with pytest.raises(
        Refused, match="2 of 3 people known from the last reading are missing"
    ):
        read_now(parts, acme, by="kim")
    assert uids(parts.database) == {"anna", "ben", "cleo"}
    read_now(parts, acme, by="kim", forced=True)
    assert uids(parts.database) == {"anna"}


def test_half_of_the_people_may_leave(parts, acme, told):
    told.says = snapshot(ANNA, BEN, group("mail", ANNA, BEN))
    read_now(parts, acme, by="kim")
    told.says = snapshot(ANNA, group("mail", ANNA))
    assert read_now(parts, acme, by="kim").state == ReadingState.COMPLETE


def test_a_reading_without_a_single_grant_is_refused_when_many_are_known(
    parts, acme, told
):
    people = [person(f"p{number}") for number in range(10)]
    told.says = snapshot(*people, group("mail", *people))
    read_now(parts, acme, by="kim")
    told.says = snapshot(*people, group("mail"))
    with pytest.raises(Refused, match="10 grants are known"):
        read_now(parts, acme, by="kim")


@pytest.mark.parametrize(
    ("snapshot_", "why"),
    [
        (snapshot(ANNA, person("ben", key="")), "1 of 2 people show no identity"),
        (
            snapshot(group("mail"), group("vpn", key="g-mail")),
            "1 groups share their identity",
        ),
    ],
)
def test_entries_that_cannot_be_told_apart_are_refused(
    parts, acme, told, snapshot_, why
):
    told.says = snapshot_
    with pytest.raises(Refused, match=why):
        read_now(parts, acme, by="kim")


def test_a_reading_whose_process_was_killed_is_taken_up_again(parts, acme, clock):
    attempt.begin(parts, acme, by="kim", source="ldap", forced=False)
    assert run_waiting_readings(parts) is False
    clock.forward(seconds=61)
    assert run_waiting_readings(parts) is True
    assert [reading.state for reading in all_of(parts.database, Reading)] == [
        ReadingState.COMPLETE
    ]


def test_a_file_whose_reading_was_killed_is_not_waited_for(parts, acme, clock):
    attempt.begin(parts, acme, by="kim", source="export.ldif", forced=False)
    clock.forward(seconds=61)
    assert run_waiting_readings(parts) is False
    (reading,) = all_of(parts.database, Reading)
    assert (reading.state, reading.reason) == (ReadingState.REFUSED, attempt.BROKEN_OFF)


def test_a_process_that_slept_too_long_does_not_take_its_reading_over(
    parts, acme, told, clock
):
    def meanwhile() -> None:
        told.during = lambda: None
        clock.forward(seconds=61)
        assert run_waiting_readings(parts) is True

    told.during = meanwhile
    with pytest.raises(attempt.TakenUpElsewhere):
        read_now(parts, acme, by="kim")
    assert [reading.state for reading in all_of(parts.database, Reading)] == [
        ReadingState.COMPLETE
    ]


def test_one_process_at_a_time_reads_a_directory(parts, acme):
    attempt.begin(parts, acme, by="kim", source="ldap", forced=False)
    with pytest.raises(Refused, match="being read right now, asked for by kim"):
        read_now(parts, acme, by="lee")


def test_a_fault_of_our_own_ends_the_reading_and_is_not_hidden(parts, acme, told):
    def fault() -> None:
        raise ZeroDivisionError

    told.during = fault
    with pytest.raises(ZeroDivisionError):
        read_now(parts, acme, by="kim")
    assert (
        all_of(parts.database, Reading)[0].reason
        == f"{attempt.BROKEN_OFF} ZeroDivisionError"
    )


def test_progress_is_written_where_a_page_can_see_it(parts, acme, told, database):
    seen = []

    def look() -> None:
        seen.extend(
            (row.state, row.phase, row.count) for row in all_of(database, Reading)
        )

    told.during = look
    heard = []
    read_now(
        parts,
        acme,
        by="kim",
        progress=lambda phase, count: heard.append((phase, count)),
    )
    assert seen == [(ReadingState.RUNNING, "people", 1)]
    assert heard == [("people", 1)]


def test_each_reading_leaves_one_audit_event(parts, acme, told):
    read_now(parts, acme, by="kim")
    told.says = IncompleteRead("cut")
    with pytest.raises(Refused):
        read_now(parts, acme, by="kim")
    told_of = [
        (event.actor, event.action, event.reason)
        for event in all_of(parts.database, AuditEvent)
    ]
    assert told_of[1:] == [
        ("kim", "directory.read", ""),
        ("kim", "directory.read_refused", "cut"),
    ]


def test_the_writing_password_is_not_needed_for_reading(parts, database, told):
    secrets = parts.settings.secrets
    secrets.mkdir(exist_ok=True)
    (secrets / "reader").write_text("s3cret\n")
    with database.write() as session:
        directory = a_directory(
            session,
            bind_password="file:reader",
            write_dn="cn=w",
            write_password="file:nowhere",
        )
    read_now(parts, directory.id, by="kim")
    assert (told.connection.bind_password, told.connection.write_dn) == ("s3cret", "")


def test_a_missing_password_is_away_and_says_where_it_was_looked_for(parts, database):
    with database.write() as session:
        directory_id = a_directory(session, bind_password="file:nowhere").id
    with pytest.raises(
        Away, match=r"secrets/nowhere for a secret cannot be read \(No such file"
    ):
        read_now(parts, directory_id, by="kim")


def test_an_export_becomes_a_directory_without_address(parts, tmp_path):
    file = tmp_path / "export.ldif"
    file.write_text(EXPORT)
    reading = read_ldif(parts, DirectoryValues("Files"), file, by="kim")
    assert (reading.people, reading.groups, reading.grants, reading.source) == (
        1,
        1,
        1,
        "export.ldif",
    )
    (directory,) = all_of(parts.database, Directory)
    assert (directory.name, directory.url, directory.writable) == ("Files", "", False)
    assert read_ldif(parts, DirectoryValues("Files"), file, by="kim").changes == 0
    with pytest.raises(Refused, match="read from a file"):
        read_now(parts, directory.id, by="kim")


def test_a_malformed_export_names_its_line_and_leaves_nothing_behind(parts, tmp_path):
    file = tmp_path / "export.ldif"
    file.write_text(EXPORT + "this is not LDIF\n")
    with pytest.raises(Invalid, match="LDIF line 11"):
        read_ldif(parts, DirectoryValues("Files"), file, by="kim")
    assert all_of(parts.database, Directory) == []


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "neither people nor groups"),
        ("dn: dc=acme\nobjectClass: domain\n", "neither people"),
    ],
)
def test_an_export_without_people_and_groups_is_refused(parts, tmp_path, content, why):
    file = tmp_path / "export.ldif"
    file.write_text(content)
    with pytest.raises(Invalid, match=why):
        read_ldif(parts, DirectoryValues("Files"), file, by="kim")


def test_a_file_is_not_read_into_a_connected_directory(parts, acme, tmp_path):
    file = tmp_path / "export.ldif"
    file.write_text(EXPORT)
    with pytest.raises(Invalid, match="is a connected directory"):
        read_ldif(parts, DirectoryValues("Acme"), file, by="kim")


def test_an_export_that_cannot_be_opened_is_told_plainly(parts, tmp_path):
    with pytest.raises(Invalid, match="cannot be read"):
        read_ldif(
            parts, DirectoryValues("Files"), Path(tmp_path / "nowhere.ldif"), by="kim"
        )


def test_a_removed_directory_ends_its_reading_quietly(parts, acme, told):
    def removed() -> None:
        with parts.database.write() as session:
            forget_directory(acting(session, "lee", parts.now()), acme)

    told.during = removed
    with pytest.raises(NotFound, match="There is no directory"):
        read_now(parts, acme, by="kim")
    assert all_of(parts.database, Reading) == []


def test_changes_of_a_reading_are_kept_with_it(parts, acme, told, clock):
    read_now(parts, acme, by="kim")
    clock.forward(days=1)
    told.says = snapshot(
        ANNA,
        BEN,
        CLEO,
        group("mail", ANNA, BEN, CLEO),
        group("vpn", CLEO),
        group("door"),
    )
    reading = read_now(parts, acme, by="kim")
    (change,) = all_of(parts.database, ReadingChange, reading_id=reading.id)
    assert (change.kind, change.text) == ("right new", "Group door is new.")
    assert (reading.started_at, reading.ended_at) == (clock(), clock())


def test_what_was_said_about_an_export_is_kept_and_understood(parts, tmp_path):
    file = tmp_path / "export.ldif"
    file.write_text(EXPORT.replace("member:", "member: cn=nobody\nmember:") + ROLE)
    read_ldif(parts, DirectoryValues("Files"), file, by="kim")
    assert {row.kind for row in all_of(parts.database, Membership)} == {
        "person",
        "dangling",
    }
    said = DirectoryValues(
        "Files", role_base="ou=roles,dc=acme,dc=test", placeholders=("cn=nobody",)
    )
    read_ldif(parts, said, file, by="kim")
    read_ldif(parts, DirectoryValues("Files"), file, by="kim")
    assert {row.kind for row in all_of(parts.database, Membership)} == {
        "person",
        "placeholder",
    }
    assert [row.cn for row in all_of(parts.database, Entitlement) if row.is_role] == [
        "clerk"
    ]


def test_a_house_rule_of_what_switches_an_account_off_is_kept_with_the_export(
    rung, tmp_path
):
    def off() -> list[str]:
        return [
            one["uid"]
            for one in rung("person", "list", "--json").json["people"]
            if one["disabled"]
        ]

    file = tmp_path / "export.ldif"
    file.write_text(EXPORT.replace("uid: anna\n", "uid: anna\nak-active: FALSE\n"))
    rung("sync", "--ldif", str(file))
    assert off() == []
    rung("sync", "--ldif", str(file), "--off-when", "ak-active=FALSE")
    assert off() == ["anna"]
    rung("sync", "--ldif", str(file))
    assert off() == ["anna"]
    refused = rung("sync", "--ldif", str(file), "--off-when", "nonsense")
    assert refused.code != 0
    assert "attribute=value" in refused.err


def test_a_reading_counts_and_names_what_it_left_out(rung, tmp_path):
    file = tmp_path / "export.ldif"
    second = (
        "\ndn: nsuniqueid=1+uid=anna,ou=people,dc=acme,dc=test\nobjectClass: inetOrgPerson\nuid: "
        "anna\n"
    )
    file.write_text(f"{EXPORT.rstrip()}\n{second}nsds5ReplConflict: namingConflict\n")
    done = rung("sync", "--ldif", str(file), "--json").json["directories"][0]
    [left] = done["left_out"]
    assert (done["left_out_count"], left["why"]) == (
        1,
        "second entry of a replication conflict",
    )
    assert left["dn"] in rung("sync", "--ldif", str(file)).out
