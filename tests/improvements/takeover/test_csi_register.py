"""A CSI register with the headings of ITIL, and registers of other tools, come in whole."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.improvements.board.listing import RegisterFilter
from app.improvements.takeover.actions import import_register, preview_register
from app.improvements.takeover.queries import CSI_HEADER, csi_rows
from app.improvements.takeover.rules import parse
from app.improvements.takeover.words import effort_of, hours_in
from app.models.improvements.improvement import Improvement
from tests.conftest import Rung
from tests.improvements.builders import Room, an_operator, rows
from tests.pages import Pages

ITIL = (
    "Opportunity number,Date raised,Size,Timescale,Description,Priority,KPI metric,"
    "Justification,Raised by,To be actioned by,Date required by\n"
    "17,2026-01-12,Medium,Short term,Calls wait too long. People give up.,High,"
    "Minutes to answer,Sales lose orders,Berta,Nobody Known,2026-05-01\n"
    "18,2026-01-13,Large,Long term,Print less,Low,,Cost,Ada,anna,\n"
)
OTHER = (
    "Title;Status;Urgency;Effort\n"
    "Chat;Open;1 - Critical;40 h\n"
    "Fax;Cancelled;Low;2 days\n"
    "Forms;Done;Medium;1\n"
    "Signs;Parked;Medium;1\n"
)


def brought_in(room: Room, text: str, **more: Any) -> list[Improvement]:
    room.do(
        import_register,
        text,
        **more,
    )
    return rows(room.database, select(Improvement).order_by(Improvement.id))


def test_a_register_with_the_headings_of_itil_comes_in_whole(room: Room) -> None:
    an_operator(room.database, "anna")
    found = room.ask(
        preview_register,
        ITIL,
        room.now,
    )
    assert (len(found.rows), found.rejects, found.ignored) == (2, (), ())
    assert found.unknown_owners == ("Nobody Known",)
    one, two = brought_in(room, ITIL)
    assert (one.title, one.where_now) == (
        "Calls wait too long",
        "Calls wait too long. People give up.",
    )
    assert (one.size, one.urgency, one.objective) == ("M", 8, "Sales lose orders")
    assert (one.source_who, one.required_by) == (
        "Berta",
        date(
            2026,
            5,
            1,
        ),
    )
    assert one.created_at.date() == date(
        2026,
        1,
        12,
    )
    for kept in (
        "Opportunity number: 17",
        "Timescale: Short term",
        "KPI metric: Minutes to answer",
        "Owner: Nobody Known",
    ):
        assert kept in one.source_text
    assert (one.owner, two.owner, two.size) == ("", "anna", "L")


def test_words_of_other_tools_are_understood_and_told(room: Room) -> None:
    found = room.ask(
        preview_register,
        OTHER,
        room.now,
    )
    assert [row.values["title"] for row in found.rows] == ["Chat", "Fax"]
    assert [reject.line for reject in found.rejects] == [4, 5]
    meant = {(word.field, word.word): word.means for word in found.words}
    assert meant["state", "Cancelled"] == "rejected"
    assert meant["state", "Parked"] == ""
    assert meant["urgency", "1 - Critical"] == 10
    chat, fax = brought_in(
        room,
        OTHER,
        keep_good=True,
    )
    assert (chat.urgency, chat.job_size, chat.budget_hours) == (10, 5, 40)
    assert (fax.state, fax.job_size) == ("rejected", 2)


def test_a_day_that_has_not_come_is_no_day_it_was_raised(room: Room) -> None:
    late = room.now.date() + timedelta(days=3)
    text = f"title,date raised\nChat,{late}\n"
    (reject,) = room.ask(
        preview_register,
        text,
        room.now,
    ).rejects
    assert "has not come yet" in reject.why[0]


@pytest.mark.parametrize(
    ("text", "hours", "size"),
    [
        ("40 h", 40, 5),
        ("5 days", 40, 5),
        ("1,5d", 12, 2),
        ("2 weeks", 80, 7),
        ("900 hrs", 900, 10),
        ("7", None, None),
        ("soon", None, None),
    ],
)
def test_an_effort_tells_hours(
    text: str, hours: float | None, size: int | None
) -> None:
    assert (hours_in(text), effort_of(text)) == (hours, size)


def test_a_description_is_no_title_where_there_is_one() -> None:
    (row,) = parse("Title,Description\nChat,Calls wait.\n").rows
    assert (row.values["title"], row.values["where_now"]) == ("Chat", "Calls wait.")


def test_what_goes_out_in_the_headings_of_itil_comes_in_again(room: Room) -> None:
    an_operator(room.database, "anna")
    brought_in(room, ITIL)
    today = room.now.date()
    out = room.ask(
        lambda session: list(
            csi_rows(
                session,
                RegisterFilter(),
                "raised",
                today,
            )
        )
    )
    assert all(len(row) == len(CSI_HEADER) for row in out)
    text = "\n".join(
        ",".join(f'"{cell}"' for cell in row) for row in (CSI_HEADER, *out)
    )
    found = parse(text)
    assert (found.ignored, [row.wrong for row in found.rows]) == ((), [(), ()])
    assert {str(row.values["raised_on"]) for row in found.rows} == {
        "2026-01-12",
        "2026-01-13",
    }


def test_what_a_word_means_is_changed_on_the_page(app: Flask) -> None:
    pages = Pages(app).as_operator("olga")
    room = Room(pages.parts.database)
    pages.get("/improvements/import")
    page = pages.submit(text=OTHER)
    assert "Status: Parked" in page.root.one(id="words").text
    sent = {"word:state:Parked": "raised", "word:state:Done": "raised", "text": OTHER}
    page = pages.post("/improvements/import", {**sent, "do": "look"})
    assert not page.root.all(id="rejects")
    page = pages.post("/improvements/import", {**sent, "do": "keep"})
    assert page.told == "4 improvements are brought in."
    states = [one.state for one in rows(room.database, select(Improvement))]
    assert sorted(states) == ["raised", "raised", "raised", "rejected"]
    out = pages.client.get("/improvements/list.csv?as=itil").text
    assert out.lstrip("\ufeff").startswith("Opportunity number")


def test_words_and_headings_on_the_command_line(rung: Rung, tmp_path: Any) -> None:
    file = tmp_path / "register.csv"
    file.write_text(OTHER, encoding="utf-8")
    words = ("--word", "state", "Done", "raised", "--word", "state", "Parked", "raised")
    assert (
        rung(
            "improvement",
            "import",
            str(file),
            *words,
            "--json",
        ).json["raised"]
        == 4
    )
    assert rung(
        "improvement",
        "export",
        "--itil",
    ).out.startswith("Opportunity number,")
    wrong = ("--word", "state", "Done", "finished")
    assert (
        rung(
            "improvement",
            "import",
            str(file),
            *wrong,
        ).code
        == 2
    )
