"""The past can be asked: who held what when, as readings and Rung's own changes tell it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.core.db import Database
from app.core.errors import Invalid, Refused
from app.core.parts import Parts
from app.directory.actions import note_change, read_now
from app.directory.queries import holders_at, rights_at, spans_page
from app.directory.rules import asked_moment
from app.models.directory import Directory, Entitlement, PastMembership
from app.models.people import Person
from ldap_sync.port import IncompleteRead
from ldap_sync.values import DirectoryChange
from tests.conftest import Clock, Rung
from tests.directory.builders import a_directory
from tests.directory.said import Told, group, parts_with, person, snapshot

ANNA, BEN, CLEO = person("anna"), person("ben"), person("cleo")
EVERYBODY = {one.uid: one for one in (ANNA, BEN, CLEO)}


class Past:
    """Reads what it is told, each time a day later, and asks about the past."""

    def __init__(
        self,
        database: Database,
        parts: Parts,
        told: Told,
        clock: Clock,
        name: str = "Acme",
    ) -> None:
        self.database, self.parts, self.told, self.clock = database, parts, told, clock
        with database.write() as session:
            self.directory_id = a_directory(session, name, bind_dn="").id

    def reads(self, *things: object) -> datetime:
        """Take a reading over and return when."""
        self.clock.forward(days=1)
        self.told.says = snapshot(*things)
        read_now(self.parts, self.directory_id, by="kim", forced=True)
        return self.clock()

    def id(self, model: type, **where: object) -> int:
        with self.database.read() as session:
            return session.scalars(
                select(model.id).filter_by(directory_id=self.directory_id, **where)
            ).one()

    def who(self, cn: str, at: datetime) -> dict[str, tuple[bool, tuple[str, ...]]]:
        with self.database.read() as session:
            held = holders_at(session, self.id(Entitlement, cn=cn), at)
        return {one.account: (one.sure, one.way) for one in held}

    def holds(self, uid: str, at: datetime) -> set[str]:
        with self.database.read() as session:
            return {
                one.name
                for one in rights_at(session, self.id(Person, uid=uid), at)
                if one.sure
            }

    def ended(self) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(PastMembership)) or 0


@pytest.fixture
def told() -> Told:
    return Told(snapshot())


@pytest.fixture
def parts(database, settings, told, clock) -> Parts:
    return parts_with(database, settings, told, clock)


@pytest.fixture
def past(database, parts, told, clock) -> Past:
    return Past(database, parts, told, clock)


def test_who_held_a_right_is_answered_for_the_time_of_every_reading(past):
    first = past.reads(ANNA, BEN, group("vpn", ANNA))
    second = past.reads(ANNA, BEN, group("vpn", ANNA, BEN))
    third = past.reads(ANNA, BEN, group("vpn", BEN))
    assert past.who("vpn", first).keys() == {"anna"}
    assert past.who("vpn", second).keys() == {"anna", "ben"}
    assert past.who("vpn", third).keys() == {"ben"}


def test_between_two_readings_both_answers_are_possible_and_it_is_said(past):
    first = past.reads(ANNA, BEN, group("vpn", ANNA))
    past.reads(ANNA, BEN, group("vpn", BEN))
    assert past.who("vpn", first + timedelta(hours=1)) == {
        "anna": (False, ()),
        "ben": (False, ()),
    }


def test_groups_inside_are_followed_as_they_were(past):
    team = group("team", ANNA)
    first = past.reads(ANNA, team, group("vpn", team))
    second = past.reads(ANNA, team, group("vpn"))
    assert past.who("vpn", first) == {"anna": (True, ("team",))}
    assert past.who("vpn", second) == {}
    assert past.holds("anna", first) == {"team", "vpn"}
    assert past.holds("anna", second) == {"team"}


def test_between_two_readings_a_group_inside_is_no_sure_way(past):
    team = group("team", ANNA)
    first = past.reads(ANNA, team, group("vpn", team))
    past.reads(ANNA, team, group("vpn"))
    between = first + timedelta(hours=1)
    assert past.who("vpn", between) == {"anna": (False, ("team",))}
    assert past.who("team", between) == {"anna": (True, ())}
    assert past.holds("anna", between) == {"team"}


def test_groups_inside_each_other_do_no_harm(past):
    one, two = group("one", ANNA, "cn=two,ou=groups,dc=acme,dc=test"), group("two")
    now = past.reads(ANNA, one, replace(two, members=(one.dn,)))
    assert past.who("two", now).keys() == past.who("one", now).keys() == {"anna"}


def test_who_and_what_is_gone_keeps_its_name(past):
    first = past.reads(ANNA, BEN, CLEO, group("vpn", ANNA, BEN), group("door", CLEO))
    past.reads(ANNA, CLEO, group("door", CLEO))
    assert past.who("vpn", first).keys() == {"anna", "ben"}
    with past.database.read() as session:
        ends = {
            span.uid: span.ended
            for span in spans_page(session, right_id=past.id(Entitlement, cn="vpn"))
        }
    assert ends == {"anna": "right gone", "ben": "right gone"}


def test_who_is_renamed_holds_on_without_a_gap(past):
    first = past.reads(ANNA, BEN, group("vpn", BEN))
    moved = replace(BEN, dn="uid=ben,ou=leavers,dc=acme,dc=test", name="Benjamin")
    past.reads(ANNA, moved, group("vpn", moved))
    with past.database.read() as session:
        (span,) = spans_page(session, right_id=past.id(Entitlement, cn="vpn"))
    assert (span.person, span.since, span.until) == ("Benjamin", first, None)


def test_of_two_spellings_the_last_to_go_ends_it(past):
    first = past.reads(ANNA, group("vpn", ANNA.dn, ANNA.dn.upper()))
    past.reads(ANNA, group("vpn", ANNA.dn.upper()))
    assert past.ended() == 0
    third = past.reads(ANNA, group("vpn"))
    with past.database.read() as session:
        (span,) = spans_page(session, person_id=past.id(Person, uid="anna"))
    assert (span.since, span.until) == (first, third)


def test_a_reading_that_failed_ends_nothing(past, told):
    past.reads(ANNA, group("vpn", ANNA))
    told.says = IncompleteRead("cut")
    with pytest.raises(Refused):
        read_now(past.parts, past.directory_id, by="kim")
    assert past.ended() == 0
    assert past.who("vpn", past.clock()) == {"anna": (True, ())}


def test_an_unchanged_reading_writes_nothing(past):
    past.reads(ANNA, BEN, group("vpn", ANNA, BEN))
    past.reads(ANNA, BEN, group("vpn", ANNA, BEN))
    assert past.ended() == 0


def test_a_change_of_our_own_has_its_exact_time(past):
    past.reads(ANNA, BEN, group("vpn", ANNA))
    moved = past.clock.forward(hours=5)
    change = DirectoryChange(
        "g-vpn", group("vpn").dn, "member", add=(BEN.dn,), delete=(ANNA.dn,)
    )
    with past.database.write() as session:
        note_change(session, past.directory_id, change, moved)
    before, after = moved - timedelta(seconds=1), moved + timedelta(seconds=1)
    past.reads(ANNA, BEN, group("vpn", BEN))
    assert past.who("vpn", before) == {"anna": (True, ())}
    assert past.who("vpn", moved) == past.who("vpn", after) == {"ben": (True, ())}


def test_what_was_there_already_is_not_begun_anew_by_a_change_of_our_own(past):
    first = past.reads(ANNA, group("vpn", ANNA))
    with past.database.write() as session:
        note_change(
            session,
            past.directory_id,
            DirectoryChange("g-vpn", "", "member", add=(ANNA.dn,)),
            past.clock.forward(hours=1),
        )
    with past.database.read() as session:
        (span,) = spans_page(session, person_id=past.id(Person, uid="anna"))
    assert (span.since, past.ended()) == (first, 0)


STATES = st.lists(
    st.tuples(
        st.sets(st.sampled_from(sorted(EVERYBODY))),
        st.dictionaries(
            st.sampled_from(["vpn", "door"]),
            st.lists(st.sampled_from([*sorted(EVERYBODY), "ghost"]), unique=True),
        ),
    ),
    min_size=1,
    max_size=6,
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=30,
    deadline=None,
)
@given(states=STATES)
def test_asked_about_any_reading_the_past_says_what_it_read(
    database, parts, told, clock, states: Sequence
):
    with database.read() as session:
        name = f"Acme {session.scalar(select(func.count()).select_from(Directory))}"
    past = Past(database, parts, told, clock, name)
    said: dict[datetime, Mapping[str, set[str]]] = {}
    for uids, groups in states:
        read = [group(cn, *map(person, members)) for cn, members in groups.items()]
        at = past.reads(*map(person, sorted(uids)), *read)
        said[at] = {cn: uids & set(members) for cn, members in groups.items()}
    known = {cn for groups in said.values() for cn in groups}
    for at, groups in said.items():
        for cn in known:
            held = past.who(cn, at)
            assert held == dict.fromkeys(groups.get(cn, set()), (True, ())), (cn, at)
    for uid in {uid for uids, _ in states for uid in uids}:
        for at, groups in said.items():
            assert past.holds(uid, at) == {
                cn for cn, held in groups.items() if uid in held
            }


NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-03-10", NOW),
        ("2026-03-09", datetime(2026, 3, 9, 22, 59, 59, 999999, tzinfo=UTC)),
        ("2026-03-09T09:30", datetime(2026, 3, 9, 8, 30, tzinfo=UTC)),
        ("2026-03-09T09:30Z", datetime(2026, 3, 9, 9, 30, tzinfo=UTC)),
    ],
)
def test_a_day_means_its_end_and_today_means_now(text, meant):
    assert asked_moment(text, "Europe/Berlin", NOW) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-13-01",
        "9999-12-31",
        "0001-01-01T00:00",
        "2026-03-09T25:00",
        "\0",
    ],
)
def test_what_is_no_moment_is_told(text):
    with pytest.raises((Invalid, Refused)):
        asked_moment(text, "Europe/Berlin", NOW)


def test_the_command_line_says_who_held_a_right(past, rung: Rung):
    past.reads(ANNA, BEN, group("vpn", ANNA))
    past.reads(ANNA, BEN, group("vpn", BEN))
    now, then = (
        rung("who", "vpn", "--json"),
        rung("who", "vpn", "--on", "2026-03-03", "--json"),
    )
    assert [one["person"] for one in now.json["people"]] == ["ben"]
    told = {
        one["person"]: (one["known_before"], one["sure"]) for one in then.json["people"]
    }
    assert told == {
        "anna": (True, False),
        "ben": (False, False),
    }  # the day ends between two readings
    assert "anna" in rung("who", "vpn", "--on", "2026-03-03T09:00").out


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("2026-03-01", "There is no record before 2026-03-03 09:00 (UTC)."),
        ("2027-01-01", "This is in the future"),
        ("soon", "Give a day as 2026-03-14"),
    ],
)
def test_the_command_line_says_why_there_is_no_answer(past, rung: Rung, on, said):
    past.reads(ANNA, group("vpn", ANNA))
    done = rung("who", "vpn", "--on", on)
    assert done.code == 1
    assert said in done.err
