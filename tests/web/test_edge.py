"""What is not a number a row can have, and not a text a table keeps, is cleaned or refused at the
edge.
"""

from __future__ import annotations

import pytest
from flask import Flask, url_for

from app.core.db import Database
from app.core.errors import Invalid
from app.people.actions import SiteDraft, add_site
from tests.acting import acting
from tests.conftest import Clock
from tests.incidents.api.test_api import TOLD, Program
from tests.pages import Pages

DEEP = b"[" * 100_000


@pytest.mark.parametrize(
    "number", ["2147483648", str(2**63), "9" * 5000, "-1", "٣", "1e3"]
)
def test_a_number_no_row_can_have_is_no_page(app: Flask, number: str) -> None:
    browser = Pages(app).as_operator("anna")
    for address in ("/desk/import/", "/waves/", "/knowledge/public/"):
        browser.get(address + number, status=404)


def test_a_control_character_in_an_address_is_no_page(app: Flask) -> None:
    assert app.test_client().get("/r/a%00b").status_code == 404


def test_what_nobody_can_see_is_taken_out_of_what_is_sent(app: Flask) -> None:
    browser = Pages(app).as_operator("anna")
    browser.get("/sites/new")
    browser.submit(name="Be\0rn\x0b", weight="3", timezone="UTC")
    assert browser.get("/places").rows("Sites")[0][0] == "Bern"
    browser.get("/people?q=%00&page=99999999999999999999")


@pytest.mark.parametrize(
    "query",
    [
        "directory_id=9",
        "_scheme=javascript&_external=1",
        "_anchor=x",
        "endpoint=x",
        "address=x",
    ],
)
def test_a_name_that_builds_addresses_is_only_text_in_a_query(
    app: Flask, query: str
) -> None:
    browser = Pages(app).as_operator("anna")
    for address in (
        "/people",
        "/rights",
        "/audit",
        "/desk",
        "/services",
        "/improvements",
    ):
        page = browser.get(f"{address}?{query}&page=2")
        assert "javascript:" not in page.html
        assert 'href="#x"' not in page.html


def test_an_address_is_written_with_any_name_of_a_value(app: Flask) -> None:
    with app.test_request_context():
        written = [url_for("people.index", rule="x", values="y") for _twice in range(2)]
    assert written == ["/people?rule=x&values=y"] * 2


def test_a_text_without_end_is_refused_with_the_name_of_its_field(app: Flask) -> None:
    browser = Pages(app).as_operator("anna")
    browser.get("/sites/new")
    page = browser.submit(name="x" * 1_000_000, weight="3", timezone="UTC", status=422)
    assert any("longer" in error or "long" in error for error in page.errors)


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x" * 1_000_000])
def test_no_action_keeps_what_one_of_the_databases_would_not(
    database: Database, clock: Clock, text: str
) -> None:
    with pytest.raises(Invalid) as error, database.write() as session:
        add_site(
            acting(session, "anna", clock()),
            SiteDraft(name=text, weight=1, timezone="UTC"),
        )
    assert error.value.field in (
        "name",
        "",
    )  # nothing where a question to the database came first


@pytest.mark.parametrize(
    ("sent", "field", "why"),
    [
        ({**TOLD, "title": "a\0"}, "title", "control characters"),
        ({**TOLD, "requester": "\ud800"}, "requester", "halves of letters"),
        ({**TOLD, "title": "x" * 401}, "title", "at most 400"),
        ({**TOLD, "description": "x" * 100_001}, "description", "at most 100,000"),
        ({**TOLD, "site_id": 2**70}, "site_id", "too large"),
        ({**TOLD, "site_id": -(2**40)}, "site_id", "too large"),
    ],
)
def test_a_program_hears_which_field_cannot_be_kept(
    app: Flask, sent: object, field: str, why: str
) -> None:
    status, problem = Program(app).ask("POST", "/incidents", sent)
    assert (status, problem["field"]) == (422, field)
    assert why in problem["detail"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nowhere", b"", 404),
        ("GET", "/incidents/99999999999999999999", b"", 404),
        ("DELETE", "/incidents", b"", 405),
        ("POST", "/incidents", b"{", 400),
        ("POST", "/incidents", DEEP, 400),
        ("POST", "/incidents", b"[]", 422),
        ("POST", "/incidents", b'{"title": "' + b"x" * 1_000_000 + b'"}', 413),
        ("GET", "/incidents?stat=new", b"", 422),
        ("GET", "/incidents?limit=99999999999", b"", 422),
    ],
)
def test_every_error_of_the_interface_is_a_problem(
    app: Flask, method: str, path: str, body: bytes, status: int
) -> None:
    program = Program(app)
    headers = {
        "Authorization": f"Bearer {program.secret}",
        "Content-Type": "application/json",
    }
    answer = program.client.open(
        f"/api/v1{path}", method=method, data=body, headers=headers
    )
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert (
        answer.json is not None
        and answer.json["status"] == status
        and answer.json["detail"]
    )


def test_what_nobody_foresaw_is_a_problem_for_programs_too(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = Program(app)
    app.testing = False
    monkeypatch.setattr("app.incidents.api.views.select", lambda *_: 1 // 0)
    headers = {"Authorization": f"Bearer {program.secret}"}
    answer = program.client.get("/api/v1/incidents", headers=headers)
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
