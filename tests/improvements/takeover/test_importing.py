"""The register as CSV: out, in again, previewed, with its rejects kept."""

from __future__ import annotations

import csv
import io

import pytest
from sqlalchemy import select

from app.core.db import Database
from app.core.errors import Invalid
from app.improvements.board.listing import RegisterFilter
from app.improvements.register.actions import (
    change_improvement,
    raise_improvement,
    vote,
)
from app.improvements.takeover.actions import import_register, preview_register
from app.improvements.takeover.queries import HEADER, register_rows
from app.models.improvements.improvement import Improvement
from app.models.improvements.words import (
    ImprovementKind,
    ImprovementSource,
    ImprovementState,
)
from tests.improvements.builders import Room, counted, rows

SIMPLE = "Title;Status;Type;Value;Urgency;Risk;Effort;Target date;Colour\n"


def brought_in(room: Room, text: str, **more: bool) -> list[Improvement]:
    room.do(import_register, text, **more)
    return rows(room.database, select(Improvement).order_by(Improvement.id))


def test_a_file_of_another_tool_is_understood_by_the_names_of_its_columns(
    room: Room,
) -> None:
    text = (
        SIMPLE + '"Chat;\nnot phone";in progress;channel shift;8;4;3;5;1.6.2026;red\n'
    )
    found = room.ask(preview_register, text, room.now)
    assert (len(found.rows), found.rejects, found.ignored) == (1, (), ("Colour",))
    [made] = brought_in(room, text)
    assert (made.title, made.state, made.kind) == (
        "Chat;\nnot phone",
        ImprovementState.ACCEPTED,
        ImprovementKind.CHANNEL_SHIFT,
    )
    assert (made.value, made.urgency, made.risk, made.job_size) == (8, 4, 3, 5)
    assert made.required_by is not None and made.required_by.isoformat() == "2026-06-01"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (";;;8;;;;;", "It has no title."),
        ("A;dancing;;;;;;;", "“dancing” is none of"),
        ("A;;;much;;;;;", "Value: “much” is no number."),
        ("A;;;1.5;;;;;", "Value: “1.5” is no whole number."),
        ("A;;;11;;;;;", "Value goes from 1 to 10."),
        ("A;;;;;;;03/04/2026;", "may mean two different days"),
        ("A;embedded;;;;;;;", "It is embedded already"),
        ("Known;;;;;;;;", "Improvement 1 has this title already."),
        ("A;;;;;;;;;;x", "It has 11 cells, the heading has 9."),
    ],
)
def test_a_line_that_cannot_be_used_is_kept_with_its_reason(
    room: Room, line: str, why: str
) -> None:
    room.do(raise_improvement, "known")
    text = f"{SIMPLE}{line}\nGood;;;;;;;;\n"
    [reject] = room.ask(preview_register, text, room.now).rejects
    assert reject.line == 2
    assert any(why in reason for reason in reject.why)
    with pytest.raises(Invalid, match=r"1 line cannot be used\. Line 2"):
        room.do(import_register, text)
    assert [one.title for one in brought_in(room, text, keep_good=True)] == [
        "known",
        "Good",
    ]
    assert room.ask(preview_register, text, room.now).reject_rows()[0][-1] == " ".join(
        reject.why
    )


def test_the_same_title_twice_in_a_file_is_raised_once(room: Room) -> None:
    [reject] = room.ask(preview_register, "title\nChat\nCHAT\n", room.now).rejects
    assert reject.why == ("Line 2 has this title already.",)


def test_a_file_without_a_column_for_the_title_is_refused(room: Room) -> None:
    with pytest.raises(Invalid, match="name the columns"):
        room.ask(preview_register, "a,b\n1,2\n", room.now)


def test_what_was_taken_out_can_be_brought_in_elsewhere(
    room: Room, database: Database
) -> None:
    source = {
        "source": "complaint",
        "source_text": "=SUM(1)",
        "source_who": "Ada",
        "value": 5,
        "eligible": 80,
    }
    room.raised("First", **source)
    room.raised("Second", required_by=room.now.date(), size="M", budget_hours=2.5)
    room.do(vote, 1)
    with database.read() as session:
        out = list(register_rows(session, RegisterFilter(), "raised", room.now.date()))
    told = io.StringIO()
    csv.writer(told).writerows([HEADER, *out])
    for number in (1, 2):
        room.do(change_improvement, number, {"title": f"Old {number}"})
    again = brought_in(room, told.getvalue())[2:]
    assert [(one.title, one.value, one.size, one.budget_hours) for one in again] == [
        ("First", 5, None, None),
        ("Second", None, "M", 2.5),
    ]
    assert (again[0].source, again[0].source_text) == (
        ImprovementSource.COMPLAINT,
        "=SUM(1)",
    )


def test_taking_the_register_out_asks_a_constant_number_of_queries(
    room: Room, database: Database
) -> None:
    def queries() -> int:
        with counted(database) as statements, database.read() as session:
            list(register_rows(session, RegisterFilter(), "rank", room.now.date()))
        return len(statements)

    room.raised("One")
    first = queries()
    for number in range(5):
        room.raised(f"More {number}")
    assert queries() == first <= 10
