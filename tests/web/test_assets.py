"""What a browser loads beside a page: few files, compressed, kept for ever, and anew when their
content is.
"""

from __future__ import annotations

import gzip
import os
import re
from pathlib import Path

import pytest
from flask import Flask

from app.shell import assets
from tests.pages import Pages

MOST_FILES = 5
MOST_BYTES = 60_000


def loaded_by(html: str) -> set[str]:
    """Return the addresses of what a browser loads by itself."""
    found = re.findall(
        r'<link rel="(?:stylesheet|icon)" href="([^"]+)"|<script src="([^"]+)"|<use href="([^"#]+)',
        html,
    )
    return {address for each in found for address in each if address}


def test_a_cold_page_loads_few_files_and_few_bytes(app: Flask) -> None:
    html = Pages(app).as_operator().get("/roles").content
    addresses = loaded_by(html)
    assert len(addresses) <= MOST_FILES
    client, total = app.test_client(), len(html.encode())
    for address in addresses:
        with client.get(address, headers={"Accept-Encoding": "gzip"}) as answer:
            assert answer.status_code == 200
            total += len(answer.data)
    assert total <= MOST_BYTES


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
