"""What a reading of changes does not believe, when it is done by itself, and that any series of
changes leaves the same as a complete reading.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.core.errors import Away, Refused
from app.directory.actions import (
    ask_nightly_readings,
    bring_up_to_date,
    run_waiting_readings,
)
from app.directory.actions.renewing import last_night
from app.models.auth import Notice
from app.models.directory import Reading
from app.models.people import Person
from app.upkeep.doctor import examine
from tests.directory.refreshing import Office, ask_for_nothing_again, names, office_of
from tests.ldap_sync.servers import GROUPS, READER, LdapServer, Slapd


@pytest.fixture
def to_the_change(monkeypatch: pytest.MonkeyPatch) -> None:
    ask_for_nothing_again(monkeypatch)


@pytest.fixture
def slapd_office(database, settings, clock, to_the_change) -> Iterator[Office]:
    with (
        Slapd(access=HIDEABLE) as server,
        office_of(server, database, settings, clock) as made,
    ):
        yield made


HIDEABLE = f"""access to attrs=userPassword by anonymous auth by * none
access to dn.subtree="{GROUPS}" filter=(description=secret) by dn.exact="{READER}" none by * read
access to dn.subtree="{GROUPS}" filter=(description=hidden) by * none
access to * by * read
"""
"""Who reads and who writes sees no group whose description says hidden; the reader none that is
secret either.
"""


def test_a_group_that_is_hidden_counts_as_gone_and_comes_back(slapd_office):
    server = slapd_office.server
    anna = server.add_person("anna")
    group = server.add_group("mail", [anna])
    server.add_group("vpn", [anna])
    server.add_group("wiki", [anna])
    slapd_office.read()
    server.change(
        f"dn: {group}\nchangetype: modify\nadd: description\ndescription: hidden\n"
    )
    assert slapd_office.refreshed().groups == 2
    server.change(f"dn: {group}\nchangetype: modify\ndelete: description\n")
    assert slapd_office.refreshed().groups == 3


def test_a_group_that_only_the_reading_account_lost_sight_of_is_not_gone(slapd_office):
    server = slapd_office.server
    anna = server.add_person("anna")
    for name in ("mail", "vpn", "wiki"):
        group = server.add_group(name, [anna])
    slapd_office.read()
    before = slapd_office.rows()
    server.change(
        f"dn: {group}\nchangetype: modify\nadd: description\ndescription: secret\n"
    )
    for full in (False, True):
        with pytest.raises(Refused, match="does not see 1 member"):
            slapd_office.read(full=full)
    assert slapd_office.rows() == before


def test_what_only_a_complete_reading_shows_is_named_and_told(slapd_office):
    for name in ("anna", "berta"):
        slapd_office.server.add_person(name)
    slapd_office.read()
    with slapd_office.parts.database.write() as session:
        session.execute(update(Person).values(title="Other than it is"))
    assert not slapd_office.read().full
    found = slapd_office.read(full=True)
    assert (found.missed_count, found.missed) == (1, ["anna"])
    with slapd_office.parts.database.read() as session:
        told = session.scalars(select(Notice.text)).one()
    assert "found 1 that are other" in told
    assert doctors_word(slapd_office) == ["had not told of: anna"]
    slapd_office.read(full=True)
    assert doctors_word(slapd_office) == []


def doctors_word(office: Office) -> list[str]:
    """Return what the doctor says that readings of changes had not told of."""
    found = (
        re.search(r"had not told of: \w+", one.text) for one in examine(office.parts)
    )
    return [one[0] for one in found if one]


def test_a_server_that_forgot_its_newest_change_is_read_completely(slapd_office):
    server = slapd_office.server
    server.add_person("anna")
    newest = server.add_person("berta")
    slapd_office.read()
    server.delete(newest)
    reading = slapd_office.read()
    assert (reading.full, reading.people) == (True, 1)
    assert "newest change" in reading.note


def test_most_people_gone_is_not_believed_of_changes_either(slapd_office):
    server = slapd_office.server
    people = [server.add_person(name) for name in ("anna", "berta", "carl", "dora")]
    server.add_person("last")
    slapd_office.read()
    for dn in people:
        server.delete(dn)
    before = slapd_office.rows()
    with pytest.raises(Refused, match="4 of 5 people known"):
        slapd_office.read()
    assert slapd_office.rows() == before
    assert slapd_office.read(forced=True).people == 1


def test_a_directory_that_is_away_leaves_everything_and_is_read_on_when_it_is_back(
    slapd_office,
):
    server = slapd_office.server
    anna = server.add_person("anna")
    slapd_office.read()
    before = slapd_office.rows()
    server.kill()
    server.hang_up()
    with pytest.raises(Away):
        slapd_office.read()
    assert slapd_office.rows() == before
    server.resume()
    server.change(f"dn: {anna}\nchangetype: modify\nreplace: title\ntitle: Back\n")
    assert not slapd_office.refreshed().full


def test_before_something_is_decided_what_changed_is_read(slapd_office, clock):
    server, parts = slapd_office.server, slapd_office.parts
    here = slapd_office.directory_id
    bring_up_to_date(parts, here, by="kim")
    assert slapd_office.rows()["people"] == []  # never read: nothing to go on from
    server.add_person("anna")
    slapd_office.read()
    server.add_person("berta")
    bring_up_to_date(parts, here, by="kim")
    assert len(slapd_office.rows()["people"]) == 1  # read a moment ago
    clock.forward(minutes=1)
    bring_up_to_date(parts, here, by="kim")
    assert len(slapd_office.rows()["people"]) == 2
    clock.forward(minutes=1)
    server.kill()
    with pytest.raises(Away):
        bring_up_to_date(parts, here, by="kim")


def test_every_night_everything_is_read_once(slapd_office, clock):
    parts = slapd_office.parts
    slapd_office.server.add_person("anna")
    assert not ask_nightly_readings(parts)  # a person asks for the first reading
    slapd_office.read()
    assert not ask_nightly_readings(parts)
    clock.forward(days=1)
    assert ask_nightly_readings(parts)
    assert not ask_nightly_readings(parts)  # it waits already
    assert run_waiting_readings(parts)
    assert not ask_nightly_readings(parts)
    with parts.database.read() as session:
        last = session.scalars(select(Reading).order_by(Reading.id.desc())).first()
    assert (last.full, last.asked_by, last.state) == (True, "Rung", "complete")


@pytest.mark.parametrize(
    ("now", "night"),
    [
        ("2026-03-02T01:30+00:00", "2026-03-02T01:00+00:00"),
        ("2026-03-02T00:59+00:00", "2026-03-01T01:00+00:00"),
    ],
)
def test_the_night_is_the_night_of_the_site(now, night):
    moment = last_night(datetime.fromisoformat(now), "Europe/Berlin")
    assert moment == datetime.fromisoformat(night)


ACTS = ("come", "go", "again", "rename", "title", "give", "take", "close", "open")


@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 5)), max_size=12))
@hypothesis_settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_after_any_series_of_changes_both_ways_of_reading_agree(slapd_office, acts):
    server, reads = slapd_office.server, slapd_office
    entries = Entries(server, names(1)[0])
    reads.read()
    for act, number in acts:
        getattr(entries, act)(number)
    reading = reads.read()
    found = reads.rows()
    reads.read(full=True)
    assert found == reads.rows()
    assert reading.state == "complete"


class Entries:
    """Six people and six groups of a server, some of them there."""

    def __init__(self, server: LdapServer, mark: str) -> None:
        self.server, self.mark = server, mark
        self.keeper = server.add_person(f"keeper-{mark}")
        self.people = {n: server.add_person(f"p{n}-{mark}") for n in range(3)}
        self.groups = {n: self._group(n) for n in range(3)}

    def _group(self, number: int) -> str:
        ghost = f"uid=p{number}-{self.mark},{self.server.people}"
        values = [self.keeper, *([ghost] if ghost != self.keeper else [])]
        return self.server.add_group(f"g{number}-{self.mark}", values)

    def come(self, number: int) -> None:
        if number not in self.people:
            self.people[number] = self.server.add_person(f"p{number}-{self.mark}")

    def go(self, number: int) -> None:
        if number in self.people:
            self.server.delete(self.people.pop(number))

    def again(self, number: int) -> None:
        self.go(number)
        self.come(number)

    def rename(self, number: int) -> None:
        if number in self.people:
            rdn = f"uid=n{number}-{time.monotonic_ns():x}"
            self.server.rename(self.people[number], rdn)
            self.people[number] = f"{rdn},{self.server.people}"

    def title(self, number: int) -> None:
        if number in self.people:
            title = f"t{time.monotonic_ns():x}"
            self.server.change(
                f"dn: {self.people[number]}\nchangetype: modify\nreplace: title\ntitle: {title}\n"
            )

    def give(self, number: int) -> None:
        person = self.people.get(number, f"cn=ghost-{number}")
        for group in self.groups.values():
            if person not in self.server.values(group):
                self.server.put(group, person)

    def take(self, number: int) -> None:
        for group in self.groups.values():
            gone = [v for v in self.server.values(group) if v != self.keeper][:1]
            if gone:
                self.server.take(group, *gone)

    def close(self, number: int) -> None:
        if number in self.groups:
            self.server.delete(self.groups.pop(number))

    def open(self, number: int) -> None:
        if number not in self.groups:
            self.groups[number] = self._group(number)
