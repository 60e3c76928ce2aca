"""What a browser loads beside a page: few files, compressed, kept for ever, and anew when their
content is.
"""

from __future__ import annotations

import gzip
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.core.parts import DEMO, KEY
from app.core.settings import Settings
from app.shell import assets
from app.upkeep.stories.company import seed
from tests.conftest import Clock, shut
from tests.databases import Shelf
from tests.pages import Pages
from tests.walking import walked

MOST_FILES = 5
MOST_BYTES = 60_000
LEAST_PAGES = 60


def loaded_by(html: str) -> set[str]:
    """Return the addresses of what a browser loads by itself."""
    found = re.findall(
        r'<link rel="(?:stylesheet|icon)" href="([^"]+)"|<script src="([^"]+)"|<use href="([^"#]+)',
        html,
    )
    return {address for each in found for address in each if address}


@pytest.fixture
def company(databases: Shelf, tmp_path: Path) -> Iterator[Flask]:
    with databases.copy(tmp_path) as url:
        settings = Settings(
            home=tmp_path,
            database_url=url,
            secret_key="only for tests " * 3,
            channel_nets="mail",
        )
        app = create_app(settings, now=Clock(), ring=lambda: None)
        seed(app.extensions[KEY], app.extensions[DEMO], by="demo")
        yield app
        shut(app)


def test_every_cold_page_loads_few_files_and_few_bytes(company: Flask) -> None:
    pages = Pages(company).as_operator("admin")
    weights: dict[str, int] = {}

    def weight(address: str) -> int:
        if address not in weights:
            headers = {"Accept-Encoding": "gzip"}
            with pages.client.get(
                address, headers=headers, follow_redirects=True
            ) as answer:
                assert answer.status_code == 200, address
                weights[address] = len(answer.data)
        return weights[address]

    heavy = {}
    walk = [path for path, _ in walked(pages)]
    for path in walk:
        files = loaded_by(pages.client.get(path, follow_redirects=True).text)
        total = weight(path) + sum(map(weight, files))
        if len(files) > MOST_FILES or total > MOST_BYTES:
            heavy[path] = (len(files), total)
    assert len(walk) > LEAST_PAGES
    assert heavy == {}


def test_a_page_is_compressed_where_the_browser_understands_that(app: Flask) -> None:
    client = Pages(app).as_operator().client
    plain = client.get("/help/", headers={"Accept-Encoding": "identity"})
    zipped = client.get("/help/", headers={"Accept-Encoding": "br, gzip"})
    assert without_tokens(gzip.decompress(zipped.data)) == without_tokens(plain.data)
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert int(zipped.headers["Content-Length"]) == len(zipped.data)
    assert "Content-Encoding" not in plain.headers
    for answer in (plain, zipped):
        assert "Accept-Encoding" in answer.headers["Vary"]


def without_tokens(page: bytes) -> bytes:
    """Return a page without what is another each time."""
    return re.sub(rb"[\w.-]{40,}", b"", page)


@pytest.mark.parametrize("name", sorted(assets.RECIPES))
def test_a_built_file_holds_all_its_parts_compressed_or_not(
    app: Flask, name: str
) -> None:
    client = app.test_client()
    plain = client.get(f"/assets/{name}?v=1", headers={"Accept-Encoding": "identity"})
    zipped = client.get(f"/assets/{name}?v=1", headers={"Accept-Encoding": "br, gzip"})
    assert gzip.decompress(zipped.data) == plain.data
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    for answer in (plain, zipped):
        assert "Accept-Encoding" in answer.headers["Vary"]
    assert "immutable" in plain.headers["Cache-Control"]
    assert "Set-Cookie" not in plain.headers
    for part in assets.RECIPES[name].parts:
        assert (assets.STATIC / part).read_bytes() in plain.data


def test_a_file_nobody_built_is_not_there(app: Flask) -> None:
    assert app.test_client().get("/assets/other.css").status_code == 404


def test_every_style_sheet_is_part_of_the_one(app: Flask) -> None:
    there = {f"css/{path.name}" for path in (assets.STATIC / "css").iterdir()}
    assert set(assets.RECIPES["rung.css"].parts) == there


def test_a_changed_part_gives_the_whole_another_address(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    for part in assets.RECIPES["rung.css"].parts:
        (tmp_path / part).parent.mkdir(exist_ok=True)
        (tmp_path / part).write_text("p { margin: 0 }")
    before = assets.built_file("rung.css")
    (tmp_path / "css" / "base.css").write_text("p { margin: 1px }")
    os.utime(tmp_path / "css" / "base.css", ns=(1, 1))
    after = assets.built_file("rung.css")
    assert (after.mark != before.mark, b"margin: 1px" in after.body) == (True, True)


def test_rules_for_narrow_windows_leave_paper_alone() -> None:
    rules = re.findall(r"@media [^{]*", assets.built_file("rung.css").body.decode())
    narrow = [rule for rule in rules if "width <" in rule]
    assert narrow and [rule for rule in narrow if "screen" not in rule] == []
