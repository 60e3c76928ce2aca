"""Installations that earlier versions left behind go on working: their rows, permissions and open
switches.
"""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, MetaData, Table, func, insert, select, text

from app import create_app
from app.access.document import PlanDocument
from app.auth import is_machine, permissions_of
from app.auth.rules import NAMES
from app.core import schema
from app.core.db import Database
from app.core.settings import Settings
from app.models.access.wave import Wave
from app.models.access.words import WaveState
from app.models.auth import Operator
from tests.conftest import Rung, runner_for, shut
from tests.databases import SERVER, empty_database
from tests.pages import Pages

LANDED = Path(__file__).parent / "landed"
KEPT = sorted(file.name.partition(".")[0] for file in LANDED.glob("*.tar.xz"))
SUMS = dict(
    reversed(line.split())
    for line in (LANDED / "revisions.sha256").read_text().splitlines()
)
"""Revisions that were handed to people: SHA-256 of each file, which never changes any more."""

LATER = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)

MAY_GROW: frozenset[str] = frozenset(
    (
        *("improvement", "iteration", "participation", "decision", "name_word"),
        *("known_permission", "audit_event"),
    )
)
"""Tables into which a revision writes rows of its own: the rungs of waves and their names; a new
permission is known, and who got it stands in the trail.
"""

REPLACED: frozenset[str] = frozenset()
"""Tables whose rows a revision moved somewhere else."""

PAGES = (
    "/people/36",
    "/people/37",
    "/rights/27",
    "/directory/1",
    "/directory/1/readings/2",
    "/roles/1",
    "/roles/1/fit",
    "/waves/1",
    "/waves/3",
    "/waves/4",
    "/desk/1",
    "/services/1",
    "/knowledge/1",
    "/improvements/1",
    "/iterations/1",
)
"""Pages of single things: people of the waves, a right that was given, and the first of everything
else.
"""


DEMO_PEOPLE = {"admin", "agent", "owner", "manager", "reader"}
"""Who may sign in to a demo company besides the approver."""


@dataclass
class Upgraded:
    """An installation brought up to date: its rows before, and the app that works with it now."""

    app: Flask
    rung: Rung
    database: Database
    before: Mapping[str, int]


@pytest.fixture(params=KEPT)
def upgraded(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Upgraded]:
    home = tmp_path / "home"
    with tarfile.open(LANDED / f"{request.param}.tar.xz") as packed:
        packed.extractall(home, filter="data")
    old = Database(f"sqlite:///{home / 'rung.db'}")
    before = counts(old)
    with placed(old, request.param, tmp_path) as url:
        settings = Settings(home=home, database_url=url, secret_key="another one " * 4)
        app = create_app(settings, now=lambda: LATER)
        rung = runner_for(app)
        assert rung("db", "upgrade").code == 0
        database = Database(url, audit_key=settings.audit_key)
        yield Upgraded(app, rung, database, before)
        database.dispose()
        shut(app)


def placed(old: Database, revision: str, folder: Path) -> AbstractContextManager[str]:
    """Return where the old installation's rows are: in their file, or on the server the tests run
    against.
    """
    return moved(old, revision, folder) if SERVER else in_its_file(old)


@contextmanager
def in_its_file(old: Database) -> Iterator[str]:
    old.dispose()
    yield f"sqlite:///{old.file}"


@contextmanager
def moved(old: Database, revision: str, folder: Path) -> Iterator[str]:
    """Make the tables of that time on the server, and copy every row into them."""
    with empty_database(folder) as url:
        new = Database(url)
        schema.upgrade(new, revision)
        found = MetaData()
        with old.migrating() as source, new.migrating() as target, target.begin():
            found.reflect(target)
            target.execute(
                text("SET session_replication_role = replica")
            )  # neither triggers nor references
            for table in found.sorted_tables:
                if table.name != "alembic_version":
                    copy_rows(source, target, table)
        new.dispose()
        old.dispose()
        yield url


def copy_rows(source: Connection, target: Connection, table: Table) -> None:
    target.execute(table.delete())
    if rows := [dict(row) for row in source.execute(select(table)).mappings()]:
        target.execute(insert(table), [aware(row) for row in rows])
    for column in table.primary_key:
        if sequence := target.scalar(
            select(func.pg_get_serial_sequence(table.name, column.name))
        ):
            target.execute(
                select(
                    func.setval(sequence, select(func.max(column)).scalar_subquery())
                )
            )


def aware(row: Mapping[str, Any]) -> dict[str, Any]:
    """SQLite forgets the zone of a moment; all are in UTC."""
    return {
        name: value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
        for name, value in row.items()
    }


def counts(database: Database) -> dict[str, int]:
    with database.migrating() as connection:
        found = MetaData()
        found.reflect(connection)
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in found.sorted_tables
            if not table.name.startswith(schema.SEARCH)
        }


