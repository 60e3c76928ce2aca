"""The audit trail in the browser."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.core import audit
from app.shell.audit import ValueDifference, differences, in_words
from tests.conftest import Clock
from tests.pages import Page, Pages

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.fixture
def browser(app: Flask) -> Pages:
    return Pages(app).as_operator("anna", permissions=("read",))


def happened(
    browser: Pages, actor: str = "anna", action: str = "wave.approve", **more: Any
) -> None:
    values = {"subject": "wave:3", "label": "Approved wave 3 of Clerk", **more}
    with browser.parts.database.write() as session:
        audit.record(
            session, actor, action, values.pop("subject"), values.pop("label"), **values
        )


def rows(browser: Pages, query: str = "") -> list[str]:
    return [row[2].split("  ")[0] for row in events(browser.get(f"/audit{query}"))]


def events(page: Page) -> list[list[str]]:
    """Return the rows of the page without the headings of the days."""
    return [row for row in page.rows() if len(row) > 1]


def test_an_event_says_who_what_before_after_and_why(
    browser: Pages, clock: Clock
) -> None:
    happened(
        browser,
        before={"state": "planned", "people": ["zoë"]},
        after={"state": "approved", "people": ["zoë"]},
        reason="Looks right.",
        at=clock(),
    )
    day, (at, who, what) = browser.get("/audit").rows()
    assert (day, at, who) == (["Monday, 2 March 2026"], "09:00", "anna")
    assert what == (
        "Approved wave 3 of Clerk Looks right. Looks right. "
        "state before: planned after: approved "
        "Technical: #1 · wave.approve · wave:3 · anna · 2026-03-02T09:00:00Z"
    )


def test_what_rung_did_by_itself_is_left_out_until_it_is_asked_for(
    browser: Pages,
) -> None:
    happened(browser, "rung", label="Sent it by itself")
    happened(browser, "console (root)", label="Made the first operator")
    ((_at, who, what),) = events(browser.get("/audit"))
    assert (who, what.startswith("Made")) == ("set up on the server", True)
    names = [row[1] for row in events(browser.get("/audit?by=all"))]
    assert names == ["set up on the server", "Rung (automatic)"]
    assert [row[1] for row in events(browser.get("/audit?by=rung"))] == names[1:]
    assert [row[1] for row in events(browser.get("/audit?actor=rung"))] == names[1:]
    assert browser.client.get("/audit/export").text.count("wave:3") == 2
    assert browser.client.get("/audit/export?by=people").text.count("wave:3") == 1


def test_recorded_moments_are_those_of_the_viewer(browser: Pages) -> None:
    browser.client.set_cookie("zone", "Europe/Berlin")
    at = "2026-03-02T22:30:00.123456+00:00"
    happened(browser, after={"due": at}, at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    day, (clock, _who, what) = browser.get("/audit").rows()
    assert (day, clock) == (["Monday, 2 March 2026"], "00:30")
    assert "2 Mar 2026, 23:30" in what
    assert "123456" not in what


def test_an_empty_trail_says_what_will_be_here(browser: Pages) -> None:
    assert "Nothing happened yet" in browser.get("/audit").content


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?actor=ben", ["Renamed it"]),
        ("?action=role.rename", ["Renamed it"]),
        ("?subject=wave:3", ["Approved wave 3 of Clerk"]),
        ("?text=renam", ["Renamed it"]),
        ("?text=100%25", ["Reached 100% of them"]),
        ("?text=because", ["Renamed it"]),
        ("?text=%25", ["Reached 100% of them"]),
        ("?actor=ben&action=wave.approve", []),
        ("?since=2026-03-02&until=2026-03-02", ["Reached 100% of them", "Renamed it"]),
        ("?until=2026-03-01", ["Approved wave 3 of Clerk"]),
        ("?since=yesterday&actor=ben", ["Renamed it"]),
    ],
)
def test_events_are_filtered(browser: Pages, query: str, found: list[str]) -> None:
    happened(browser, at=datetime(2026, 3, 1, 23, 59, tzinfo=UTC))
    happened(
        browser,
        "ben",
        "role.rename",
        subject="role:1",
        label="Renamed it",
        reason="Because.",
        at=datetime(2026, 3, 2, 0, 0, tzinfo=UTC),
    )
    happened(
        browser,
        action="role.done",
        subject="role:2",
        label="Reached 100% of them",
        at=datetime(2026, 3, 2, 23, 59, tzinfo=UTC),
    )
    page = browser.get(f"/audit{query}")
    labels = [row[2] for row in events(page)] if found else []
    assert len(labels) == len(found)
    assert all(map(str.startswith, labels, found))
    assert found or "No event fits" in page.content


def test_days_are_those_of_the_viewer(browser: Pages) -> None:
    happened(browser, at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    browser.client.set_cookie("zone", "Europe/Berlin")
    assert len(events(browser.get("/audit?since=2026-03-02"))) == 1
    assert "No event fits" in browser.get("/audit?until=2026-03-01").content


def test_the_latest_come_first_and_the_others_follow(browser: Pages) -> None:
    with browser.parts.database.write() as session:
        for number in range(120):
            audit.record(session, "anna", "wave.wait", "wave:1", f"Event {number}")
    page = browser.get("/audit?actor=anna")
    assert events(page)[0][2].startswith("Event 119")
    assert "1–30 of 120" in page.content
    page = browser.get(page.root.one("a", rel="next").attrs["href"])
    assert events(page)[0][2].startswith("Event 89")
    page = browser.get("/audit?page=4")
    assert len(events(page)) == 30
    assert page.root.all("a", rel="next") == []
    assert "No event fits" in browser.get("/audit?page=9&actor=nobody").content


@pytest.mark.parametrize("number", ["0", "-3", "x", "99999999999999999999", ""])
def test_a_page_number_that_is_none_means_a_sensible_page(
    browser: Pages, number: str
) -> None:
    happened(browser)
    browser.get(f"/audit?page={number}")


def test_the_csv_holds_what_the_filter_lets_through(
    browser: Pages, clock: Clock
) -> None:
    happened(
        browser, before={"state": "planned"}, after={"state": "approved"}, at=clock()
    )
    happened(browser, "ben", label="Other")
    text = browser.client.get("/audit/export?actor=anna").get_data().decode("utf-8-sig")
    lines = text.splitlines()
    assert len(lines) == 2
    assert "2026-03-02T09:00:00Z,anna,wave.approve,wave:3" in lines[1]
    assert "state: planned → approved" in lines[1]


def test_a_sound_chain_is_said_to_be_sound(browser: Pages) -> None:
    happened(browser)
    assert "Every link holds 1 events" in browser.get("/audit/verify").content


def test_a_broken_chain_names_the_first_broken_link(browser: Pages) -> None:
    for _number in range(3):
        happened(browser)
    with browser.parts.database.engine.begin() as connection:
        if browser.parts.database.is_sqlite:
            triggers = connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).scalars()
            for trigger in triggers.all():
                connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        else:
            connection.exec_driver_sql("ALTER TABLE audit_event DISABLE TRIGGER ALL")
        connection.exec_driver_sql(
            "UPDATE audit_event SET reason = 'never said' WHERE id = 2"
        )
    assert (
        "The chain is broken Event 2: its content was changed"
        in browser.get("/audit/verify").content
    )


def test_only_what_differs_is_shown() -> None:
    assert differences({"a": 1, "b": [1, 2]}, {"a": 1, "b": [1], "c_d": True}) == [
        ValueDifference("b", "1, 2", "1"),
        ValueDifference("c d", "", "yes"),
    ]
    assert differences(None, None) == []
    assert differences({"a": ""}, {"a": None}) == []
    assert differences(["x"], "y") == [ValueDifference("value", "x", "y")]


def test_nested_values_are_written_with_their_names() -> None:
    value = {
        "person": "zoë",
        "rights": [{"cn": "fin-post", "kept": False}, {"cn": "vpn"}],
        "owner": None,
    }
    assert (
        in_words(value)
        == "person: zoë; rights: cn: fin-post; kept: no | cn: vpn; owner: –"
    )


@given(JSON, JSON)
def test_whatever_was_recorded_can_be_shown(before: Any, after: Any) -> None:
    assert all(side.before != side.after for side in differences(before, after))
