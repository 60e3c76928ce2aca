"""Pages in another language, chosen on the account page or by the browser.

The other language of these tests is made of the English one: each text stands in ⟦brackets⟧. What
stands outside of brackets and is no data, no translator would ever be given.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from flask import Flask
from flask_babel import get_babel
from sqlalchemy import String, select

from app.core.db import Base
from app.core.parts import DEMO, KEY, Parts
from app.core.settings import PROJECT
from app.upkeep.stories import company
from tests.html import Node
from tests.pages import Pages
from tests.walking import walked
from tools.say import RAISED

KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "said": None,
    "_said": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "nsaid": (1, 2),
}
METHODS = [("app/**.py", "tools.texts:extract"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"trimmed": "true"}}
BRACKETS = re.compile(r"⟦[^⟦⟧]*⟧")
SENTENCE = re.compile(r"[A-Za-z][a-z’']+(?:,? [a-z][a-z’']+)+")
"""Two words or more, as in a sentence: a name or a number is none."""
MOST_LEFT = 14
"""Sentences that no translator is given yet, documentation aside: of readings, of the record of
messages, of a right's history, of urgency, two states in filters, two hints. It only gets less.
"""


SHIPPED = PROJECT / "app" / "improvements" / "templates" / "shipped"
PRIMERS = PROJECT / "app" / "sponsors" / "primers" / "shipped.toml"
"""Texts that come in each language as data, and that an owner may write anew."""
TOLD = {"done": 1}
"""Calls that tell a sentence on the next page, and the place it stands at."""
FOR_A_TERMINAL = {"commands", "command", "console", "settings"}
"""Modules whose sentences only a terminal shows: it is spoken to in English."""


def is_read(folder: str) -> bool:
    """Tell whether texts are looked for in a folder: also in those of macros."""
    return not Path(folder).name.startswith(".")


@cache
def catalogue() -> Catalog:
    """All texts of Rung in brackets; a text that tells an amount has two forms."""
    made = Catalog(locale="eo")
    found = extract_from_dir(
        PROJECT,
        METHODS,
        OPTIONS,
        keywords=KEYWORDS,
        strip_comment_tags=True,
        directory_filter=is_read,
    )
    for _file, _line, text, _comments, context in found:
        if isinstance(text, tuple):
            made.add(text, tuple(f"⟦{each}⟧" for each in text), context=context)
        elif text:
            made.add(text, f"⟦{text}⟧", context=context)
    return made


@pytest.fixture
def abroad(app: Flask, tmp_path: Path) -> Flask:
    """An app that knows the language in brackets."""
    folder = tmp_path / "words" / "eo" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalogue())
    get_babel(app).translation_directories = [str(tmp_path / "words")]
    return app


def speaking(app: Flask, language: str) -> Pages:
    pages = Pages(app).as_operator("anna")
    pages.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    return pages


def test_pages_come_in_the_first_language_of_the_browser_that_there_is(
    abroad: Flask,
) -> None:
    page = speaking(abroad, "tlh, eo;q=0.9, en;q=0.5").get("/account")
    assert page.root.one("html").attrs["lang"] == "eo"
    assert "⟦Look, time zone and language⟧" in page.content
    page = speaking(abroad, "tlh, en;q=0.9, eo;q=0.5").get("/account")
    assert page.root.one("html").attrs["lang"] == "en"
    assert "⟦" not in page.content


def test_the_account_page_chooses_another_one_than_the_browser(abroad: Flask) -> None:
    pages = speaking(abroad, "en")
    pages.get("/account")
    page = pages.submit("/account/look", language="eo")
    assert page.root.one("html").attrs["lang"] == "eo"
    page = pages.submit("/account/look", language="")
    assert page.root.one("html").attrs["lang"] == "en"


def test_the_language_belongs_to_the_account_and_the_cookie_to_visitors(
    abroad: Flask,
) -> None:
    here, there = speaking(abroad, "en"), speaking(abroad, "en")
    here.get("/account")
    here.submit("/account/look", language="eo")
    page = there.get("/account")
    assert page.root.one("html").attrs["lang"] == "eo"
    visitor = Pages(abroad)
    visitor.client.set_cookie("language", "eo")
    assert visitor.get("/sign-in").root.one("html").attrs["lang"] == "eo"
    there.client.set_cookie("language", "eo")
    there.submit("/account/look", language="en_GB")
    there.client.set_cookie("language", "eo")
    assert there.get("/account").root.one("html").attrs["lang"] == "en"


def test_refusals_are_said_in_the_language_of_the_page_and_in_english_elsewhere(
    abroad: Flask,
) -> None:
    pages = speaking(abroad, "eo")
    for status in (200, 422):
        pages.get("/sites/new")
        page = pages.submit(name="Harbour", status=status)
    assert any("⟦There is a ⟧" not in text and "⟦" in text for text in page.errors)
    assert any("Harbour already.⟧" in text for text in page.errors)


def test_no_sentence_is_raised_or_told_that_nobody_can_translate() -> None:
    plain = [
        f"{file.relative_to(PROJECT)}:{node.lineno}"
        for file in sorted((PROJECT / "app").rglob("*.py"))
        if not (FOR_A_TERMINAL & set(re.split(r"[/_.]", str(file))))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and is_plain(node)
    ]
    assert plain == []


def is_plain(call: ast.Call) -> bool:
    """Tell whether a call raises or tells a sentence as it stands."""
    name = getattr(call.func, "id", "")
    place = 0 if name in RAISED else TOLD.get(name, len(call.args))
    return len(call.args) > place and is_sentence(call.args[place])


def is_sentence(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return is_sentence(node.left) or is_sentence(node.right)
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and " " in node.value
    return isinstance(node, ast.JoinedStr)


def test_what_is_left_in_english_of_all_pages_of_the_demo_company_gets_less(
    abroad: Flask,
) -> None:
    parts: Parts = abroad.extensions[KEY]
    company.seed(parts, abroad.extensions[DEMO], by="test")
    left = leftovers(speaking(abroad, "eo"), data_of(parts))
    left = [(path, text) for path, text in left if not path.startswith("/help")]
    shown = "\n".join(f"{path}: {text}" for path, text in left)
    assert len(left) <= MOST_LEFT, shown
    quiet = [text for path, text in left if path.startswith(("/account", "/operators"))]
    assert quiet == []


def leftovers(pages: Pages, data: str) -> list[tuple[str, str]]:
    """Every text outside of brackets on one page of each kind, with the page's address."""
    found: dict[str, str] = {}
    for path, root in walked(pages):
        for text in texts(root):
            for sentence in SENTENCE.findall(BRACKETS.sub("", bare(text))):
                if not all(part in data for part in sentence.lower().split(", ")):
                    found.setdefault(sentence, path)
    return sorted((path, sentence) for sentence, path in found.items())


