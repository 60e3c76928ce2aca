"""The demo: one process holds its directory, everybody finds it, and starting over starts over."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.db import Database
from app.core.errors import Away
from app.core.parts import KEY
from app.core.settings import Settings
from app.models.directory import Directory, Entitlement, Reading, ReadingState
from app.models.people import Person
from app.upkeep import supervisor
from app.upkeep.demo import PATIENCE_SECONDS, URL, Demo
from app.upkeep.stories import company
from app.upkeep.stories.past import READ_BEFORE
from ldap_sync.demo import demo_connection
from ldap_sync.values import Connection, DirectoryChange, Status
from tests.conftest import Rung

HOLDER = """
import sys, time
from pathlib import Path
from app.upkeep.demo import Demo
from app.core.settings import Settings
demo = Demo(Settings(home=Path(sys.argv[1])))
demo.hold()
print(demo.url(), flush=True)
time.sleep(60)
"""


@pytest.fixture
def demo(settings: Settings) -> Iterator[Demo]:
    demo = Demo(settings)
    yield demo
    demo.close()


@pytest.fixture
def other_process(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the demo directory; its first line is the address."""
    command = [sys.executable, "-c", HOLDER, str(settings.home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def people(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Person)) or 0


def test_who_needs_the_demo_directory_first_holds_it(
    demo: Demo, settings: Settings
) -> None:
    url, second = demo.url(), Demo(settings)
    assert second.url() == url
    second.close()
    assert demo.url() == url


def test_it_listens_at_the_same_port_every_time(demo: Demo, settings: Settings) -> None:
    first = demo.url()
    demo.close()
    again = Demo(settings)
    assert again.url() == first
    again.close()


def test_when_its_port_was_taken_it_moves(demo: Demo) -> None:
    port = int(demo.url().rpartition(":")[2])
    demo.close()
    with socket.create_server(("127.0.0.1", port)):
        assert demo.url() != f"ldap://127.0.0.1:{port}"


def test_another_process_is_found(
    demo: Demo, other_process: subprocess.Popen[str]
) -> None:
    assert other_process.stdout
    address = other_process.stdout.readline().strip()
    assert demo.url() == address


def test_when_the_holder_was_killed_the_next_takes_over(
    demo: Demo, other_process: subprocess.Popen[str]
) -> None:
    assert other_process.stdout
    other_process.stdout.readline()
    other_process.send_signal(signal.SIGKILL)
    other_process.wait()
    assert demo.url()
    socket.create_connection(("127.0.0.1", int(demo.url().rpartition(":")[2]))).close()


def test_who_must_hold_it_says_when_somebody_else_does(
    demo: Demo, other_process: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert other_process.stdout
    other_process.stdout.readline()
    monkeypatch.setattr("app.upkeep.demo.PATIENCE_SECONDS", 0.1)
    assert PATIENCE_SECONDS > 1
    with pytest.raises(Away, match="holds the demo directory"):
        demo.hold()


def test_only_the_address_of_the_demo_is_replaced(demo: Demo) -> None:
    opened: list[Connection] = []
    open_it = demo.through(lambda connection: opened.append(connection))
    real = replace(demo_connection("ldap://127.0.0.1:1"), bind_password="theirs")
    open_it(real)
    open_it(replace(real, url=URL, write_dn="", bind_password=""))
    assert opened[0] == real
    assert opened[1].url == demo.url()
    assert (opened[1].bind_password, opened[1].write_password) == (
        demo_connection("").bind_password,
        "",
    )


READINGS = len(READ_BEFORE) + 2
"""Those of the past, today's, and one after somebody was changed by hand."""


def test_the_demo_has_a_company_with_a_past_and_operators(
    rung: Rung, database: Database
) -> None:
    made = rung("demo", "--json").json
    assert [each["name"] for each in made["sign_in"]] == list(company.OPERATORS)
    assert people(database) > 50
    with database.read() as session:
        states = session.scalars(select(Reading.state)).all()
        assert states == [ReadingState.COMPLETE] * READINGS
        assert session.scalar(select(func.count()).select_from(Entitlement)) == 42


def test_one_can_sign_in_with_what_the_demo_prints(rung: Rung, app: Flask) -> None:
    sign_in = rung("demo", "--json").json["sign_in"][0]
    client = app.test_client()
    token = (
        client.get("/sign-in")
        .text.partition('name="csrf_token"')[2]
        .partition('value="')[2]
        .partition('"')[0]
    )
    answer = client.post("/sign-in", data={**sign_in, "csrf_token": token})
    assert answer.status_code == 303


def test_a_second_demo_changes_nothing_and_prints_the_same(
    rung: Rung, database: Database, settings: Settings
) -> None:
    first, again = rung("demo", "--json").json, rung("demo", "--json").json
    assert again == first
    with database.read() as session:
        read = session.scalar(select(func.count()).select_from(Reading))
        assert read == READINGS
    assert (settings.home / "demo" / "sign-in.txt").stat().st_mode & 0o077 == 0


def test_where_there_are_operators_the_demo_adds_none(rung: Rung) -> None:
    rung("operator", "add", "admin", "--permission", "read")
    done = rung("demo")
    assert "Sign in as one of the operators you have" in done.out
    assert len(rung("operator", "list", "--json").json["operators"]) == 1


def test_starting_over_brings_the_company_back(
    rung: Rung, app: Flask, database: Database
) -> None:
    before = rung("demo", "--json").json
    parts = app.extensions[KEY]
    writer = parts.open_writer(demo_connection(URL))
    snapshot = writer.read(lambda _what, _count: None)
    group = next(group for group in snapshot.groups if len(group.members) > 3)
    taken = DirectoryChange(
        group.key, group.dn, group.attribute, delete=group.members[:1]
    )
    assert writer.apply(taken).status is Status.DONE
    writer.close()
    rung("demo", "--reset")
    reader = parts.open_reader(demo_connection(URL))
    assert {g.dn: g.members for g in reader.read(lambda _w, _c: None).groups}[
        group.dn
    ] == group.members
    reader.close()
    assert rung("demo", "--json").json == before
    with database.read() as session:
        assert len(session.scalars(select(Directory)).all()) == 1
    assert people(database) > 50
    assert rung("audit", "verify").code == 0


def test_the_demo_is_not_started_over_while_rung_runs(
    rung: Rung, settings: Settings, database: Database
) -> None:
    rung("demo")
    with supervisor.running(settings):
        done = rung("demo", "--reset")
    assert (done.code, done.err) == (
        1,
        "rung: Rung is running; stop it before you start the demo over.\n",
    )
    assert people(database) > 50


def test_the_export_beside_the_demo_can_be_read(rung: Rung, settings: Settings) -> None:
    rung("demo")
    export: Path = settings.home / "demo" / "company.ldif"
    assert export.read_text(encoding="utf-8").startswith("dn: dc=demo,dc=example")


def test_an_installation_knows_whether_it_has_the_demo(app: Flask, rung: Rung) -> None:
    assert not company.is_here(app.extensions[KEY])
    rung("demo")
    assert company.is_here(app.extensions[KEY])
