"""The commands that keep Rung running, from the first `init` to `audit verify`."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select, text

from app import create_app
from app.auth.signing_in import HASHER
from app.cli import cli
from app.core import audit, schema
from app.core.db import Database
from app.core.heartbeat import heartbeat_file
from app.core.settings import Settings
from app.models.auth import Operator, SetupLink
from app.models.directory import Directory
from tests.conftest import Clock, Rung, runner_for, shut

LONG = "correct horse battery"


def password_file(folder: Path, password: str = LONG) -> str:
    file = folder / "password.txt"
    file.write_text(f"{password}\n")
    return str(file)


def test_init_makes_everything_and_prints_one_link(
    empty_url: str, tmp_path: Path
) -> None:
    app = create_app(Settings(home=tmp_path / "new", database_url=empty_url, port=9999))
    done = runner_for(app)("init", "--json")
    assert done.code == 0
    assert done.json["link"].startswith("http://127.0.0.1:9999/setup/")
    assert (
        app.test_client()
        .get(done.json["link"].removeprefix("http://127.0.0.1:9999"))
        .status_code
        == 200
    )
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0
    shut(app)


def test_a_second_init_replaces_the_unused_link(rung: Rung, database: Database) -> None:
    first, second = (
        rung("init", "--json").json["link"],
        rung("init", "--json").json["link"],
    )
    assert first != second
    with database.read() as session:
        assert len(session.scalars(select(SetupLink)).all()) == 1


def test_init_is_refused_once_somebody_can_sign_in(rung: Rung, tmp_path: Path) -> None:
    rung(
        "operator",
        "add",
        "anna",
        "--permission",
        "operators",
        "--password-file",
        password_file(tmp_path),
    )
    done = rung("init")
    assert done.code == 1
    assert "There are operators already" in done.err


def test_an_operator_is_added_with_a_password_from_a_file(
    rung: Rung, tmp_path: Path, database: Database
) -> None:
    done = rung(
        "operator",
        "add",
        "anna",
        "--permission",
        "plan",
        "--permission",
        "read",
        "--person",
        "aberg",
        "--password-file",
        password_file(tmp_path),
        "--json",
    )
    assert done.json == {
        "operator": "anna",
        "permissions": ["read", "plan"],
        "link": "",
    }
    with database.read() as session:
        operator = session.scalars(select(Operator)).one()
    assert operator.person_uid == "aberg"
    assert HASHER.verify(operator.password_hash, LONG)


def test_an_operator_without_a_password_gets_a_link(rung: Rung, app: Flask) -> None:
    link = rung("operator", "add", "anna", "--permission", "read", "--json").json[
        "link"
    ]
    assert app.test_client().get("/setup/" + link.rpartition("/")[2]).status_code == 200


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["add", "anna"], 2, "--permission"),
        (["add", "anna", "--permission", "fly"], 1, "fly"),
        (["add", " ", "--permission", "read"], 1, "name"),
        (["password", "nobody"], 1, "There is no operator nobody"),
        (["link", "nobody"], 1, "There is no operator nobody"),
        (
            ["add", "anna", "--permission", "read", "--password-file", "/nowhere"],
            2,
            "/nowhere",
        ),
    ],
)
def test_what_cannot_be_done_with_operators_is_told(
    rung: Rung, arguments: list[str], code: int, told: str
) -> None:
    done = rung("operator", *arguments)
    assert (done.code, done.out) == (code, "")
    assert told in done.err


def test_a_weak_password_adds_nobody(rung: Rung, tmp_path: Path) -> None:
    weak = password_file(tmp_path, "short")
    assert (
        rung(
            "operator", "add", "anna", "--permission", "read", "--password-file", weak
        ).code
        == 1
    )
    assert rung("operator", "list", "--json").json == {"operators": []}


def test_a_password_may_be_typed_twice(rung: Rung, database: Database) -> None:
    rung("operator", "add", "anna", "--permission", "read")
    assert rung("operator", "password", "anna", answers=f"{LONG}\n{LONG}\n").code == 0
    with database.read() as session:
        assert HASHER.verify(
            session.scalars(select(Operator.password_hash)).one(), LONG
        )


def test_without_anybody_to_type_a_password_nothing_happens(rung: Rung) -> None:
    rung("operator", "add", "anna", "--permission", "read")
    answer = rung("operator", "password", "anna")
    assert answer.code == 1
    assert answer.err.splitlines() == [
        "rung: No password was given: say --password-file FILE, or pipe it in."
    ]


def test_a_password_can_be_piped_in(rung: Rung) -> None:
    rung("operator", "add", "anna", "--permission", "read")
    assert (
        rung("operator", "password", "anna", answers="a long enough password\n").code
        == 0
    )


def test_operators_are_listed_with_how_they_stand(rung: Rung, tmp_path: Path) -> None:
    assert "No operators yet" in rung("operator", "list").out
    rung("operator", "add", "anna", "--permission", "read")
    rung(
        "operator",
        "add",
        "bert",
        "--permission",
        "read",
        "--password-file",
        password_file(tmp_path),
    )
    lines = rung("operator", "list").out.splitlines()
    assert [line.split()[-1] for line in lines] == ["Standing", "invited", "active"]


def test_what_the_console_does_is_recorded_under_the_users_name(
    rung: Rung, database: Database
) -> None:
    rung("operator", "add", "anna", "--permission", "read")
    with database.read() as session:
        assert set(session.scalars(select(audit.AuditEvent.actor))) == {
            f"console ({getpass.getuser()})"
        }


def test_a_whole_trail_is_told_with_its_length(rung: Rung) -> None:
    rung("operator", "add", "anna", "--permission", "read")
    assert rung("audit", "verify", "--json").json == {"whole": True, "events": 1}


def test_the_first_broken_link_is_named(rung: Rung, database: Database) -> None:
    for name in ("anna", "bert"):
        rung("operator", "add", name, "--permission", "read")
    with database.write() as session:
        trigger = (
            "audit_event_no_update"
            if database.is_sqlite
            else "audit_event_no_change ON audit_event"
        )
        session.execute(text(f"DROP TRIGGER {trigger}"))
        session.execute(text("UPDATE audit_event SET actor = 'nobody' WHERE id = 2"))
    done = rung("audit", "verify")
    assert (done.code, done.out) == (
        1,
        "The audit trail is broken: event 2: its content was changed after it was written.\n",
    )
    assert rung("doctor").code == 1


def test_settings_are_shown_with_secrets_masked(rung: Rung, settings: Settings) -> None:
    done = rung("config", "--json")
    assert settings.secret_key not in done.out
    assert done.json["cooling_hours"] == "4.0"
    assert settings.secret_key not in rung("config").out


def test_a_healthy_installation_has_no_problem(
    rung: Rung, settings: Settings, clock: Clock
) -> None:
    clock.time = datetime.now(clock.time.tzinfo)
    heartbeat_file(settings).write_text(f'{{"at": "{clock.time.isoformat()}"}}')
    checks = rung("doctor", "--json").json["checks"]
    assert {check["subject"]: check["level"] for check in checks} == {
        "drift": "ok",
        "data folder": "ok",
        "worker": "ok",
        "database": "ok",
        "audit trail": "ok",
        "permissions": "ok",
        "address": "warning",
    }


def test_a_missing_and_a_silent_worker_are_warnings(
    rung: Rung, settings: Settings, clock: Clock
) -> None:
    assert "No worker runs" in rung("doctor").out
    heartbeat_file(settings).write_text(f'{{"at": "{clock.time.isoformat()}"}}')
    clock.forward(minutes=1)
    done = rung("doctor")
    assert "The worker was last alive at 2 Mar, 09:00 UTC" in done.out
    assert done.code == 0


def test_a_directory_that_answers_and_one_that_does_not_are_told_apart(
    rung: Rung, database: Database
) -> None:
    rung("demo")
    with database.write() as session:
        known = session.scalars(select(Directory)).one()
        session.add(
            Directory(
                name="gone",
                url="ldap://127.0.0.1:9",
                base=known.base,
                created_at=known.created_at,
            )
        )
        audit.record(
            session,
            "console",
            "directory.add",
            "directory:2",
            "Connected the directory gone",
        )
    done = rung("doctor", "--json")
    levels = {check["subject"]: check["level"] for check in done.json["checks"]}
    assert (levels["directory demo"], levels["directory gone"]) == ("ok", "warning")
    assert done.code == 0


def test_a_doctor_tells_that_the_database_is_away(tmp_path: Path) -> None:
    app = create_app(
        Settings(home=tmp_path, database_url="postgresql://127.0.0.1:9/rung")
    )
    done = runner_for(app)("doctor")
    assert done.code == 4
    assert "The database cannot be reached" in done.out
    shut(app)


def test_a_database_one_revision_behind_is_told_by_doctor_and_brought_up_to_date(
    rung: Rung, database: Database, settings: Settings
) -> None:
    with database.write() as session:
        session.execute(text("DROP TABLE access_exception"))
        session.execute(text("DELETE FROM alembic_version"))
    assert rung("doctor").code == 4
    assert "rung db upgrade" in rung("doctor").out


def test_an_up_to_date_database_is_left_alone(rung: Rung) -> None:
    assert rung("db", "upgrade", "--json").json == {
        "before": schema.head(),
        "after": schema.head(),
        "told": [],
    }


def test_upgrade_makes_the_tables_of_a_new_database(
    empty_url: str, tmp_path: Path
) -> None:
    app = create_app(Settings(home=tmp_path / "new", database_url=empty_url))
    run = runner_for(app)
    assert run("db", "upgrade").out == f"Upgraded from nothing to {schema.head()}.\n"
    assert run("operator", "list").code == 0
    shut(app)


def test_a_server_that_is_behind_stops_every_other_command(
    empty_url: str, tmp_path: Path
) -> None:
    app = create_app(Settings(home=tmp_path / "new", database_url=empty_url))
    if app.extensions["rung"].database.is_sqlite:
        pytest.skip("the embedded database is brought up to date by itself")
    done = runner_for(app)("operator", "list")
    assert (done.code, done.err) == (
        4,
        "rung: The database is behind this version of Rung. Run `rung db upgrade`.\n",
    )
    shut(app)


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"RUNG_PROT": "1"}, "Unknown setting RUNG_PROT"),
        ({"RUNG_DATABASE_URL": "nonsense"}, "not a database address"),
        ({"RUNG_QUEUE_URL": "amqp://x"}, "queue_url must start with one of"),
    ],
)
def test_a_wrong_setting_is_one_line(
    tmp_path: Path, environment: dict[str, str], told: str
) -> None:
    environment = {"RUNG_HOME": str(tmp_path), **environment}
    done = CliRunner().invoke(cli, ["doctor"], env=environment, prog_name="rung")
    assert done.exit_code == 1
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_data_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = CliRunner().invoke(
        cli,
        ["init"],
        env={"RUNG_HOME": str(tmp_path / "file" / "home")},
        prog_name="rung",
    )
    assert done.exit_code == 1
    assert done.stderr.startswith(f"rung: {tmp_path}/file")


def walk(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, sub in command.commands.items():
            yield from walk(sub, f"{path} {name}")


@pytest.mark.parametrize(("path", "command"), list(walk(cli, "rung")), ids=str)
def test_every_command_takes_json_and_says_what_it_and_its_options_do(
    path: str, command: click.Command
) -> None:
    assert command.help, path
    options = [
        parameter for parameter in command.params if isinstance(parameter, click.Option)
    ]
    assert [option.name for option in options if not option.help] == []
    assert isinstance(command, click.Group) or any(
        "--json" in option.opts for option in options
    )


def test_the_environment_reaches_no_test(settings: Settings) -> None:
    assert not [name for name in os.environ if name.startswith("RUNG_")]
    assert replace(settings, home=Path("/x")).plans == Path("/x/plans")