def bare(text: str) -> str:
    """The text without what stands in brackets, also where one stands in another."""
    while (shorter := BRACKETS.sub(" | ", text)) != text:
        text = shorter
    return text


def texts(root: Node) -> Iterator[str]:
    for node in root.walk():
        if node.tag not in ("script", "style", "code", "pre", "textarea", "kbd"):
            yield from (child for child in node.children if isinstance(child, str))
            for name in ("title", "aria-label", "placeholder"):
                yield node.attrs.get(name, "")


def data_of(parts: Parts) -> str:
    """All that stands in the tables as text, which is what people wrote; what the columns are
    called, which the audit trail names; and the shipped templates, which become what people wrote.
    """
    columns = [c.name for table in Base.metadata.sorted_tables for c in table.columns]
    values = [name.replace("_", " ") for name in columns]
    texts = (*SHIPPED.glob("*.toml"), PRIMERS)
    values += [file.read_text(encoding="utf-8") for file in texts]
    with parts.database.read() as session:
        for table in Base.metadata.sorted_tables:
            columns = [c for c in table.columns if isinstance(c.type, String)]
            if columns:
                values += strings(session.execute(select(*columns)))
            for column in table.columns:
                if column.type.__class__.__name__ == "JSON":
                    values += map(str, session.scalars(select(column)))
    return "\n".join(values).lower()


def strings(rows: Iterable[Iterable[object]]) -> list[str]:
    return [str(value) for row in rows for value in row if isinstance(value, str)]
