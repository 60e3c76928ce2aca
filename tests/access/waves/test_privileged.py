"""Rights whose holders rule over others: by name only, in a wave of their own, approved by two."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.access.plan.values import PlanChoices
from app.access.rules import Terrain, off_limits
from app.access.waves.rules import Approval, is_self_approval, objection
from app.core.errors import Refused
from app.core.settings import Settings
from app.directory.actions import mark_privileged
from app.models.access.words import WaveState
from ldap_sync import mapping
from ldap_sync.accounts import Judge
from tests.access.builders import MONDAY, World, a_world, an_operator
from tests.access.worlds import KEPT, person, right, world
from tests.acting import acting
from tests.conftest import Rung
from tests.pages import Pages

ADMINS = right("admins", privileged=True)


def test_accepting_every_gain_does_not_cover_a_privileged_one() -> None:
    here = world({"ada": "mail", "ben": "mail admins"}, admins=ADMINS)
    role = here.role("mail", "admins")
    plan = here.plan(
        role, "ada", choices=PlanChoices(default=KEPT, accept_all_gains=True)
    )
    assert [item.why for item in plan.left_out] == [
        "Would gain the privileged admins; that is accepted for each person by name only."
    ]
    named = PlanChoices(
        default=KEPT, gains=frozenset({(here.people["ada"], here.rights["admins"])})
    )
    assert here.plan(role, "ada", choices=named).people


def test_whom_a_privileged_right_is_touched_for_goes_in_a_wave_of_its_own() -> None:
    here = world({"ada": "mail", "ben": "mail admins"}, admins=ADMINS)
    lost = PlanChoices(
        default=KEPT, losses={(None, here.rights["admins"]): "not needed"}
    )
    plan = here.plan(here.role("mail"), "ada", "ben", choices=lost)
    assert [one.person.uid for one in plan.people] == ["ada"]
    assert [item.why for item in plan.left_out] == [
        "Touches the privileged admins; plan a wave of its own for that."
    ]
    assert [
        one.person.uid
        for one in here.plan(here.role("mail"), "ben", choices=lost).people
    ] == ["ben"]


def test_a_privileged_right_that_is_only_kept_does_not_set_anybody_aside() -> None:
    here = world({"ada": "mail", "ben": "mail admins"}, admins=ADMINS)
    assert len(here.plan(here.role("mail"), "ada", "ben").people) == 2


def test_an_account_under_adminsdholder_is_refused_with_the_way_out() -> None:
    why = off_limits(person("ada", guarded=True), Terrain())
    assert "AdminSDHolder" in why and "clear adminCount" in why


SID = "S-1-5-21-2729703147-1580676874-2025354571"


@pytest.mark.parametrize(
    ("attributes", "privileged"),
    [
        ({"objectsid": [f"{SID}-512"]}, True),
        ({"objectsid": [f"{SID}-519"]}, True),
        ({"objectsid": ["S-1-5-32-544"]}, True),
        ({"objectsid": ["S-1-5-32-551"]}, True),
        ({"objectsid": [f"{SID}-1104"], "admincount": ["1"]}, True),
        ({"objectsid": [f"{SID}-513"]}, False),
        ({"objectsid": [f"{SID}-1104"], "admincount": ["0"]}, False),
        ({"objectsid": ["S-1-5-32-545"]}, False),
        ({"objectsid": ["S-1-5-32-x"]}, False),
        ({"admincount": ["many"]}, False),
        ({}, False),
    ],
)
def test_active_directory_says_which_groups_rule(
    attributes: dict[str, list[str]], privileged: bool
) -> None:
    assert mapping.group_from(attributes, "cn=g,dc=x").privileged is privileged


def test_active_directory_says_whom_it_guards() -> None:
    judge = Judge(datetime(2026, 5, 3, tzinfo=UTC))
    assert mapping.person_from({"admincount": ["1"]}, "cn=ada,dc=x", judge).guarded
    assert not mapping.person_from({"uid": ["ada"]}, "cn=ada,dc=x", judge).guarded


def test_a_sid_comes_as_octets_from_a_server() -> None:
    built_in = bytes.fromhex("01020000000000052000000020020000")
    found = mapping.plain(
        {"objectSid": [built_in], "objectGUID": [uuid.uuid4().bytes_le]}
    )
    assert mapping.group_from(found, "cn=Administrators,dc=x").privileged


SECOND = Approval(
    "cyd",
    "cyd",
    "ada",
    (),
    ("ada", "ben", "cyd"),
    MONDAY,
    MONDAY,
    timedelta(hours=4),
    first="ben",
    first_at=MONDAY,
)


def test_the_second_approver_is_somebody_else() -> None:
    assert objection(SECOND) == ""
    again = replace(SECOND, approver="ben", approver_uid="ben")
    assert (
        objection(again)
        == "ben approved already; a second approver has to look at it (ada, cyd)."
    )
    author = replace(SECOND, approver="ada", approver_uid="ada")
    assert objection(author) == "ada made this plan; somebody else has to approve it."


def test_in_a_team_of_two_the_author_is_the_second_after_the_cooling_period() -> None:
    author = replace(
        SECOND, approver="ada", approver_uid="ada", approvers=("ada", "ben")
    )
    assert "possible from 2 Mar, 13:00 UTC" in objection(author)
    later = replace(author, now=MONDAY + timedelta(hours=4))
    assert objection(later) == "" and is_self_approval(later)


def test_alone_one_approves_twice_with_the_cooling_period_between() -> None:
    alone = replace(
        SECOND, approver="ada", approver_uid="ada", approvers=("ada",), first="ada"
    )
    assert "ada approved already and is the only approver" in objection(alone)
    assert objection(replace(alone, now=MONDAY + timedelta(hours=4))) == ""


@given(
    approver=st.sampled_from("abc"),
    author=st.sampled_from("abc"),
    first=st.sampled_from("abc"),
    hours=st.integers(0, 10),
)
def test_nobody_is_both_approvers_while_somebody_else_could_be(
    approver: str,
    author: str,
    first: str,
    hours: int,
) -> None:
    asked = replace(
        SECOND,
        approver=approver,
        approver_uid=approver,
        author=author,
        first=first,
        approvers="abc",
        now=MONDAY + timedelta(hours=hours),
    )
    if approver in (author, first):
        assert objection(asked)


PEOPLE = {"ada": "mail post", "ben": "mail post", "cyd": "mail"}


@pytest.fixture
def here(app: Flask, settings: Settings) -> World:
    return a_world(app.extensions["rung"].database, PEOPLE, plans=settings.plans)


def mark(here: World, name: str, *, by: str = "anna") -> None:
    with here.database.write() as session:
        mark_privileged(acting(session, by, here.now()), here.rights[name], True)


def test_a_wave_that_touches_a_privileged_right_waits_for_two_in_the_browser(
    app: Flask, here: World
) -> None:
    mark(here, "post")
    wave = here.wave(here.role(), "ada")
    for name in ("ben2", "cyd2"):
        an_operator(here.database, name)
    first = Pages(app).as_operator("ben2")
    page = first.get(f"/waves/{wave}")
    assert (
        "It touches privileged rights (post), so two people approve it." in page.content
    )
    page = first.post(f"/waves/{wave}/approve")
    assert page.told == "Your approval is noted. Privileged rights need a second one."
    assert "ben2 approved already; a second approver has to look at it" in page.content
    second = Pages(app).as_operator("cyd2")
    assert second.post(f"/waves/{wave}/approve").told.startswith(
        "The plan is approved."
    )


def test_the_command_line_tells_of_the_first_and_refuses_the_same_again(
    here: World, rung: Rung
) -> None:
    assert rung("right", "privileged", "post").out == "post is privileged.\n"
    here.role()
    for name in ("olga", "otto"):
        an_operator(here.database, name)
    planned = rung(
        "wave", "plan", "Clerk", "--person", "cyd", "--accept-gain", "--json"
    )
    assert "for each person by name only" in planned.json["left_out"][0]["why"]
    named = ("--accept-gain-of", "cyd", "post")
    told = rung("wave", "plan", "Clerk", "--person", "cyd", *named, "--json").json
    assert told["privileged"] == ["post"]
    wave = str(told["wave"])
    first = rung("wave", "approve", wave, "--as", "olga", "--json").json
    assert (first["state"], first["first_approval"], first["approved"]) == (
        "planned",
        "olga",
        None,
    )
    again = rung("wave", "approve", wave, "--as", "olga")
    assert (again.code, "a second approver" in again.err) == (1, True)
    assert (
        rung("wave", "approve", wave, "--as", "otto", "--json").json["state"]
        == WaveState.APPROVED.value
    )


def test_a_mark_is_set_and_taken_back_on_the_page_of_a_right(
    app: Flask, here: World
) -> None:
    browser = Pages(app).as_operator("anna")
    page = browser.get(f"/rights/{here.rights['mail']}")
    page = browser.submit(f"/rights/{here.rights['mail']}", privileged="y")
    assert "yes, marked by anna" in page.content
    mark(here, "mail")
    with here.database.write() as session:
        mark_privileged(acting(session, "anna", here.now()), here.rights["mail"], False)
    assert (
        "yes, marked by anna"
        not in browser.get(f"/rights/{here.rights['mail']}").content
    )


def test_who_applies_has_said_which_account_is_their_own(
    here: World, settings: Settings
) -> None:
    wave = here.wave(here.role(), "ada")
    here.approve(wave, settings, by="olga")
    an_operator(here.database, "otto", person_uid="")
    with pytest.raises(Refused, match="so otto cannot apply"):
        here.apply(wave, settings, by="otto")


def test_who_is_made_an_approver_waits_and_so_does_one_who_became_somebody_else(
    here: World, rung: Rung
) -> None:
    wave = str(here.wave(here.role(), "ada"))
    an_operator(here.database, "olga")
    rung(
        "operator",
        "add",
        "nina",
        "--permission",
        "read",
        "--permission",
        "approve",
        "--person",
        "-",
    )
    refused = rung("wave", "approve", wave, "--as", "nina")
    assert (refused.code, "after the cooling period" in refused.err) == (1, True)
    rung("operator", "change", "olga", "--person", "ben")
    assert (
        "after the cooling period" in rung("wave", "approve", wave, "--as", "olga").err
    )