def operators(database: Database) -> dict[str, set[str]]:
    with database.read() as session:
        return {
            row.name: set(row.permissions) for row in session.scalars(select(Operator))
        }


def waves(upgraded: Upgraded, state: WaveState) -> list[str]:
    """Return the numbers of the waves in a state that were made when the installation was kept; the
    demo company brought others of its own.
    """
    mine = select(Wave.id).where(Wave.author.startswith("console"), Wave.state == state)
    with upgraded.database.read() as session:
        return [str(one) for one in session.scalars(mine.order_by(Wave.id))]


@pytest.mark.parametrize("name", SUMS)
def test_a_revision_that_was_handed_to_people_never_changes(name: str) -> None:
    content = (schema.MIGRATIONS / "versions" / name).read_bytes()
    assert hashlib.sha256(content).hexdigest() == SUMS[name]


def test_every_row_is_still_there(upgraded: Upgraded) -> None:
    now = counts(upgraded.database)
    lost = {
        name: (count, now.get(name))
        for name, count in upgraded.before.items()
        if now.get(name) != count
    }
    assert {name for name in lost if name not in MAY_GROW | REPLACED} == set(), lost
    assert all(
        now[name] >= count for name, (count, _) in lost.items() if name in MAY_GROW
    )
    assert schema.differences(upgraded.database) == []


def test_operators_may_what_they_could_before(upgraded: Upgraded) -> None:
    now = operators(upgraded.database)
    assert {"read", "approve"} <= now.pop("bo")
    assert {"read", "apply"} <= now.pop("cy")
    assert {"read", "plan", "improve"} <= now.pop("ada")
    assert {"read", "desk"} <= now.pop("dee")
    assert {"read", "catalog", "scripts", "policy"} <= now.pop("eve")
    assert {"directory", "operators"} <= now.pop("fay")
    assert {"read", "approve"} <= now.pop("approver")
    assert "admin" in now and now.keys() <= DEMO_PEOPLE
    assert not {"plan", "apply"} & operators(upgraded.database)["bo"]


def test_the_trail_holds_and_the_doctor_finds_nothing(upgraded: Upgraded) -> None:
    assert upgraded.rung("audit", "verify").code == 0
    looked = upgraded.rung("doctor", "--json")
    problems = [line for line in looked.json["checks"] if line["level"] == "problem"]
    assert (looked.code, problems) == (0, [])


def test_everybody_opens_the_pages_they_could_open(upgraded: Upgraded) -> None:
    rules = [
        rule
        for rule in upgraded.app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
    ]
    views = upgraded.app.view_functions
    for name, permissions in operators(upgraded.database).items():
        browser = Pages(upgraded.app).as_operator(
            name, permissions=tuple(sorted(permissions))
        )
        for rule in rules:
            wanted = {*permissions_of(views.get(rule.endpoint, id))}
            if not rule.arguments and not is_machine(views[rule.endpoint]):
                closed = wanted <= {*NAMES} and wanted.isdisjoint(permissions)
                browser.get(rule.rule, status=403 if closed else 200)


def test_the_pages_of_what_was_there_open(upgraded: Upgraded) -> None:
    browser = Pages(upgraded.app).as_operator("admin")
    for page in PAGES:
        browser.get(page)


def test_open_switches_are_undone_to_the_end(upgraded: Upgraded) -> None:
    rung = upgraded.rung
    [first, second] = waves(upgraded, WaveState.SOAKING)
    before = rung("wave", "undo", first, "--preview", "--json").json
    back = {step["right"] for person in before["people"] for step in person["steps"]}
    assert back
    for wave in (first, second):
        done = rung("wave", "undo", wave, "--reason", "after the upgrade", "--json")
        assert done.code == 0, done.err
        assert {person["state"] for person in done.json["people"]} == {"undone"}
    assert rung("sync").code == 0
    for person in before["people"]:
        held = rung("explain", person["person"], "--json").json["rights"]
        assert {right["role"] for right in held} == {None}


def test_a_kept_plan_has_the_hash_under_which_it_was_approved(
    upgraded: Upgraded,
) -> None:
    with upgraded.database.read() as session:
        kept = select(Wave.plan, Wave.plan_hash, Wave.approved_hash)
        waves = session.execute(kept.where(Wave.approved_hash != "")).all()
    read = [PlanDocument.of_text(plan) for plan, *_ in waves]
    assert [(plan.text, plan.hash, plan.hash) for plan in read] == [
        (*wave,) for wave in waves
    ]
    assert len(read) >= 4


def test_an_approved_wave_can_be_applied(upgraded: Upgraded) -> None:
    [wave] = waves(upgraded, WaveState.APPROVED)
    done = upgraded.rung("wave", "apply", wave, "--json")
    assert done.code == 0, done.err
    assert {person["state"] for person in done.json["people"]} == {"soaking"}
