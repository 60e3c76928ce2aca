"""Every page and every command that takes a table answers every table: with lines, or with a
sentence.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import click
import pytest
from flask import Flask
from flask_wtf import FlaskForm
from wtforms import FileField

from app import create_app
from app.core.parts import DEMO, KEY
from app.core.settings import Settings
from app.core.texts import decoded
from app.upkeep.stories.company import seed
from tests.access.commands.test_commands_documented import commands
from tests.conftest import Clock, Rung, runner_for, shut
from tests.databases import Shelf
from tests.pages import Page, Pages, _values
from tests.web.hostile_tables import TABLES, Shape

SERVICES = Shape(("name", "kind", "owner"), ("Service {}", "service", "ruth.keller"))
REGISTER = Shape(("title", "kind", "required by"), ("Idea {}", "other", "2026-06-01"))
INCIDENTS = Shape(
    ("id", "title", "state", "requester", "created at"),
    ("{}", "Till", "new", "Ann", "2026-02-02 09:00"),
)
VALUES = Shape(("day", "value"), ("2026-01-{:02}", "{}"))
WEIGHTS = Shape(("site", "weight"), ("Bern", "8"))
HOLIDAYS = Shape(("2026-12-25 Christmas",), ("2026-01-0{}",))


@dataclass(frozen=True)
class Importing:
    """A page that takes a table: its address, the field lines are pasted into, and what else is
    typed there.
    """

    rule: str
    shape: Shape
    text: str = "text"
    file: str = "file"
    typed: dict[str, str] = field(default_factory=dict)
    more: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return re.sub(r"<[^>]+>", "1", self.rule)


PAGES = (
    Importing("/services/import", SERVICES, typed={"encoding": "utf-8"}),
    Importing("/improvements/import", REGISTER),
    Importing("/desk/import", INCIDENTS, typed={"tool": "glpi"}),
    Importing("/metrics/<int:metric_id>/values", VALUES),
    Importing("/sites/weights", WEIGHTS),
    Importing(
        "/services/calendars/<int:calendar_id>/holidays",
        HOLIDAYS,
        text="holidays",
        file="",
    ),
)
NO_TABLES = {
    "/desk/<int:incident_id>/attach": "keeps a file as it is",
    "/r/<string:token>/add": "keeps a file as it is",
    "/improvements/<int:improvement_id>/attach": "keeps a file as it is",
    "/directory/ldif": "reads LDIF",
    "/waves/<int:wave_id>/rehearsal": "reads a log",
    "/waves/<int:wave_id>/rehearsal/again": "shows the form for a log",
}
"""Addresses that read files which are no tables, and what they are instead."""

COMMANDS = {
    "service import": (SERVICES, ("service", "import")),
    "improvement import": (REGISTER, ("improvement", "import")),
    "incident import": (INCIDENTS, ("incident", "import", "--preview")),
    "measure load": (VALUES, ("measure", "load", "1")),
}
NO_TABLE_COMMANDS = {
    "audit verify": "an anchor",
    "db backup": "the database goes there",
    "db restore": "a database",
    "directory add": "passwords and certificates",
    "directory change": "passwords and certificates",
    "evidence make": "the pack goes there",
    "evidence verify": "a pack",
    "improvement export": "the register goes there",
    "operator add": "a password",
    "operator password": "a password",
    "rehearse": "a log",
    "service export": "the catalogue goes there",
    "sync": "LDIF",
}
"""Commands with a file that is no table that comes in, and what it is instead."""


LONGEST_SENTENCE = 500
"""A sentence quotes the cell it is about, not all of it."""


@pytest.fixture(scope="module")
def filled(
    databases: Shelf, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The app with the demo company: there are metrics, sites and calendars."""
    home: Path = tmp_path_factory.mktemp("tables")
    with databases.copy(home) as url:
        app = create_app(
            Settings(home=home, database_url=url, secret_key="only for tests " * 3),
            now=Clock(),
        )
        seed(app.extensions[KEY], app.extensions[DEMO], by="demo")
        yield app
        shut(app)


def importing_rules(app: Flask) -> set[str]:
    """Return the addresses that read files which are sent."""
    rules = (
        rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())
    )
    return {
        rule.rule
        for rule in rules
        if reads_files(inspect.unwrap(app.view_functions[rule.endpoint]), set())
    }


def reads_files(used: object, seen: set[object]) -> bool:
    """Tell whether a view reads files: by itself, by a form, or by a function of its module that it
    calls.
    """
    if inspect.isclass(used) and issubclass(used, FlaskForm):
        fields = (
            getattr(used, name)
            for name in dir(used)
            if hasattr(getattr(used, name, None), "field_class")
        )
        return any(issubclass(field.field_class, FileField) for field in fields)
    if not inspect.isfunction(used) or used in seen:
        return False
    seen.add(used)
    if "request.files" in inspect.getsource(used):
        return True
    called = (used.__globals__.get(name) for name in used.__code__.co_names)
    places = (used.__module__, "app.core.web.tables")
    near = (
        one
        for one in called
        if inspect.isclass(one) or getattr(one, "__module__", "") in places
    )
    return any(reads_files(one, seen) for one in near)


