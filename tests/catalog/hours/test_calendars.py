"""Calendars: their week typed as lines, holidays pasted, kept by services, changed by who may."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.catalog.hours.actions import (
    CalendarDraft,
    add_calendar,
    add_holidays,
    change_calendar,
    remove_calendar,
    remove_holiday,
)
from app.catalog.hours.queries import calendar_page, calendar_pages, hours_of
from app.catalog.hours.rules import between
from app.core.errors import Conflict, Invalid, Refused
from app.models.catalog.calendar import Calendar, Holiday
from tests.improvements.builders import counted
from tests.incidents.builders import MONDAY, Desk, rows
from tests.pages import Pages

WEEK = dict.fromkeys(("monday", "tuesday"), "08:00–12:00, 13:00–17:00")


def a_calendar(desk: Desk, name: str = "Office hours", **week: str) -> int:
    """Make a calendar; its number."""
    return int(
        desk.do(add_calendar, CalendarDraft(name, "Europe/Berlin", {**WEEK, **week})).id
    )


def test_a_service_counts_in_the_hours_of_its_calendar(desk: Desk) -> None:
    number = a_calendar(desk)
    service = desk.service(calendar_id=number)
    desk.do(add_holidays, number, "2026-03-03 Carnival")
    hours = desk.ask(hours_of, service)
    assert between(hours, MONDAY, MONDAY + timedelta(days=5)) == timedelta(
        hours=6
    )  # from 10:00 in Berlin
    without = desk.service("Website")
    assert between(
        desk.ask(hours_of, without), MONDAY, MONDAY + timedelta(days=5)
    ) == timedelta(days=5)


def test_a_report_without_a_service_counts_in_the_hours_of_the_desk(desk: Desk) -> None:
    week = MONDAY + timedelta(days=7)
    assert between(desk.ask(hours_of, None), MONDAY, week) == timedelta(hours=5 * 10)
    first = a_calendar(desk)
    assert between(desk.ask(hours_of, None), MONDAY, week) == timedelta(hours=2 * 8)
    night = CalendarDraft("Night", "UTC", {"sunday": "00:00–06:00"}, is_office=True)
    desk.do(add_calendar, night)
    assert between(desk.ask(hours_of, None), MONDAY, week) == timedelta(hours=6)
    desk.do(
        change_calendar, first, CalendarDraft("Office", "UTC", WEEK, is_office=True)
    )
    assert [page.is_office for page in desk.ask(calendar_pages)] == [False, True]


def test_a_calendar_is_made_the_hours_of_the_desk_on_its_page(
    app: Flask, desk: Desk
) -> None:
    number = a_calendar(desk)
    browser = Pages(app).as_operator("anna")
    page = browser.get(f"/services/calendars/{number}/edit")
    assert "Reports that name no service yet" in page.content
    page = browser.submit(f"/services/calendars/{number}/edit", is_office="y")
    assert "These are the hours of the desk" in page.content


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (CalendarDraft(" "), "name"),
        (CalendarDraft("Office hours"), "name"),
        (CalendarDraft("Night", "Mars/Olympus"), "timezone"),
        (CalendarDraft("Night", "UTC", {"monday": "17:00–09:00"}), "monday"),
        (
            CalendarDraft("Night", "UTC", {"sunday": "08:00–12:00, 11:00–13:00"}),
            "sunday",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_field(
    desk: Desk, draft: CalendarDraft, field: str
) -> None:
    a_calendar(desk)
    with pytest.raises(Invalid) as told:
        desk.do(add_calendar, draft)
    assert told.value.field == field


def test_of_two_who_change_a_calendar_the_second_is_told(desk: Desk) -> None:
    number = a_calendar(desk)
    desk.do(change_calendar, number, CalendarDraft("Office", "UTC", WEEK), began_at=1)
    with pytest.raises(Conflict):
        desk.do(
            change_calendar, number, CalendarDraft("Offices", "UTC", WEEK), began_at=1
        )


def test_holidays_pasted_twice_are_there_once_with_the_newer_name(desk: Desk) -> None:
    number = a_calendar(desk)
    assert desk.do(add_holidays, number, "2026-12-25 Christmas\n2026-12-26").count == 2
    assert (
        desk.do(add_holidays, number, "2026-12-25 Christmas day\n2026-12-26").count == 1
    )
    found = desk.ask(calendar_page, number).holidays
    assert [(each.day, each.name) for each in found] == [
        (date(2026, 12, 25), "Christmas day"),
        (date(2026, 12, 26), ""),
    ]
    for text in ("", "Christmas"):
        with pytest.raises(Invalid) as told:
            desk.do(add_holidays, number, text)
        assert told.value.field == "holidays"


def test_a_holiday_is_removed_from_its_own_calendar_only(desk: Desk) -> None:
    number, other = a_calendar(desk), a_calendar(desk, "Night")
    desk.do(add_holidays, number, "2026-12-25 Christmas")
    (holiday,) = rows(desk.database, select(Holiday.id))
    with pytest.raises(Refused, match="another calendar"):
        desk.do(remove_holiday, other, holiday)
    desk.do(remove_holiday, number, holiday)
    assert rows(desk.database, select(Holiday.id)) == []


def test_a_calendar_that_services_keep_is_not_removed(desk: Desk) -> None:
    number, other = a_calendar(desk), a_calendar(desk, "Night")
    desk.service(calendar_id=number)
    with pytest.raises(Refused, match="Cash desk keeps these hours"):
        desk.do(remove_calendar, number)
    desk.do(remove_calendar, other)
    assert rows(desk.database, select(Calendar.id)) == [number]


def test_the_list_needs_as_many_queries_for_many_calendars_as_for_one(
    desk: Desk,
) -> None:
    a_calendar(desk)
    with counted(desk.database) as few:
        desk.ask(calendar_pages)
    for name in ("Night", "Shop"):
        a_calendar(desk, name)
    with counted(desk.database) as many:
        assert [each.name for each in desk.ask(calendar_pages)] == [
            "Night",
            "Office hours",
            "Shop",
        ]
    assert len(few) == len(many)


def test_a_calendar_is_made_and_changed_in_the_browser(app: Flask) -> None:
    browser = Pages(app).as_operator()
    assert "No business hours yet" in browser.get("/services/calendars").content
    browser.get("/services/calendars/new")
    page = browser.submit(
        name="Office hours", timezone="Europe/Berlin", friday="08:00-14:00"
    )
    assert (
        "Open Mon–Thu 08:00–12:00 and 13:00–17:00; Fri 08:00–14:00, Europe/Berlin."
        in page.content
    )
    browser.get("/services/calendars/1/edit")
    page = browser.submit(saturday="9-12", timezone="Berlin", status=422)
    assert page.errors == ["“Berlin” is no time zone; type one like Europe/Berlin."]
    page = browser.submit(saturday="9-12", timezone="UTC", status=422)
    assert page.errors == ["“9-12” is no interval; type it like 08:00–12:00."]
    assert page.root.one("input", id="saturday").attrs["value"] == "9-12"
    page = browser.submit(saturday="09:00-12:00")
    assert page.told == "Saved."


def test_two_people_at_one_calendar_lose_nothing(app: Flask) -> None:
    browser = Pages(app).as_operator()
    number = a_calendar(Desk(browser.parts.database))
    ben = Pages(app).as_operator("ben")
    for one in (browser, ben):
        one.get(f"/services/calendars/{number}/edit")
    ben.submit(name="Ben's hours")
    page = browser.submit(name="Anna's hours", status=409)
    assert page.root.one("input", id="name").attrs["value"] == "Anna's hours"
    assert "Saved meanwhile: Ben's hours" in page.content
    assert browser.submit().h1 == "Anna's hours"


def test_holidays_are_pasted_in_the_browser(app: Flask) -> None:
    browser = Pages(app).as_operator()
    number = a_calendar(Desk(browser.parts.database))
    browser.get(f"/services/calendars/{number}")
    address = f"/services/calendars/{number}/holidays"
    page = browser.submit(
        address, holidays="2026-12-25 Christmas\n3/4/2026", status=422
    )
    assert page.errors == ["Line 2, “3/4/2026”: begin with the day as 2026-12-25."]
    page = browser.submit(address, holidays="2026-12-25 Christmas")
    assert page.told == "1 holiday is kept."
    assert page.rows()[0][:2] == ["2026-12-25 Fri", "Christmas"]
    assert browser.submit(f"{address}/1/remove").told == "That day counts again."
    assert (
        browser.submit(f"/services/calendars/{number}/remove").told
        == "The calendar is removed."
    )


def test_hours_are_read_by_all_and_changed_by_who_may(app: Flask) -> None:
    reader = Pages(app).as_operator("rita", permissions=("read", "scripts", "policy"))
    number = a_calendar(Desk(reader.parts.database))
    assert "Change the hours" not in reader.get(f"/services/calendars/{number}").content
    for path in (f"{number}/edit", "new"):
        reader.get(f"/services/calendars/{path}", status=403)
    for path in ("remove", "holidays", "holidays/1/remove"):
        reader.post(f"/services/calendars/{number}/{path}", status=403)
