"""A complete reading becomes the read model: what stays, what goes, what is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core.db import Database
from app.directory.actions.noting import note_change
from app.directory.actions.store import Stored, take_over, understand_again
from app.directory.queries import load_graph
from app.directory.rules import ReadingDifference, limited, resolve
from app.models.directory import Directory, Entitlement, MemberKind, Membership
from app.models.people import Person
from ldap_sync.members import meant_by
from ldap_sync.values import DirectoryChange, Other, inverse
from tests.directory.builders import NOW, SUFFIX, a_directory
from tests.directory.said import group, person, snapshot

WRITER = f"cn=writer,{SUFFIX}"
ANNA, BEN = person("anna"), person("ben")


class Reads:
    """Takes snapshots over, each a day after the one before."""

    def __init__(self, database: Database, **columns: object) -> None:
        self.database = database
        self.day = -1
        with database.write() as session:
            self.directory_id = a_directory(session, **columns).id

    @property
    def now(self) -> datetime:
        return NOW + timedelta(days=self.day)

    def __call__(self, *things: object) -> Stored:
        self.day += 1
        with self.database.write() as session:
            directory = session.get_one(Directory, self.directory_id)
            placeholders = (
                *directory.placeholders,
                directory.bind_dn,
                directory.write_dn,
            )
            return take_over(
                session, directory, resolve(snapshot(*things), placeholders), self.now
            )

    def members(self, cn: str) -> list[Membership]:
        with self.database.read() as session:
            inside = select(Membership).join(
                Entitlement, Entitlement.id == Membership.entitlement_id
            )
            return list(
                session.scalars(
                    inside.where(Entitlement.cn == cn).order_by(Membership.value)
                )
            )

    def row(self, model: type, **where: object):
        with self.database.read() as session:
            return session.scalars(
                select(model).filter_by(directory_id=self.directory_id, **where)
            ).one()


def sentences(stored: Stored) -> list[str]:
    return [difference.text for difference in stored.differences]


@pytest.fixture
def reads(database: Database) -> Reads:
    return Reads(database)


def test_a_first_reading_is_told_in_one_sentence(reads):
    stored = reads(ANNA, BEN, group("mail", ANNA, BEN), group("vpn", ANNA))
    assert sentences(stored) == ["First reading: 2 people, 2 groups, 3 direct grants."]
    assert (stored.people, stored.groups, stored.grants, stored.changes) == (2, 2, 3, 1)


def test_the_same_reading_again_changes_no_row(reads):
    reads(
        ANNA,
        group("mail", ANNA, "cn=ghost"),
        group("all", "cn=mail,ou=groups,dc=acme,dc=test"),
    )
    before = reads.members("mail")
    stored = reads(
        ANNA,
        group("mail", ANNA, "cn=ghost"),
        group("all", "cn=mail,ou=groups,dc=acme,dc=test"),
    )
    assert stored.changes == 0
    assert [(row.id, row.since) for row in reads.members("mail")] == [
        (row.id, row.since) for row in before
    ]


def test_rights_given_and_taken_are_counted_and_leave_no_sentence(reads):
    reads(ANNA, BEN, group("mail", ANNA), group("vpn"))
    stored = reads(ANNA, BEN, group("mail", BEN), group("vpn", group("mail")))
    assert (sentences(stored), stored.changes) == ([], 3)


def test_people_who_vanish_are_kept_and_their_leftovers_told(reads):
    reads(ANNA, BEN, group("mail", ANNA, BEN))
    stored = reads(ANNA, group("mail", ANNA, BEN))
    assert sentences(stored) == [
        "Ben (ben) is gone.",
        f"mail lists {BEN.dn}, which stands for nobody.",
    ]
    assert reads.row(Person, uid="ben").gone_at == reads.now
    assert [row.kind for row in reads.members("mail")] == [
        MemberKind.PERSON,
        MemberKind.DANGLING,
    ]


def test_people_who_return_are_there_again_with_their_rights(reads):
    reads(ANNA, BEN, group("mail", BEN))
    reads(ANNA, group("mail"))
    stored = reads(ANNA, BEN, group("mail", BEN))
    assert (sentences(stored), stored.changes) == (["Ben (ben) is back."], 2)
    assert reads.row(Person, uid="ben").gone_at is None


def test_somebody_renamed_and_moved_keeps_rights_and_their_start(reads):
    reads(ANNA, BEN, group("mail", BEN))
    moved = replace(
        BEN, dn="uid=ben,ou=leavers,dc=acme,dc=test", name="Benjamin", disabled=True
    )
    stored = reads(ANNA, moved, group("mail", moved))
    assert sentences(stored) == [
        "Ben (ben) is now called Benjamin (ben).",
        "Benjamin (ben) moved from ou=people,dc=acme,dc=test to ou=leavers,dc=acme,dc=test.",
        "The account of Benjamin (ben) was switched off.",
    ]
    assert [(row.value, row.since) for row in reads.members("mail")] == [
        (moved.dn, NOW)
    ]


def test_a_joiner_under_the_name_of_a_leaver_is_another_person(reads):
    reads(ANNA, BEN, group("mail", BEN))
    stored = reads(
        ANNA, replace(BEN, key="p-another", name="Berta"), group("mail", BEN)
    )
    assert (sentences(stored), stored.changes) == (
        ["Berta (ben) is new.", "Ben (ben) is gone."],
        3,
    )
    assert reads.members("mail")[0].since == reads.now


def test_groups_come_go_and_are_renamed(reads):
    mail, vpn = group("mail", ANNA), group("vpn", ANNA)
    reads(ANNA, mail, vpn)
    stored = reads(
        ANNA, replace(mail, cn="post", dn=f"cn=post,{SUFFIX}"), group("door", ANNA)
    )
    told = [
        "Group door is new.",
        "Group vpn is gone.",
        "Group mail is now called post.",
    ]
    assert (sentences(stored), stored.changes) == (told, 4)
    assert reads.members("vpn") == []
    assert (
        sentences(reads(ANNA, mail, vpn, group("door", ANNA)))[0]
        == "Group vpn is back."
    )


def test_owner_and_lens_set_in_rung_outlast_readings(reads):
    reads(ANNA, BEN, group("mail", owners=(ANNA.dn,)), group("vpn"))
    assert (
        reads.row(Entitlement, cn="mail").owner_id == reads.row(Person, uid="anna").id
    )
    with reads.database.write() as session:
        mail = session.get_one(Entitlement, reads.row(Entitlement, cn="mail").id)
        mail.owner_id, mail.owner_by, mail.lens = (
            reads.row(Person, uid="ben").id,
            "kim",
            "memberof",
        )
    reads(
        ANNA,
        BEN,
        group("mail", ANNA, owners=(ANNA.dn,)),
        group("vpn", owners=(ANNA.dn,)),
    )
    mail = reads.row(Entitlement, cn="mail")
    assert (mail.owner_id, mail.lens) == (reads.row(Person, uid="ben").id, "memberof")
    assert reads.row(Entitlement, cn="vpn").owner_id == reads.row(Person, uid="anna").id


def test_roles_are_told_by_where_they_stand(database: Database):
    reads = Reads(
        database,
        role_base="ou=roles,dc=acme,dc=test",
        group_base="ou=groups,dc=acme,dc=test",
    )
    reads(ANNA, group("mail"), group("clerk", dn="cn=clerk,OU=Roles, dc=acme,dc=test"))
    assert reads.row(Entitlement, cn="clerk").is_role
    assert not reads.row(Entitlement, cn="mail").is_role


def test_values_of_all_sorts_find_their_meaning(database: Database):
    reads = Reads(database, placeholders=["cn=nobody"], write_dn=WRITER)
    reads(
        ANNA,
        BEN,
        person("T1", dn=f"uid=T1,{SUFFIX}"),
        group(
            "names",
            "CN=Nobody",
            "cn=names,ou=groups,dc=acme,dc=test",
            f"CN=reader, {SUFFIX}",
            WRITER,
            "",
        ),
        group(
            "unique", f"{ANNA.dn}#'0101'B", ANNA.dn.upper(), attribute="uniqueMember"
        ),
        group("posix", "t1", "ben", "ghost", attribute="memberUid"),
        group("odd", "not a dn", "<GUID=1>", "uid=anna+cn=x,dc=acme"),
    )
    assert {row.kind for row in reads.members("names")} == {MemberKind.PLACEHOLDER}
    assert {row.person_id for row in reads.members("unique")} == {
        reads.row(Person, uid="anna").id
    }
    assert [row.kind for row in reads.members("posix")] == [
        MemberKind.PERSON,
        MemberKind.DANGLING,
        MemberKind.PERSON,
    ]
    assert {row.kind for row in reads.members("odd")} == {MemberKind.DANGLING}


def test_what_exists_and_is_no_person_is_no_leftover(database: Database):
    reads = Reads(database)
    machine, ghost = "cn=pc7,dc=acme", "cn=ghost,dc=acme"
    reads(ANNA, group("mail", ANNA, ghost))
    told = reads(
        ANNA,
        group("mail", ANNA, ghost, machine),
        Other(meant_by("member", machine), "computer"),
    )
    assert sentences(told) == [f"mail lists {machine}, which is no person: computer."]
    by_value = {row.value: (row.kind, row.what) for row in reads.members("mail")}
    assert by_value[machine] == (MemberKind.OTHER, "computer")
    assert by_value[ghost] == (MemberKind.DANGLING, "")
    with database.write() as session:
        understand_again(
            session, session.get_one(Directory, reads.directory_id), reads.now
        )
    assert {
        row.value: (row.kind, row.what) for row in reads.members("mail")
    } == by_value
    told = reads(ANNA, group("mail", ANNA, ghost, machine))
    assert sentences(told) == [f"mail lists {machine}, which stands for nobody."]


def test_every_account_name_of_a_person_is_the_person_also_after_settings_changed(
    database: Database,
):
    reads = Reads(database)
    ada = person("ada", further_uids=("ada2",))
    reads(ada, group("posix", "ada2", attribute="memberUid"))
    for _ in range(2):
        assert [row.kind for row in reads.members("posix")] == [MemberKind.PERSON]
        with database.write() as session:
            understand_again(
                session, session.get_one(Directory, reads.directory_id), reads.now
            )
            right = session.scalars(select(Entitlement)).one()
            for change in (
                DirectoryChange(right.key, right.dn, "memberUid", delete=("ada2",)),
            ):
                note_change(session, reads.directory_id, change, reads.now)
                note_change(session, reads.directory_id, inverse(change), reads.now)


def test_a_uid_that_two_people_bear_stands_for_neither(reads):
    twin = person("anna", key="p-twin", dn=f"uid=anna,ou=externals,{SUFFIX}")
    reads(ANNA, twin, group("posix", "anna", attribute="memberUid"))
    assert [(row.kind, row.what) for row in reads.members("posix")] == [
        (MemberKind.OTHER, "several entries")
    ]


def test_an_enormous_difference_is_counted_instead_of_listed():
    many = [ReadingDifference("right new", f"right {number}") for number in range(5)]
    few = [
        ReadingDifference("person new", "Anna is new."),
        ReadingDifference("person gone", "Ben is gone."),
    ]
    told = [
        difference.text for difference in limited([*many, *few], most=6, of_a_kind=2)
    ]
    assert told == [
        "5 times “group new”: too many to list one by one.",
        "Anna is new.",
        "Ben is gone.",
    ]
    assert limited([*many, *few], most=7, of_a_kind=2) == [*many, *few]


MEMBERS = st.lists(st.sampled_from(["anna", "ben", "cleo", "ghost"]), unique=True)
STATES = st.lists(
    st.tuples(
        st.sets(st.sampled_from(["anna", "ben", "cleo"])),
        st.dictionaries(st.sampled_from(["mail", "vpn"]), MEMBERS),
    ),
    min_size=1,
    max_size=4,
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=25,
    deadline=None,
)
@given(states=STATES)
def test_whatever_was_there_before_the_model_says_what_was_read_last(
    database: Database, states: Sequence
):
    with database.write() as session:
        from_before = [row.name for row in session.scalars(select(Directory))]
    reads = Reads(database, name=f"Acme {len(from_before)}")
    for uids, groups in states:
        reads(
            *map(person, uids),
            *(group(cn, *map(person, members)) for cn, members in groups.items()),
        )
    with database.read() as session:
        graph = load_graph(session, reads.directory_id)
    said = {
        (cn, uid) for cn, members in groups.items() for uid in members if uid in uids
    }
    assert {
        (graph.rights[right].cn, graph.people[p].uid)
        for p, held in graph.direct.items()
        for right in held
    } == said
    assert {row.uid for row in graph.people.values()} == uids
