"""People are moved to a role in a real directory, and safely back, by the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from app.core.settings import Settings
from tests.access.engine.slapd_world import (
    COMPANY,
    PLACEHOLDER,
    SERVERS,
    SlapdWorld,
    State,
    company,
    never_less,
    person_dn,
    right_dn,
    role_dn,
    seen,
)
from tests.conftest import Clock
from tests.ldap_sync.servers import GROUPS, group_ldif

Company = Callable[..., SlapdWorld]


@pytest.fixture
def start(settings: Settings, clock: Clock) -> Iterator[Company]:
    """Start a company as ``company`` does; it ends with the test."""
    with ExitStack() as stack:
        yield lambda *held, **more: stack.enter_context(
            company(settings, clock, *held, **more)
        )


@pytest.fixture
def world(start: Company) -> SlapdWorld:
    return start()


@pytest.mark.parametrize("realise", ["nested", "materialised"])
@pytest.mark.parametrize("kind", SERVERS)
def test_one_person_moves_and_comes_back_exactly(
    start: Company, kind: str, realise: str
):
    world = start(kind=kind)
    before = world.state()
    world.role("mail", "post", realise=realise)
    wave = world.applied("ada")
    assert world.states(wave) == {"ada": "soaking"}
    direct = {"clerk"} if realise == "nested" else {"clerk", "mail", "post"}
    assert world.member_of("ada") == direct
    assert {right_dn("mail"), right_dn("post")} <= seen(
        world.state(), person_dn("ada")
    )["recursive"]
    world.undone(wave)
    assert world.states(wave) == {"ada": "undone"}
    assert world.state() == before | {role_dn("clerk"): (PLACEHOLDER,)}


@pytest.mark.parametrize("realise", ["nested", "materialised"])
def test_several_move_and_one_of_them_comes_back(world: SlapdWorld, realise: str):
    before = world.rights()
    world.role("mail", "post", realise=realise)
    wave = world.applied("ada", "ben", "cyd")
    alone = world.state()
    told = world.done("wave", "undo", wave, "--person", "ben")
    assert [(person["person"], person["state"]) for person in told["people"]] == [
        ("ben", "undone")
    ]
    assert world.states(wave) == {"ada": "soaking", "ben": "undone", "cyd": "soaking"}
    assert world.member_of("ben") == {"mail", "post"}
    assert seen(world.state(), person_dn("ada")) == seen(alone, person_dn("ada"))
    world.undone(wave)
    assert world.rights() == before


def test_a_right_outside_the_role_is_kept_and_noted_as_an_exception(world: SlapdWorld):
    world.role("mail", "post")
    told = world.done("wave", "show", world.applied("cyd"))
    assert world.member_of("cyd") == {"clerk", "wiki"}
    assert [(kept["person"], kept["right"]) for kept in told["exceptions"]] == [
        ("cyd", "wiki")
    ]


def test_an_accepted_loss_is_taken_and_comes_back(world: SlapdWorld):
    before = world.rights()
    world.role("mail", "post")
    wave = world.applied(
        "cyd", more=["--accept-loss", "wiki", "--reason", "The wiki is gone soon."]
    )
    assert world.member_of("cyd") == {"clerk"}
    world.undone(wave)
    assert world.rights() == before


@pytest.mark.parametrize("realise", ["nested", "materialised"])
def test_an_accepted_gain_is_given_and_goes_again(world: SlapdWorld, realise: str):
    before = world.rights()
    world.role("mail", "post", realise=realise)
    wave = world.applied("dot", more=["--accept-gain"])
    assert right_dn("post") in seen(world.state(), person_dn("dot"))["recursive"]
    world.undone(wave)
    assert world.rights() == before


@pytest.mark.parametrize("realise", ["nested", "materialised"])
def test_at_no_moment_does_anybody_see_less_than_before_and_after(
    world: SlapdWorld, realise: str
):
    moments: list[State] = []
    world.doors.meanwhile = lambda _number: moments.append(world.state())
    before = world.state()
    world.role("mail", "post", realise=realise)
    wave = world.applied(
        "cyd",
        "ada",
        "dot",
        more=["--accept-gain", "--accept-loss", "wiki", "--reason", "gone"],
    )
    after = world.state()
    assert len(moments) == world.doors.writes >= 5
    never_less(moments, COMPANY, before, after)
    moments.clear()
    world.undone(wave)
    assert len(moments) >= 3
    never_less(moments, COMPANY, after, world.state())


def test_what_was_in_place_already_is_not_ours_and_stays(world: SlapdWorld):
    world.role("mail", "post")
    wave = world.approved("ada")
    world.server.add(group_ldif("clerk", [PLACEHOLDER], dn=role_dn("clerk")))
    world.server.put(right_dn("mail"), role_dn("clerk"))
    before = world.state()
    world.done("wave", "apply", wave)
    states = {
        step["sentence"]: step["state"]
        for step in world.done("wave", "steps", wave)["steps"]
    }
    assert states["Create the role's group clerk."] == "already"
    assert states["Make the role's group clerk a member of mail."] == "already"
    assert states["Make the role's group clerk a member of post."] == "done"
    world.undone(wave)
    assert world.state() == before


def test_the_last_member_makes_way_for_the_placeholder(start: Company):
    world = start({"ada": "mail", "ben": "post"}, spare=False)
    before = world.state()
    world.role("mail")
    wave = world.applied("ada")
    assert world.state()[right_dn("mail")] == (role_dn("clerk"),)
    world.undone(wave)
    assert world.state() == before | {role_dn("clerk"): (PLACEHOLDER,)}


def test_a_group_that_would_be_empty_gets_the_placeholder_and_loses_it_again(
    start: Company,
):
    world = start({"ada": "mail wiki", "ben": "mail"}, spare=False)
    before = world.rights()
    world.role("mail")
    wave = world.applied(
        "ada", more=["--accept-loss", "wiki", "--reason", "Nobody reads it."]
    )
    assert world.state()[right_dn("wiki")] == (PLACEHOLDER,)
    world.undone(wave)
    assert world.rights() == before


def test_without_a_placeholder_the_last_member_is_left_out_with_the_reason(
    start: Company,
):
    world = start({"ada": "mail wiki", "ben": "mail"}, spare=False, placeholders=())
    before = world.state()
    world.role("mail")
    chosen = [
        "--person",
        "ada",
        "--person",
        "ben",
        "--accept-loss",
        "wiki",
        "--reason",
        "Nobody reads it.",
    ]
    told = world.done("wave", "plan", "clerk", *chosen)
    assert [person["person"] for person in told["people"]] == ["ben"]
    assert told["left_out"][0]["why"] == (
        "Is the last member of wiki, which must not be empty; name a placeholder member first."
    )
    assert world.state() == before


def test_without_a_placeholder_the_group_of_the_role_lists_itself_and_is_let_go_in_the_end(
    start: Company,
):
    world = start(placeholders=())
    before = world.state()
    world.role("mail", "post")
    wave = world.applied("ada")
    assert world.state()[role_dn("clerk")] == (role_dn("clerk"), person_dn("ada"))
    world.undone(wave)
    assert world.state() == before | {role_dn("clerk"): (role_dn("clerk"),)}


def test_a_second_wave_finds_the_role_in_place_and_the_last_undo_takes_it_out_of_the_groups(
    world: SlapdWorld,
):
    before = world.rights()
    world.role("mail", "post")
    first = world.applied("ada")
    world.sync()
    second = world.applied("ben")
    world.undone(first)
    assert right_dn("mail") in seen(world.state(), person_dn("ben"))["recursive"]
    world.undone(second)
    assert world.rights() == before


def test_a_role_can_be_climbed_again_after_it_was_taken_back(world: SlapdWorld):
    world.role("mail", "post")
    world.undone(world.applied("ada"))
    world.sync()
    before = world.state()
    wave = world.applied("ada")
    assert world.member_of("ada") == {"clerk"}
    world.undone(wave)
    assert world.state() == before


def test_names_of_all_sorts_travel_safely(start: Company):
    names = ["o'neil, ann", "jörg müller", "#1 «x»", "a+b=c"]
    world = start(dict.fromkeys(names, "mail") | {"ada": "mail"})
    world.server.add(
        group_ldif(
            "Reisen, Büro",
            [person_dn(name) for name in names],
            dn=right_dn("Reisen, Büro"),
        )
    )
    world.sync()
    before = world.rights()
    world.role("mail", "Reisen, Büro", name="Büro, klein")
    wave = world.applied(*names, role="Büro, klein")
    assert all(
        world.member_of(name) == {r"B\C3\BCro\2C klein"}
        or "mail" not in world.member_of(name)
        for name in names
    )
    world.undone(wave)
    assert world.rights() == before


def test_every_kind_of_group_can_be_a_right_of_a_role(start: Company):
    world = start({"ada": "mail", "ben": "mail"})
    people = [person_dn("ada"), person_dn("ben")]
    world.server.add(group_ldif("unique", people, kind="groupOfUniqueNames"))
    world.server.add(group_ldif("unix", ["ada", "ben"], kind="posixGroup"))
    world.server.add(group_ldif("job", people, kind="organizationalRole"))
    world.server.add(group_ldif("crew", people, kind="groupOfMembers"))
    world.sync()
    before = world.rights()
    assert before[f"cn=job,{GROUPS}"] == tuple(people)
    world.role("mail", "unique", "unix", "job", "crew")
    told = world.done("wave", "show", world.approved("ada", "ben"))
    assert told["people"][0]["remove"] == ["crew", "job", "mail", "unique"]
    world.done("wave", "apply", str(told["wave"]))
    assert world.member_of("ada") == {"clerk"}
    assert world.state()[f"cn=unix,{GROUPS}"] == ("ada", "ben")
    world.undone(str(told["wave"]))
    assert world.rights() == before


def test_values_in_an_unusual_spelling_are_the_persons_own(start: Company):
    world = start({"ada": "mail", "ben": "mail"})
    marked = f"{person_dn('ada')}#'0101'B"
    world.server.add(group_ldif("unix", ["ADA", "ben"], kind="posixGroup"))
    world.server.add(
        group_ldif("unique", [marked, person_dn("ben")], kind="groupOfUniqueNames")
    )
    world.server.add(
        group_ldif(
            "both",
            [marked, person_dn("ada"), person_dn("ben")],
            kind="groupOfUniqueNames",
        )
    )
    world.sync()
    before = world.rights()
    world.role("mail", "unique", "both")
    wave = world.applied(
        "ada", more=["--accept-loss", "unix", "--reason", "No shell any more."]
    )
    after = world.state()
    assert [
        values for dn, values in after.items() if "ADA" in values or marked in values
    ] == []
    world.undone(wave)
    assert world.rights() == before


def test_the_group_of_the_role_may_stand_nested_above_another(start: Company):
    world = start({"ada": "inner outer", "ben": "inner"}, nested=[("inner", "outer")])
    before = world.rights()
    world.role("outer", "inner")
    wave = world.applied("ada")
    assert {right_dn("inner"), right_dn("outer")} <= seen(
        world.state(), person_dn("ada")
    )["recursive"]
    world.undone(wave)
    assert world.rights() == before


def test_people_confirmed_can_be_undone_as_well(world: SlapdWorld):
    before = world.rights()
    world.role("mail", "post")
    wave = world.applied("ada", "ben")
    told = world.done("wave", "confirm", wave, "--note", "Both logged in this morning.")
    assert (told["state"], world.states(wave)) == (
        "confirmed",
        {"ada": "confirmed", "ben": "confirmed"},
    )
    world.undone(wave)
    assert world.rights() == before
