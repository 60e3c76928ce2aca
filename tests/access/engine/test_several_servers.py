"""Several servers of one directory: one of them from the beginning of a run to its end, and never
one that lacks what was seen or written before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from app.core.audit import AuditEvent
from app.core.settings import Settings
from app.directory.actions import check_directory
from app.models.directory import Directory
from tests.access.engine.slapd_world import COMPANY as HELD
from tests.access.engine.slapd_world import (
    SlapdWorld,
    State,
    company_ldif,
    groups_of,
    on_server,
    one_packet_a_window,
    person_dn,
    right_dn,
)
from tests.conftest import Clock
from tests.ldap_sync.replicas import Pair, a_pair
from tests.ldap_sync.servers import ROLES, LdapServer


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    one_packet_a_window(monkeypatch)


@pytest.fixture
def pair() -> Iterator[Pair]:
    with a_pair() as made:
        made.one.add(company_ldif(HELD))
        made.settle()
        yield made


@pytest.fixture
def world(pair: Pair, settings: Settings, clock: Clock) -> Iterator[SlapdWorld]:
    way = replace(pair.one.connection(), url=pair.url)
    with on_server(pair.one, settings, clock, connection=way) as made:
        yield made


def read(world: SlapdWorld) -> dict[str, object]:
    (told,) = world.done("sync")["directories"]
    return dict(told)


def rights(server: LdapServer) -> State:
    found = groups_of(server)
    return {dn: values for dn, values in found.items() if not dn.endswith(ROLES)}


def unfinished(world: SlapdWorld) -> bool:
    with world.parts.database.read() as session:
        return session.get_one(Directory, world.home).unfinished


def servers_of(world: SlapdWorld) -> list[str]:
    """Return the servers that the trail names for waves, in their order."""
    mine = AuditEvent.action == "directory.server", AuditEvent.subject.like("wave:%")
    with world.parts.database.read() as session:
        rows = session.scalars(select(AuditEvent).where(*mine).order_by(AuditEvent.id))
        return [str(row.after) for row in rows]


def test_the_first_server_is_asked_and_named(world: SlapdWorld, pair: Pair):
    assert read(world)["server"] == pair.one.url
    assert f"Read from {pair.one.url}." in world.rung("sync").out
    (line,) = world.done("directory", "list")["directories"]
    assert (line["server"], line["servers"]) == (pair.one.url, pair.url.split())
    found = world.done("directory", "check")["findings"]
    told = [one["text"] for one in found if one["subject"] == "servers"]
    assert told == [
        f"{pair.one.url} was asked; it is one of 2 servers.",
        f"{pair.two.url} answers and has all that {pair.one.url} has.",
    ]


def test_when_the_first_is_down_the_next_run_takes_the_second_and_says_so(
    world: SlapdWorld, pair: Pair
):
    before = rights(pair.one)
    world.role("mail", "post")
    wave = world.applied("ada")
    pair.settle()
    pair.kill(pair.one)
    told = read(world)
    assert told["server"] == pair.two.url
    assert told["changes"] == 0
    assert str(told["note"]).startswith(f"{pair.two.url} was asked, {pair.one.url} was")
    world.done("wave", "undo", wave)
    assert rights(pair.two) == before
    asked = servers_of(world)
    assert [pair.one.url in asked[0], pair.two.url in asked[-1]] == [True, True]
    pair.one.resume()
    pair.settle()
    assert rights(pair.one) == before


@pytest.mark.parametrize("number", [2, 5])
def test_a_server_that_dies_in_the_middle_is_awaited_and_no_other_one_written_to(
    world: SlapdWorld, pair: Pair, number: int
):
    before = rights(pair.one)
    world.role("mail", "post")
    wave = world.approved("ada", "ben")
    world.doors.then(number, lambda: pair.kill(pair.one))
    assert world.rung("wave", "apply", wave).code == 4
    there = groups_of(pair.two)
    writes = world.doors.writes
    again = world.rung("wave", "apply", wave)
    assert again.code == 4
    assert f"{pair.one.url} was lost while it was written to" in again.err
    assert world.rung("sync").code == 4
    assert (groups_of(pair.two), world.doors.writes) == (there, writes)

    pair.one.resume()
    world.done("wave", "apply", wave)
    assert set(world.states(wave).values()) == {"soaking"}
    pair.settle()
    pair.kill(pair.one)
    world.undone(wave)  # by the other one, which has all of it
    assert rights(pair.two) == before


def test_who_takes_a_lost_server_off_the_list_lets_the_other_one_go_on(
    world: SlapdWorld, pair: Pair
):
    before = rights(pair.one)
    world.role("mail", "post")
    wave = world.approved("ada", "ben")
    world.doors.then(5, lambda: (pair.settle(), pair.kill(pair.one)))
    assert world.rung("wave", "apply", wave).code == 4
    world.done("directory", "change", "Acme", "--url", pair.two.url, "--plaintext")
    world.done("directory", "check")
    world.done("wave", "apply", wave)
    assert set(world.states(wave).values()) == {"soaking"}
    world.undone(wave)
    assert rights(pair.two) == before


def test_a_run_that_broke_off_is_settled_by_the_next_reading_of_its_server(
    world: SlapdWorld, pair: Pair
):
    before = rights(pair.one)
    world.role("mail", "post")
    wave = world.approved("ada", "ben")
    world.doors.then(4, lambda: world.rung("freeze", "--reason", "a pause"))
    assert world.rung("wave", "apply", wave).code != 0
    assert unfinished(world)
    assert read(world)["server"] == pair.one.url
    assert not unfinished(world)
    pair.settle()
    pair.kill(pair.one)
    world.done("unfreeze")
    world.done("wave", "apply", wave)  # by the other one, which has all of it
    assert set(world.states(wave).values()) == {"soaking"}
    world.undone(wave)
    assert rights(pair.two) == before


def test_a_server_that_lags_is_not_asked_and_nobody_loses_anything_by_it(
    world: SlapdWorld, pair: Pair
):
    world.role("mail", "post")
    pair.kill(pair.two)
    pair.one.put(right_dn("wiki"), person_dn("dot"))
    assert read(world)["changes"] == 1
    pair.kill(pair.one)
    pair.two.resume()  # without what the first one took meanwhile
    refused = world.rung("sync")
    assert refused.code == 4
    assert f"{pair.two.url} lags behind {pair.one.url}" in refused.err
    assert "wiki" in str(world.done("explain", "dot"))

    pair.one.resume()
    pair.settle()
    pair.kill(pair.one)
    told = read(world)
    assert (told["server"], told["changes"]) == (pair.two.url, 0)


def test_the_check_tells_of_a_server_that_lags_and_of_one_that_is_down(
    world: SlapdWorld, pair: Pair
):
    pair.kill(pair.two)
    found = world.done("directory", "check")["findings"]
    told = [one for one in found if one["subject"] == "servers"]
    assert told[-1]["level"] == "warning" and "Nobody listens" in told[-1]["text"]


def test_a_wrong_password_is_not_tried_on_every_server(
    world: SlapdWorld, pair: Pair, settings: Settings
):
    (settings.secrets / "bind_password").write_text("wrong", encoding="utf-8")
    refused = world.rung("sync")
    assert refused.code == 4
    assert str(pair.one.port) in refused.err and str(pair.two.port) not in refused.err


def test_a_check_says_which_server_is_not_like_the_one_that_was_asked(
    world: SlapdWorld, pair: Pair
):
    def unlike() -> list[str]:
        found = check_directory(world.parts, world.home, by="kim").findings
        return [one.text for one in found if "says other things of itself" in one.text]

    assert unlike() == []
    pair.two.overlays = (*pair.two.overlays, "ppolicy")
    pair.two._anew()
    pair.settle()
    assert unlike() == [
        f"{pair.two.url} says other things of itself than {pair.one.url}: its version, or what it "
        "can do."
    ]
