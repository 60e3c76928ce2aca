"""The team page: plain words, read inside, and in public by opt-in and without names."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.audit import AuditEvent
from tests.improvements.builders import rows
from tests.pages import Pages

TOLD = {
    "purpose": "So that you can do your work.",
    "reach": "Ring 100, or write.",
    "looks_after": "Service desk: everything, first\nNetwork: the lines",
    "names": "Zoe Agent, telephone",
}


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("anna", permissions=("read", "improve"))


def test_who_signs_in_reads_who_we_are_and_how_we_are_reached(pages: Pages) -> None:
    assert "Nothing is written here yet." in pages.get("/team").content
    pages.get("/team/edit")
    page = pages.submit("/team/edit", **TOLD)
    assert page.told == "Written." and page.h1 == "Who we are"
    for words in ("So that you can do your work.", "Ring 100", "Network: the lines"):
        assert words in page.content
    assert "Zoe Agent" in page.content
    trail = " ".join(
        f"{one.label} {one.after}"
        for one in rows(pages.parts.database, select(AuditEvent))
    )
    assert "Wrote the team page" in trail and "Zoe" not in trail


def test_it_is_public_by_opt_in_alone_and_names_stand_there_only_if_they_agreed(
    app: Flask, pages: Pages
) -> None:
    pages.get("/team/edit")
    pages.submit("/team/edit", **TOLD)
    visitor = Pages(app)
    assert "Ring 100" not in visitor.get("/open/team").content
    assert "how you reach us" not in visitor.get("/open/figures").content
    pages.get("/team/edit")
    pages.submit("/team/edit", **TOLD, open="y")
    shown = visitor.get("/open/team").content
    assert "Ring 100" in shown and "Zoe" not in shown and "anna" not in shown
    assert "how you reach us" in visitor.get("/open/figures").content
    pages.get("/team/edit")
    pages.submit("/team/edit", **TOLD, open="y", agreed="y")
    assert "Zoe Agent" in visitor.get("/open/team").content


def test_without_a_purpose_nothing_is_kept_and_what_was_typed_stays(
    pages: Pages,
) -> None:
    pages.get("/team/edit")
    page = pages.submit("/team/edit", **TOLD | {"purpose": " "}, status=422)
    assert page.errors and "Ring 100, or write." in page.content
    assert "Ring 100" not in pages.get("/team").content


def test_only_who_improves_writes_it(app: Flask) -> None:
    reader = Pages(app).as_operator("rita", permissions=("read",))
    assert "Write it" not in reader.get("/team").content
    reader.get("/team/edit", status=403)
