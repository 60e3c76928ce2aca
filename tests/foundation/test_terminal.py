"""How commands speak: text or JSON, one line for each failure, the exit code that says which
kind.
"""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.auth.console import actor
from app.cli import ROOMS
from app.core import terminal
from app.core.audit import AuditEvent
from app.core.db import Database
from app.core.errors import Away, Conflict, Forbidden, Invalid, NotFound, Refused
from app.core.settings import PROJECT
from ldap_sync.port import DirectoryError, IncompleteRead, Unavailable
from tests.conftest import Done, Rung

LOCKED = OperationalError("SELECT", {}, Exception("database is locked"))
ALL_ROOMS = PROJECT / "app"


@dataclass(frozen=True)
class Thing:
    at: datetime
    path: Path
    names: frozenset[str]


def run(app: Flask, body: Callable[[], Any], *arguments: str) -> Done:
    """Run ``body`` as the command ``it do``."""

    @terminal.group("it")
    def it() -> None: ...

    it.command("do")(click.option("--number", type=int)(lambda number: body()))
    done = CliRunner().invoke(it, ["do", *arguments], obj=lambda: app, prog_name="it")
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Done(done.exit_code, done.stdout, done.stderr)


def raising(error: BaseException) -> Callable[[], None]:
    def body() -> None:
        raise error

    return body


FAILURES = [
    (Refused("No."), 1, "No."),
    (Invalid("Not that.", field="x"), 1, "Not that."),
    (NotFound("Nothing there."), 1, "Nothing there."),
    (Forbidden("Not you."), 1, "Not you."),
    (Conflict("Others were here."), 3, "Others were here."),
    (Away("Gone fishing."), 4, "Gone fishing."),
    (Unavailable("Closed."), 4, "Closed."),
    (DirectoryError("Odd."), 4, "Odd."),
    (IncompleteRead("Cut."), 1, "Cut."),
    (
        LOCKED,
        4,
        "The database is locked by another process; nothing was changed. Try again in a moment.",
    ),
    (
        PermissionError(13, "Permission denied", "/etc/shadow"),
        1,
        "/etc/shadow: Permission denied",
    ),
    (KeyboardInterrupt(), 130, "interrupted"),
    (EOFError(), 2, "no answer was given"),
    (click.BadParameter("must be odd"), 2, "Invalid value: must be odd"),
]


@pytest.mark.parametrize(
    ("error", "code", "sentence"), FAILURES, ids=lambda each: type(each).__name__
)
def test_a_failure_is_one_line_and_its_exit_code(
    app: Flask, error: Exception, code: int, sentence: str
) -> None:
    done = run(app, raising(error))
    assert (done.code, done.out) == (code, "")
    assert done.err.strip().startswith(f"rung: {sentence}")
    assert len(done.err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("error", "code", "sentence"), FAILURES, ids=lambda each: type(each).__name__
)
def test_with_json_a_failure_is_an_object_too(
    app: Flask, error: Exception, code: int, sentence: str
) -> None:
    done = run(app, raising(error), "--json")
    assert done.code == code
    assert done.json["error"].startswith(sentence)
    assert done.json["details"] == []
    assert f"rung: {sentence}" in done.err


def test_details_stay_on_the_one_line(app: Flask) -> None:
    error = Refused("Anna is ambiguous.", details=("uid=anna1", "uid=anna2"))
    assert (
        run(app, raising(error)).err
        == "rung: Anna is ambiguous. (uid=anna1; uid=anna2)\n"
    )
    assert run(app, raising(error), "--json").json["details"] == [
        "uid=anna1",
        "uid=anna2",
    ]


def test_a_detail_that_says_the_same_is_said_once(app: Flask) -> None:
    done = run(app, raising(Refused("Two are open.", details=("Two are open.",))))
    assert done.err == "rung: Two are open.\n"


@pytest.mark.parametrize(
    "arguments", [["--number", "x"], ["--nonsense"], ["too", "many"]]
)
def test_wrong_usage_is_told_with_where_to_read_more(
    app: Flask, arguments: list[str]
) -> None:
    done = run(app, lambda: None, *arguments)
    assert done.code == 2
    assert "Try `it do --help`." in done.err
    assert len(done.err.splitlines()) == 1


def test_a_mistake_of_ours_is_not_hidden(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError):
        run(app, raising(ZeroDivisionError()))


def test_a_command_says_its_result_once_as_text_or_as_json(app: Flask) -> None:
    def body() -> None:
        terminal.emit({"b": 1, "a": ["ü"]}, ["One line.", "And another."])

    assert run(app, body).out == "One line.\nAnd another.\n"
    done = run(app, body, "--json")
    assert done.json == {"b": 1, "a": ["ü"]}
    assert list(done.json) == ["b", "a"]
    assert "ü" in done.out


