"""The catalogue as CSV in the browser: out, and in again."""

from __future__ import annotations

import io

import pytest
from flask import Flask

from app.catalog.sheet.actions import add_fact, add_part
from app.models.catalog.words import ServiceKind, ServiceState
from tests.catalog.builders import a_team
from tests.incidents.builders import Desk
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("olga")


@pytest.fixture
def desk(pages: Pages) -> Desk:
    return Desk(pages.parts.database)


def test_the_catalogue_goes_out_as_csv_and_comes_in_again(
    pages: Pages, desk: Desk
) -> None:
    a_team(desk.database, "Shop IT")
    mail, net = (
        desk.service("Mail", summary="=1+1"),
        desk.service("Network", kind=ServiceKind.PART),
    )
    desk.do(add_part, mail, net)
    desk.do(add_fact, mail, "Mailbox")
    text = pages.get("/services.csv").response.text
    assert "Mailbox" in text and "'=1+1" in text
    pages.get("/services/import")
    text = (
        text.lstrip("\ufeff")
        + ",Chat,part,,,,,,,,,Shop IT,2,,,,Mail; Network,Room,,\r\n,Bad,zebra\r\n"
    )
    page = pages.post("/services/import", {"text": text})
    assert [tile.text[-1] for tile in page.root.all(class_="tile")] == ["1", "2", "1"]
    assert "“zebra” is none of" in page.rows("Rejected lines")[0][2]
    rejects = pages.post("/services/import", {"text": text, "do": "rejects"})
    assert "zebra" in rejects.response.text and rejects.response.mimetype == "text/csv"
    page = pages.post("/services/import", {"text": text, "do": "keep"})
    assert page.told == "3 services are brought in."
    chat = pages.get("/services/3")
    assert (
        "Room" in chat.content
        and "Shop IT" in chat.content
        and "urgency 2" in chat.content
    )
    assert {node.text for node in chat.root.one(class_="composite-lists").all("a")} == {
        "Mail",
        "Network",
    }
    assert "=1+1" in pages.get("/services/1").content


def test_a_file_in_another_encoding_is_read_and_what_is_no_text_is_refused(
    pages: Pages,
) -> None:
    content = "name,what it is\nMail,Post\nTüren,Schlüssel\n".encode("cp1252")
    pages.get("/services/import")
    page = pages.post("/services/import", {"file": (io.BytesIO(content), "s.csv")})
    assert not page.errors
    page = pages.post(
        "/services/import",
        {"file": (io.BytesIO(content), "s.csv"), "encoding": "cp1252"},
    )
    assert "Türen" in page.content
    page = pages.post(
        "/services/import",
        {"file": (io.BytesIO(b"name\nM\x00ail\n"), "s.csv")},
        status=422,
    )
    assert "zero bytes" in page.errors[0]
    assert pages.post("/services/import", status=422).errors == [
        "Choose a file, or paste its lines."
    ]


def test_a_file_that_needs_itself_or_unknown_things_is_rejected_line_by_line(
    pages: Pages, desk: Desk
) -> None:
    desk.service("Fax", state=ServiceState.RETIRED)
    text = (
        "name;needs;team;owner;urgency;price\nA;B;;;;\nB;A;;;;\nC;Nowhere;;;;\nD;;No "
        "team;nobody;;\nE;;;;7;\n"
        "F;;;;;cheap\nA;;;;;\nFax;;;;;\n;;;;1;\n"
    )
    rows = pages.post("/services/import", {"text": text}).rows("Rejected lines")
    told = {row[0]: row[2] for row in rows}
    assert told.keys() == {"3", "4", "5", "6", "7", "8", "9", "10"}
    assert "need itself through “A”" in told["3"] and "“Nowhere”" in told["4"]
    assert "no team “No team”" in told["5"] and "“nobody” is no operator" in told["5"]
    assert (
        "Line 2 has this name" in told["8"]
        and "retired service" in told["9"]
        and "no name" in told["10"]
    )
    page = pages.post("/services/import", {"text": "title,owner\nx,y\n"})
    assert "“y” is no operator" in page.content
    page = pages.post("/services/import", {"text": "nothing here"}, status=422)
    assert "“name” among them" in page.errors[0]
