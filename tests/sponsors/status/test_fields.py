"""A link prints no word that its reader may not see: tried over all fields of all tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Enum, String, Text, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.core import audit
from app.core.db import Base
from app.core.parts import DEMO, KEY, Parts
from app.models.sponsors.link import StatusLink
from app.upkeep.stories.company import seed
from tests.pages import Pages
from tests.sponsors.builders import address_of

SHOWN = {
    "case_ask.answer",
    "case_ask.text",
    "complaint.answer",
    "complaint.title",
    "decision.reason",
    "finding.fix",
    "finding.title",
    "improvement.next_what",
    "improvement.stop_learning",
    "improvement.title",
    "improvement_note.text",
    "key_message.text",  # what top management gains, written to be read there
    "sponsor_answer.reply",
    "sponsor_answer.words",
    "status_link.for_whom",
    "status_link.mail",
}
"""All that a link may print; what stands in any other field is for those who sign in."""
FOUND_BY = {"status_link.mark"}
MARK = re.compile(r"MARK-(\w+)-([a-z_]+)-END")


def texts_of(kind: type[Base]) -> dict[str, str]:
    """Return for each column with words of people what is written into it."""
    table = kind.__table__
    return {
        column.key: f"MARK-{table.name.replace('_', 'X')}-{column.key}-END"
        for column in table.columns
        if isinstance(column.type, String | Text)
        and not isinstance(column.type, Enum)
        and not (column.primary_key or column.unique or column.foreign_keys)
        and f"{table.name}.{column.key}" not in FOUND_BY
    }


def planted(session: Session) -> Iterator[str]:
    """Write into every field what it is; what can only be added to stays as it is."""
    for mapper in Base.registry.mappers:
        values: dict[str, Any] = texts_of(mapper.class_)
        if not values or mapper.local_table.name == "audit_head":
            continue  # the head is what the trail is sealed with
        try:
            with session.begin_nested():
                rows: Any = session.execute(update(mapper.class_).values(values))
        except DatabaseError:
            continue
        if rows.rowcount:
            yield from (f"{mapper.local_table}.{name}" for name in values)
    audit.record(session, "test", "test.put", "test:1", "Put")


@pytest.mark.parametrize("number", [1, 2])
def test_a_link_prints_no_field_but_those_that_are_listed(
    app: Flask, number: int
) -> None:
    parts: Parts = app.extensions[KEY]
    seed(parts, app.extensions[DEMO], by="nina")
    with parts.database.write() as session:
        everywhere = set(planted(session))
    with parts.database.read() as session:
        assert session.scalar(select(StatusLink.mark).limit(1))
    assert len(everywhere) > 100
    page = Pages(app).get(address_of(app, number)).content
    found = {f"{table.replace('X', '_')}.{name}" for table, name in MARK.findall(page)}
    assert found and found <= SHOWN