def test_json_understands_what_actions_return(app: Flask) -> None:
    thing = Thing(datetime(2026, 1, 2, tzinfo=UTC), Path("/x"), frozenset({"b", "a"}))
    done = run(app, lambda: terminal.emit(thing), "--json")
    assert done.json == {
        "at": "2026-01-02T00:00:00+00:00",
        "path": "/x",
        "names": ["a", "b"],
    }


def test_the_number_a_command_returns_is_its_exit_code(app: Flask) -> None:
    assert run(app, lambda: 3).code == 3
    assert run(app, lambda: None).code == 0


def test_values_of_a_directory_cannot_move_the_cursor(app: Flask) -> None:
    done = run(app, lambda: terminal.emit({}, "a\x1b]0;owned\x07b\x9b2Jc\r\nd\te"))
    assert not set(done.out) & {"\x1b", "\x07", "\x9b", "\r"}
    assert "\te" in done.out
    assert "\x1b" not in run(app, raising(Refused("a\x1b[2Jb"))).err


CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1))
def test_columns_are_aligned_whatever_stands_in_them(
    rows: list[tuple[str, str]],
) -> None:
    lines = terminal.table(
        ("Name", "Place", "End"), [(*row, "|end|") for row in rows]
    ).split("\n")
    assert len(lines) == len(rows) + 1
    assert len({cells(line.removesuffix("|end|")) for line in lines[1:]}) == 1


def cells(text: str) -> int:
    """Return how many cells of a terminal a text takes."""
    return sum(
        0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in text
    )


def test_a_table_without_rows_is_nothing() -> None:
    assert terminal.table(("Name",), []) == ""


def test_numbers_stand_right_and_words_left() -> None:
    assert (
        terminal.table(("Who", "Rights"), [("Anna", 7), ("Bo", 120)])
        == "Who   Rights\nAnna       7\nBo       120"
    )


def test_progress_stays_quiet_for_short_work(app: Flask) -> None:
    def body() -> None:
        with terminal.progress_line() as tell:
            tell("people", 1)

    assert run(app, body).err == ""


def test_progress_of_long_work_goes_to_stderr(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter([0.0, 6.0, 6.0, 7.0])
    monkeypatch.setattr(terminal.time, "monotonic", lambda: next(moments))

    def body() -> None:
        with terminal.progress_line() as tell:
            tell("people", 1200, 5000)
            tell("people", 1300, 5000)
        terminal.emit({"done": True}, "Done.")

    done = run(app, body, "--json")
    assert done.err == "people 1,200 of 5,000\n"
    assert json.loads(done.out) == {"done": True}


def test_without_a_set_operator_the_console_user_acts(app: Flask) -> None:
    assert run(app, lambda: terminal.emit({}, actor())).out.startswith("console (")


def test_a_set_operator_must_exist(rung_as: Callable[[str], Rung]) -> None:
    done = rung_as("anna")("demo")
    assert (done.code, done.err) == (
        1,
        "rung: RUNG_OPERATOR names anna, who is no active operator.\n",
    )


def test_a_set_operator_acts(
    rung_as: Callable[[str], Rung], rung: Rung, database: Database
) -> None:
    rung("operator", "add", "anna", "--permission", "operators")
    assert rung_as("anna")("operator", "add", "bert", "--permission", "read").code == 0
    with database.read() as session:
        assert list(
            session.scalars(
                select(AuditEvent.actor).where(
                    AuditEvent.label == "Added operator bert"
                )
            )
        ) == ["anna"]


def test_a_password_is_the_first_line_of_its_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("a long password\nand a comment\n")
    assert terminal.read_password(file) == "a long password"


def test_an_empty_password_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("\n")
    with pytest.raises(Invalid, match="holds no password"):
        terminal.read_password(file)


def test_every_command_of_a_room_is_listed_and_none_that_is_not_there() -> None:
    there = {
        ".".join(path.parts[: path.parts.index("commands")])
        for path in (
            file.relative_to(ALL_ROOMS).with_suffix("") for file in command_files()
        )
    }
    assert {of.split(".")[0] for of in there} == {of.split(".")[0] for of in ROOMS}
    assert set(ROOMS) <= there
    for room, names in ROOMS.items():
        commands = import_module(f"app.{room}.commands").COMMANDS
        assert sorted(command.name for command in commands) == names.split()


def command_files() -> list[Path]:
    found = (*ALL_ROOMS.rglob("commands.py"), *ALL_ROOMS.rglob("commands/__init__.py"))
    return sorted(found)


def test_help_opens_no_room() -> None:
    program = (
        "import sys, app.cli; sys.exit(any(name.startswith('app.incidents') for name in "
        "sys.modules))"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", program], check=False, cwd=PROJECT
        ).returncode
        == 0
    )