def commands_with_files() -> Iterator[str]:
    """Return the names of all commands that have an argument or option that is a file."""
    for name, command in commands():
        if any(
            isinstance(each.type, (click.Path, click.File)) for each in command.params
        ):
            yield name.removeprefix("rung ")


def problems(page: Page) -> list[str]:
    """Return what a page says is wrong."""
    said = [
        *page.root.all(role="alert"),
        *page.root.all(class_="field-error"),
        *page.root.all(class_="note"),
        *page.root.all(class_="none"),
    ]
    return [node.text for node in said if node.text]


def judged(page: Page, importing: Importing, pasted: str | None) -> Iterator[str]:
    """Yield what is wrong with an answer: no sentence, or something typed that is gone."""
    if page.response.status_code < 400:
        return
    said = problems(page)
    if not any(re.search(r"[.…?]( |$)", sentence) for sentence in said):
        yield f"answers {page.status} without a sentence: {str(said or page.content)[:200]}"
    if too_long := [
        sentence for sentence in said if len(sentence) > 20 * LONGEST_SENTENCE
    ]:
        yield f"says {len(too_long[0]):,} signs"
    forms = [form for form in page.root.all("form") if form.above("main")]
    kept = [
        {name: "".join(found) for name, found in _values(form).items()}
        for form in forms
    ]
    typed = {
        **importing.typed,
        **({importing.text: pasted} if pasted is not None else {}),
    }
    for name, value in typed.items():
        if not any(plain(form.get(name, "")) == plain(value) for form in kept):
            yield f"does not keep {name}"


def plain(text: str) -> str:
    """Return a text as a form gives it back: one kind of end of line, without what no text
    holds.
    """
    text = re.sub(
        "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]",
        "",
        text,
    )
    return re.sub(r"\r\n|\r", "\n", text).strip()


def test_every_page_that_takes_files_is_here(filled: Flask) -> None:
    known = {importing.rule for importing in PAGES if importing.file} | NO_TABLES.keys()
    assert importing_rules(filled) - known == set(), (
        "add it to PAGES, or to NO_TABLES with the reason"
    )
    assert known - importing_rules(filled) == set()


def test_every_command_that_takes_files_is_here() -> None:
    found = set(commands_with_files())
    assert found - COMMANDS.keys() - NO_TABLE_COMMANDS.keys() == set(), (
        "add it to COMMANDS, or to NO_TABLE_COMMANDS"
    )
    assert (COMMANDS.keys() | NO_TABLE_COMMANDS.keys()) - found == set()


@pytest.mark.parametrize("way", ["file", "pasted"])
@pytest.mark.parametrize("importing", PAGES, ids=lambda importing: importing.rule)
def test_every_table_sent_to_a_page_is_answered_and_what_was_typed_is_kept(
    filled: Flask, importing: Importing, way: str
) -> None:
    if way == "file" and not importing.file:
        pytest.skip("lines are only pasted here")
    browser, faults = Pages(filled).as_operator("anna"), list[str]()
    for name, make in TABLES.items():
        raw, text = make(importing.shape), None
        if way == "pasted":
            try:
                text = decoded(raw)
            except ValueError:
                continue  # nobody pastes a ZIP file
        try:
            page = sent(browser, importing, raw, text)
            faults += [f"{name}: {fault}" for fault in judged(page, importing, text)]
        except Exception as error:  # noqa: BLE001 (all of them are looked for)
            faults.append(f"{name}: {type(error).__name__}: {str(error)[:300]}")
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults)


def sent(browser: Pages, importing: Importing, raw: bytes, text: str | None) -> Page:
    """Send a table as a file or as text, and return the answer; looking first never changes
    anything.
    """
    data = {"csrf_token": browser._csrf(), **importing.typed, **importing.more}
    data |= (
        {importing.text: text}
        if text is not None
        else {importing.file: (BytesIO(raw), "table.csv")}
    )
    response = browser.client.post(importing.address, data=data, follow_redirects=True)
    page = Page(response)
    response.close()
    response.request.close()
    if page.status >= 500:
        raise AssertionError(f"answered {page.status}")
    page.lint()
    return page


@pytest.mark.parametrize("name", COMMANDS)
def test_every_table_given_to_a_command_is_answered(
    filled: Flask, tmp_path: Path, name: str
) -> None:
    shape, arguments = COMMANDS[name]
    rung: Rung = runner_for(filled)
    faults = list[str]()
    for number, (table, make) in enumerate(TABLES.items()):
        file = tmp_path / f"{number}.csv"
        file.write_bytes(make(shape))
        try:
            done = rung(*arguments, str(file))
        except Exception as error:  # noqa: BLE001 (all of them are looked for)
            faults.append(f"{table}: {type(error).__name__}: {str(error)[:300]}")
            continue
        said = done.err.strip() or done.out.strip()
        if (
            done.code not in (0, 1)
            or "Traceback" in said
            or not said.rstrip(")").endswith((".", "…"))
        ):
            faults.append(f"{table}: ends with {done.code}: {said[-300:]!r}")
        if (
            longest := max((len(each) for each in re.split(r"[;\n]", said)), default=0)
        ) > LONGEST_SENTENCE:
            faults.append(f"{table}: a sentence of {longest:,} signs")
        file.unlink()
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults)
