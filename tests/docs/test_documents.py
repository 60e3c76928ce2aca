"""What the documents say is there: settings, permissions, links, tests, dates of decisions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from app.auth.rules import PERMISSIONS
from app.core.settings import PROJECT, Settings
from app.models.access.words import StepState, SwitchState, WaveState
from app.models.directory import ReadingState

DOCS = PROJECT / "docs"
PAGES = sorted(
    [
        PROJECT / "README.md",
        PROJECT / "CONTRIBUTING.md",
        PROJECT / "CHANGELOG.md",
        *DOCS.rglob("*.md"),
    ]
)
FOLDERS = {
    "A": "tests/access",
    "B": "tests/browser",
    "C": "tests/catalog",
    "D": "tests/incidents",
    "F": "tests/find",
    "I": "tests/improvements",
    "K": "tests/knowledge",
    "L": "tests/ldap_sync",
    "M": "tests/messages",
    "W": "tests/web",
}
"""The short names of folders of tests in acceptance.md and safety.md."""

TESTED = ("acceptance.md", "explanation/safety.md", "reference/hard-cases.md")


def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def rows_of(name: str) -> dict[str, list[str]]:
    """Return the rows of all tables of a page by their first cell, without the marks of code."""
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text_of(name).splitlines()
        if line.startswith("|")
    ]
    return {row[0].strip("`"): row for row in cells}


def named_tests(name: str) -> list[tuple[str, str]]:
    """Return file and name of every test that a page names as ``path::name``."""
    found = re.findall(r"`([\w/]+\.py)::(\w+)`", text_of(name))
    return [
        (f"{FOLDERS.get(start, start)}/{rest}", test)
        for start, rest, test in map(_parted, found)
    ]


def _parted(found: tuple[str, str]) -> tuple[str, str, str]:
    start, _, rest = found[0].partition("/")
    return start, rest, found[1]


def relative_links(page: Path) -> Iterator[str]:
    outside_code = re.sub(
        r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL
    )
    for address in re.findall(r"\]\(([^)\s]+)\)", outside_code):
        if not re.match(r"[a-z]+:", address):
            yield address


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as code hosts make them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for address in relative_links(page):
        path, _, anchor = address.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name} leads to {address}"
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), f"{page.name} leads to {address}"


def test_every_setting_has_a_row() -> None:
    rows = rows_of("reference/settings.md")
    names = {item.name for item in fields(Settings)}
    assert names <= rows.keys(), "settings without a row"
    assert rows.keys() - names <= {"name", "---"}, "rows without a setting"


def test_the_defaults_of_settings_are_those_of_the_program() -> None:
    rows = rows_of("reference/settings.md")
    for item in fields(Settings):
        default, shown = item.default, rows[item.name][1]
        if isinstance(default, (bool, int, float)):
            assert shown == f"{default:g}" or shown == str(default).lower(), item.name
        elif default and isinstance(default, str):
            assert shown == default, item.name


def test_every_permission_has_a_row() -> None:
    rows = rows_of("reference/permissions.md")
    names = {permission.name for permission in PERMISSIONS}
    assert rows.keys() - {"permission", "---"} == names


@pytest.mark.parametrize("name", TESTED)
def test_every_test_named_in_a_document_exists(name: str) -> None:
    tests = named_tests(name)
    assert len(tests) > 30
    for path, test in tests:
        file = PROJECT / path
        assert file.exists(), f"{name} names {path}"
        assert re.search(
            rf"^def {test}\(", file.read_text(encoding="utf-8"), re.MULTILINE
        ), f"{name}: {path}::{test}"


def test_each_of_the_forty_hard_cases_names_a_test() -> None:
    rows = rows_of("reference/hard-cases.md")
    cases = {int(key): row for key, row in rows.items() if key.isdecimal()}
    assert sorted(cases) == list(range(1, 41))
    assert all("::" in row[3] for row in cases.values())


def test_every_row_of_acceptance_names_a_test() -> None:
    rows = {
        key: row
        for key, row in rows_of("acceptance.md").items()
        if re.fullmatch(r"S\d-\d+", key)
    }
    assert len(rows) > 60
    for key, row in rows.items():
        assert row[2] and "::" in row[3], key


def test_every_promise_of_safety_names_a_test() -> None:
    rows = {
        key: row
        for key, row in rows_of("explanation/safety.md").items()
        if key.isdigit()
    }
    assert [int(key) for key in rows] == list(range(1, 16))
    assert all("::" in row[3] for row in rows.values())


@pytest.mark.parametrize(
    "decision", sorted((DOCS / "decisions").glob("*.md")), ids=lambda path: path.stem
)
def test_every_decision_has_number_date_and_status(decision: Path) -> None:
    title, _, standing = decision.read_text(encoding="utf-8").splitlines()[:3]
    assert title.startswith(f"# {int(decision.stem[:4])}. ")
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\d · (proposed|accepted|rejected|superseded by \d+)", standing
    )


def test_pictures_are_small() -> None:
    for picture in (DOCS / "images").iterdir():
        assert picture.stat().st_size < 200_000, picture.name


@pytest.mark.parametrize(
    "state", sorted({*WaveState, *SwitchState, *StepState, *ReadingState})
)
def test_every_state_is_explained(state: str) -> None:
    assert re.search(rf"\b{state}\b", text_of("reference/states.md"), re.IGNORECASE)
