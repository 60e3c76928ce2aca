"""A step of an improvement is a rung wherever a user reads, and only in code an iteration."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from app.core.settings import PROJECT

HOME = PROJECT / "translations" / "de" / "LC_MESSAGES"
WORD = re.compile(r"\biteration(s|en)?\b", re.IGNORECASE)
CODE = re.compile(
    r"^### rung iteration|`[^`]*`|\]\([^)]*\)|^```.*?^```", re.MULTILINE | re.DOTALL
)
MARKUP = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}|<[^>]*>", re.DOTALL)
NAMES = ("assets.py", "cli.py")
"""Lists of names of files and of commands: no text that anybody reads."""
DOCS = ("tutorial.md", "how-to", "explanation", "reference", "acceptance.md")


@pytest.fixture(scope="module")
def german() -> Catalog:
    with (HOME / "messages.po").open("rb") as file:
        return read_po(file, locale="de")


def texts(part: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (part,) if isinstance(part, str) else tuple(part)


def test_no_text_and_no_translation_of_the_screens_says_iteration(
    german: Catalog,
) -> None:
    said = [text for each in german for text in texts(each.id) + texts(each.string)]
    assert len(said) > 5000
    # A name of a value in a text is code, as in "%(open_iteration)s".
    plain = [re.sub(r"%\(\w+\)s", "", text) for text in said]
    assert [text for text in plain if WORD.search(text)] == []


def test_no_template_says_iteration_outside_its_markup() -> None:
    wrong = [
        (str(path.relative_to(PROJECT)), found.group())
        for path in (PROJECT / "templates").rglob("*.html")
        if (found := WORD.search(MARKUP.sub("", path.read_text(encoding="utf-8"))))
    ]
    assert wrong == []


def sentences(path: Path) -> Iterator[str]:
    """Yield what a module says: its texts of several words, but none that documents the code."""
    program = ast.parse(path.read_text(encoding="utf-8"))
    documents = {
        id(node.value) for node in ast.walk(program) if isinstance(node, ast.Expr)
    }
    for node in ast.walk(program):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in documents and " " in node.value:
            yield node.value


def test_no_sentence_of_the_trail_or_the_terminal_says_iteration() -> None:
    wrong = [
        (path.name, text)
        for path in (PROJECT / "app").rglob("*.py")
        for text in sentences(path)
        if WORD.search(text) and path.name not in NAMES
    ]
    assert wrong == []


def test_no_page_for_users_says_iteration_but_for_commands_and_addresses() -> None:
    docs = PROJECT / "docs"
    pages = [
        page
        for name in DOCS
        for page in ([docs / name] if name.endswith(".md") else (docs / name).iterdir())
        if page.suffix == ".md"
    ]
    assert len(pages) > 20
    wrong = [
        (page.name, found.group())
        for page in pages
        if (found := WORD.search(CODE.sub("", page.read_text(encoding="utf-8"))))
    ]
    assert wrong == []
