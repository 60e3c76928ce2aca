"""Numbers the desk types in: noted with who did it, forgotten again, and only by those at the
desk.
"""

from __future__ import annotations

from flask import Flask

from app.core.audit import AuditEvent
from tests.catalog.builders import a_person
from tests.improvements.builders import rows
from tests.pages import Pages


def test_a_number_is_noted_and_forgotten_with_a_trace(app: Flask) -> None:
    pages = Pages(app).as_operator("dora", permissions=("read", "desk"))
    number = a_person(pages.parts.database, "Carla Cash")
    assert "knows no number" in pages.get(f"/people/{number}/numbers").content
    page = pages.submit(
        f"/people/{number}/numbers", number="+41 79 555 10 10", label="mobile"
    )
    assert page.told == "The number is noted."
    assert page.rows("Numbers")[0][:2] == ["41795551010", "mobile"]
    assert (
        "has this number already"
        in pages.submit(
            f"/people/{number}/numbers", number="0041 79 555 10 10", status=422
        ).content
    )
    assert (
        "Type a phone number"
        in pages.submit(f"/people/{number}/numbers", number="Carla", status=422).content
    )
    page = pages.submit(f"/people/{number}/numbers/1/remove")
    assert "knows no number" in page.content
    told = rows(
        pages.parts.database,
        AuditEvent.__table__.select().with_only_columns(AuditEvent.action),
    )
    assert told[-2:] == ["person.number", "person.number-removed"]


def test_numbers_are_for_the_desk_only(app: Flask) -> None:
    pages = Pages(app).as_operator("rita", permissions=("read",))
    number = a_person(pages.parts.database)
    pages.get(f"/people/{number}/numbers", status=403)
    assert "Phone numbers" not in pages.get(f"/people/{number}").content
