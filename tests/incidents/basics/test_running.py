"""The desk's numbers and its basics: versions with reasons, signatures and dissent that are
kept.
"""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.core.errors import Invalid, Refused
from app.incidents.basics.actions import say, set_numbers, typed_rules, write_basics
from app.incidents.basics.queries import basics_page, kept_figures, number_versions
from app.incidents.basics.rules import SHIPPED, DeskRule, content_of, faults_of
from app.incidents.queries import desk_numbers
from app.incidents.restoration.actions import restore
from app.incidents.rules import DEFAULT, DeskNumbers, numbers_from
from app.incidents.work.actions import step
from app.models.incidents.desk import BasicsSheet, BasicsSignature
from app.models.incidents.incident import Incident
from app.models.incidents.words import BasicsStance
from tests.incidents.builders import Desk, rows
from tests.pages import Pages


@given(st.dictionaries(st.integers(1, 5), st.floats(-10, 10_000), min_size=5))
def test_only_numbers_without_a_fault_are_put_in_force(hours: dict[int, float]) -> None:
    good = all(0 < each <= 8760 for each in hours.values())
    assert good == (not list(faults_of(replace(DEFAULT, target_hours=hours))))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"escalate_at": ()}, "escalate_at"),
        ({"escalate_at": (2.0, 1.0)}, "escalate_at"),
        ({"mass_from": 1}, "mass_from"),
        ({"currency": ""}, "currency"),
        ({"untouched_hours": {**DEFAULT.untouched_hours, 3: 0}}, "untouched_hours_3"),
    ],
)
def test_a_number_that_cannot_be_used_is_named(
    desk: Desk, values: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        desk.do(set_numbers, replace(DEFAULT, **values), "Why not")  # type: ignore[arg-type]
    assert refused.value.field == field


def test_numbers_change_with_a_reason_and_every_open_incident_is_looked_at_again(
    desk: Desk,
) -> None:
    desk.reported()
    with pytest.raises(Refused, match="Nothing differs"):
        desk.do(set_numbers, DEFAULT, "Why not")
    with pytest.raises(Invalid, match="Say why"):
        desk.do(set_numbers, replace(DEFAULT, mass_from=4), " ")
    desk.do(set_numbers, replace(DEFAULT, escalate_at=(0.5, 1)), "Earlier")
    assert desk.ask(desk_numbers).escalate_at == (0.5, 1)
    [version] = desk.ask(number_versions)
    assert version.rows == (
        {"name": "Escalate at", "before": "1, 1.5, 2", "after": "0.5, 1"},
    )
    assert rows(desk.database, select(Incident.look_at)) == [None]


def test_every_number_has_a_field_and_survives_the_page(app: Flask) -> None:
    browser = Pages(app).as_operator("paul")
    page = browser.get("/desk/settings")
    named = {
        node.attrs["name"].removesuffix("_1")
        for node in page.form().walk()
        if node.attrs.get("name")
    }
    assert {field.name for field in fields(DeskNumbers)} <= named
    page = browser.submit(
        target_hours_2="6,5", problem_records="y", reason="We got quicker"
    )
    assert page.told == "The new numbers are in force."
    with browser.parts.database.read() as session:
        found = desk_numbers(session)
    expected = replace(
        DEFAULT, target_hours={**DEFAULT.target_hours, 2: 6.5}, problem_records=True
    )
    assert (
        content_of(found)
        == content_of(expected)
        == content_of(numbers_from(content_of(found)))
    )
    assert browser.submit(target_hours_1="0", reason="x", status=422).errors


def test_basics_are_signed_or_dissented_from_by_name_and_what_was_said_is_kept(
    desk: Desk,
) -> None:
    desk.do(say, None, "", BasicsStance.SIGNS)
    [sheet] = rows(desk.database, select(BasicsSheet))
    assert len(sheet.rules) == len(SHIPPED)
    with pytest.raises(Refused, match="already"):
        desk.do(say, sheet.id, "", BasicsStance.SIGNS)
    with pytest.raises(Invalid, match="do not agree"):
        desk.do(say, sheet.id, "tell", BasicsStance.DISSENTS, " ", by="tom")
    desk.do(say, sheet.id, "tell", BasicsStance.DISSENTS, "Too often", by="tom")
    changed = [*SHIPPED[:3], DeskRule("coffee", "Coffee helps.")]
    desk.do(write_basics, changed, "Fewer")
    with pytest.raises(Refused, match="newer version"):
        desk.do(say, sheet.id, "", BasicsStance.SIGNS, by="ute")
    found = desk.ask(basics_page, desk.now)
    assert (
        found.version,
        found.signed,
        [line.rule.key for line in found.lines][-1],
    ) == (
        2,
        0,
        "coffee",
    )
    [(_, version, said)] = found.older
    assert (version, {(each.who, each.text) for each in said}) == (
        1,
        {("dora", ""), ("tom", "Too often")},
    )


def test_a_rule_keeps_its_setting_while_its_name_stays() -> None:
    text = (
        "Too slow goes up. At once.\n\nRestore first. Causes and paperwork come after it works "
        "again.\nSmile."
    )
    found = typed_rules(text, SHIPPED)
    assert [(rule.key, rule.setting) for rule in found] == [
        ("too-slow", "escalate_at"),
        ("restore-first", "target_hours"),
        ("smile", ""),
    ]


def test_whether_a_rule_is_kept_is_counted_from_the_incidents(desk: Desk) -> None:
    first, second = desk.reported(), desk.reported()
    desk.do(step, first, "Off and on", 1)
    for number in (first, second):
        desk.do(restore, number, "It works")
    desk.reported(service_id=desk.service())
    desk.forward(hours=30)
    found = desk.ask(kept_figures, desk.now)
    assert (
        found["tried"]
        == "1 of 2 (50 %) restored in the last 90 days say what was tried."
    )
    assert found["restore"].startswith("2 of 2 (100 %)")
    assert found["untouched"].startswith("1 of 1 (100 %)")
    assert found["late_told"].startswith("0 of 1")


def test_the_page_of_the_basics_takes_signatures_and_dissent(app: Flask) -> None:
    browser = Pages(app).as_operator("nina")
    browser.get("/desk/basics")
    assert (
        browser.post(
            "/desk/basics/say", {"sheet": "", "rule": "", "stance": "signs"}
        ).told
        == "Signed."
    )
    [sheet] = rows(browser.parts.database, select(BasicsSheet))
    said = {
        "sheet": str(sheet.id),
        "rule": "tell",
        "stance": "dissents",
        "text": "Too often",
    }
    assert "“Too often”" in browser.post("/desk/basics/say", said).content
    browser.get("/desk/basics/edit")
    assert browser.submit(rules="Restore first.", reason="Short").told.startswith(
        "The new version"
    )
    assert len(rows(browser.parts.database, select(BasicsSignature))) == 2
    desk = Desk(browser.parts.database, browser.parts.now())
    assert "Restore first." in browser.get(f"/desk/{desk.reported()}").content


def test_two_who_change_the_basics_at_once_do_not_overwrite_each_other(
    app: Flask,
) -> None:
    anna, bert = Pages(app).as_operator("anna"), Pages(app).as_operator("bert")
    for browser in (anna, bert):
        browser.get("/desk/basics/edit")
    anna.submit(rules="Restore first.\nAnna smiles.", reason="One more")
    page = bert.submit(
        rules="Restore first.\nBert smiles.", reason="Another", status=422
    )
    assert "anna put a newer version in force meanwhile" in page.content
    assert "Anna smiles." in page.content and "Bert smiles." in page.html
    assert "Bert smiles." not in anna.get("/desk/basics").content
    assert bert.submit().told.startswith("The new version")


def test_two_who_change_the_numbers_at_once_do_not_overwrite_each_other(
    app: Flask,
) -> None:
    anna, bert = Pages(app).as_operator("anna"), Pages(app).as_operator("bert")
    for browser in (anna, bert):
        browser.get("/desk/settings")
    anna.submit(mass_from="4", reason="Fewer alarms")
    assert (
        "anna put a newer version"
        in bert.submit(mass_minutes="30", reason="Sooner", status=422).content
    )
    with anna.parts.database.read() as session:
        assert (
            desk_numbers(session).mass_from,
            desk_numbers(session).mass_minutes,
        ) == (
            4,
            DEFAULT.mass_minutes,
        )


def test_who_has_not_said_anything_yet_is_named_and_nothing_is_counted_out_of_nothing(
    app: Flask,
) -> None:
    browser = Pages(app).as_operator("nina")
    Desk(browser.parts.database).team("Desk", "nina", "tom")
    page = browser.get("/desk/basics")
    assert "Not said yet by nina, tom." in page.content
    assert "Nothing to count yet." in page.content and "0 of 0" not in page.content
    browser.post("/desk/basics/say", {"sheet": "", "rule": "", "stance": "signs"})
    assert "Not said yet by tom." in browser.get("/desk/basics").content


def test_versions_are_counted_beyond_those_shown(desk: Desk) -> None:
    for number in range(22):
        desk.do(write_basics, [DeskRule("one", f"Rule {number}.")], "Again")
    assert desk.ask(basics_page, desk.now).version == 22
