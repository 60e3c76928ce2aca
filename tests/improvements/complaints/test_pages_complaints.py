"""Complaints in the browser: what was written down wrongly is corrected, who said it stays."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.audit import AuditEvent
from app.improvements.complaints.actions import ComplaintSaid, register
from app.models.improvements.complaint import Complaint
from app.models.improvements.words import Defect
from tests.improvements.builders import MONDAY, Room, row, rows
from tests.pages import Pages


@pytest.fixture
def room(app: Flask) -> Room:
    return Room(Pages(app).parts.database)


@pytest.fixture
def pages(app: Flask, room: Room) -> Pages:
    """A browser of somebody who may only read, and complaint 1."""
    said = ComplaintSaid("Ms Weber", MONDAY.date(), "Every time anew")
    room.do(register, "Explaning twice", said)
    return Pages(app).as_operator("rita", permissions=("read",))


def test_a_complaint_is_corrected_by_whoever_may_write_one_down(
    pages: Pages, room: Room
) -> None:
    assert pages.get("/complaints/1").root.one("a", href="/complaints/1/edit")
    pages.get("/complaints/1/edit")
    page = pages.submit(title="Explaining twice", defect=Defect.OTHER, severity="4")
    assert (page.told, page.h1) == ("The complaint is corrected.", "Explaining twice")
    assert "severity 4 of 4" in page.content and "“Every time anew”" in page.content
    found = row(room.database, Complaint, 1)
    assert (found.title, found.severity) == ("Explaining twice", 4)
    [event] = rows(
        room.database, select(AuditEvent).where(AuditEvent.action == "complaint.change")
    )
    assert (event.actor, event.subject) == ("rita", "complaint:1")


def test_a_correction_without_a_name_keeps_what_was_typed(
    pages: Pages, room: Room
) -> None:
    pages.get("/complaints/1/edit")
    page = pages.submit(title="", severity="4", status=422)
    assert page.errors == ["Say in a few words what the complaint is."]
    assert page.root.one("select", id="severity").one(selected="").attrs["value"] == "4"
    assert row(room.database, Complaint, 1).severity == 2
    pages.get("/complaints/2/edit", status=404)
