"""Sites with their business weight, and teams with the operators who work in them."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.people.rules.weights import weights_from
from tests.incidents.builders import Desk
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("anna")


@pytest.fixture
def desk(pages: Pages) -> Desk:
    return Desk(pages.parts.database)


def test_weights_are_read_as_such_or_follow_from_turnover() -> None:
    assert weights_from("Bern; 8\nLyon;3\n").by_site == {"Bern": 8, "Lyon": 3}
    assert weights_from("site,weight\nBern,8").by_site == {"Bern": 8}
    assert weights_from(
        "site\tturnover\nBern\t1 000 000\nLyon\t250000\nOslo\t1"
    ).by_site == {
        "Bern": 10,
        "Lyon": 3,
        "Oslo": 1,
    }


@given(
    st.dictionaries(
        st.text("abcdef", min_size=1, max_size=8), st.integers(1, 10**9), min_size=1
    )
)
def test_more_turnover_never_weighs_less(turnover: dict[str, int]) -> None:
    found = weights_from(
        "site;turnover\n"
        + "\n".join(f"{name};{amount}" for name, amount in turnover.items())
    )
    ordered = [
        found.by_site[name] for name in sorted(turnover, key=turnover.__getitem__)
    ]
    assert found.wrong == () and ordered == sorted(ordered)
    assert ordered[-1] == 10 and ordered[0] >= 1


def test_every_line_that_cannot_be_used_is_named() -> None:
    assert weights_from("Bern;0\nLyon\n;4\nOslo;11\nKiel;2\nKiel;3").wrong == (
        "Line 1: a site and a number above 0 are needed.",
        "Line 2: a site and a number above 0 are needed.",
        "Line 3: a site and a number above 0 are needed.",
        "Line 6: “Kiel” stands above already.",
        "“Oslo”: the weight goes from 1 to 10.",
    )


def test_many_weights_are_set_at_once_and_open_incidents_follow(
    pages: Pages, desk: Desk
) -> None:
    bern, lyon = desk.site("Bern", 2), desk.site("Lyon", 5)
    number = desk.reported(site_id=bern)
    pages.get("/sites/weights")
    assert (
        "There is no site “Paris”."
        in pages.submit(text="Bern; 9\nParis; 3", status=422).errors[0]
    )
    assert desk.incident(number).site_weight == 2
    assert pages.submit(text="bern; 9\nLyon; 5").told == "1 weight changed."
    assert desk.incident(number).site_weight == 9
    assert pages.get("/places").rows("Sites") == [
        ["Bern", "9", "UTC", "–", "–"],
        ["Lyon", "5", "UTC", "–", "–"],
    ]
    assert lyon > bern


def test_the_weight_of_one_site_reorders_its_open_incidents(
    pages: Pages, desk: Desk
) -> None:
    bern = desk.site("Bern", 2)
    number = desk.reported(site_id=bern)
    pages.get(f"/sites/{bern}")
    pages.submit(f"/sites/{bern}", weight="7")
    assert desk.incident(number).site_weight == 7
    assert "open incidents with the new weight after: 1" in pages.get("/audit").text


def test_operators_work_in_teams(pages: Pages, desk: Desk) -> None:
    team = desk.team("Tills", "tom", "tina")
    pages.get("/teams/new")
    page = pages.submit(name="Desk", members=["1"])
    assert [row[:2] for row in page.rows("Teams")] == [
        ["Desk", "anna"],
        ["Tills", "tina, tom"],
    ]
    pages.get(f"/teams/{team}")
    page = pages.submit(f"/teams/{team}", members=["3"])
    assert page.rows("Teams")[1][1] == "tina"
    assert "Changed the team Tills" in pages.get("/audit").text


def test_nobody_works_in_a_team_who_is_no_operator(pages: Pages) -> None:
    pages.get("/teams/new")
    assert pages.submit(name="Desk", members=["99"], status=422).errors == [
        "Choose operators who are there."
    ]
    assert "No team yet." in pages.get("/places").content


def test_sites_and_teams_are_kept(pages: Pages) -> None:
    pages.get("/sites/new")
    assert pages.submit(name="Hamburg", weight="11", status=422).errors == [
        "The business weight goes from 1 to 10."
    ]
    pages.submit(name="Hamburg", weight="8")
    pages.get("/teams/new")
    page = pages.submit(name="Desk", desk="first level", site_id="hamburg")
    assert page.rows("Teams")[0][0] == "Desk"
    assert page.rows("Sites")[0][:2] == ["Hamburg", "8"]


def test_a_turnover_that_may_be_two_numbers_is_named_and_not_taken() -> None:
    found = weights_from("site;turnover\nBern;1,234\nLyon;1,234,567\n")
    assert found.wrong == (
        "Line 2: “1,234” may mean 1.234 or 1234; write one of them.",
    )
    assert found.by_site == {"Lyon": 10}
