"""Waves on the command line: the plan in its public shape, approval, lists, and every refusal in
one line.
"""

from __future__ import annotations

import pytest

from app.core.settings import Settings
from tests.access.builders import World, a_world, an_operator
from tests.conftest import Clock, Rung

PEOPLE = {
    "ada": "mail post",
    "ben": "mail post",
    "cyd": "mail post wiki",
    "dot": "mail",
    "lea": "mail post",
}
KEYS = ("person", "name", "covered", "missing", "extra", "add", "remove")


@pytest.fixture
def world(app, database, settings: Settings) -> World:
    made = a_world(
        database, PEOPLE, plans=settings.plans, people={"lea": {"disabled": True}}
    )
    made.role("Clerk")
    an_operator(database, "olga")
    return made


def plan(rung: Rung, *words: str):
    return rung("wave", "plan", "Clerk", *words, "--json")


def test_the_plan_has_its_public_shape(world: World, rung: Rung):
    planned = plan(
        rung, "--person", "ada", "--person", "cyd", "--person", "dot", "--person", "lea"
    )
    told = planned.json
    assert planned.code == 0
    assert (told["wave"], told["number"], told["state"], len(told["hash"])) == (
        1,
        1,
        "planned",
        64,
    )
    assert [{key: person[key] for key in KEYS} for person in told["people"]] == [
        {
            "person": "ada",
            "name": "Ada",
            "covered": ["mail", "post"],
            "missing": [],
            "extra": [],
            "add": ["Clerk"],
            "remove": ["mail", "post"],
        },
        {
            "person": "cyd",
            "name": "Cyd",
            "covered": ["mail", "post"],
            "missing": [],
            "extra": ["wiki"],
            "add": ["Clerk"],
            "remove": ["mail", "post"],
        },
    ]
    assert [
        (kept["person"], kept["right"], kept["until"]) for kept in told["exceptions"]
    ] == [("cyd", "wiki", "2026-05-31")]
    assert (told["losses"], told["gains"], told["limits"]) == ([], [], [])
    assert [(left["person"], left["why"]) for left in told["left_out"]] == [
        ("dot", "Would gain post; nobody accepted that."),
        ("lea", "Has left: the account is disabled."),
    ]


def test_the_plan_is_told_in_words_losses_first(world: World, rung: Rung):
    chosen = ("--person", "cyd", "--person", "dot", "--accept-gain")
    lost = ("--accept-loss", "wiki", "--reason", "It is read-only now.")
    lines = rung("wave", "plan", "Clerk", *chosen, *lost).out.splitlines()
    assert lines[0] == "Wave 1 of Clerk (W 1), planned: 2 people, 6 changes."
    assert lines[1] == "1 loss, 1 gain, 0 exceptions; 0 people left out."
    assert lines[2] == "Loses wiki (cyd): It is read-only now. Still seen: no."
    assert lines[3] == "Gains post (dot) through the role."
    assert (
        lines[-1]
        == "Another operator approves it: `rung wave approve 1 --as OPERATOR`."
    )


def test_everybody_who_fits_is_planned_without_leavers_and_people_already_through(
    world: World, rung: Rung
):
    told = plan(rung, "--all-fitting").json
    assert [person["person"] for person in told["people"]] == ["ada", "ben", "cyd"]
    assert told["left_out"] == []


def test_all_fitting_leaves_out_who_is_in_another_open_wave(world: World, rung: Rung):
    wave = str(plan(rung, "--person", "ada").json["wave"])
    rung("wave", "approve", wave, "--as", "olga")
    assert [
        person["person"] for person in plan(rung, "--all-fitting").json["people"]
    ] == [
        "ben",
        "cyd",
    ]
    assert (
        "open switch already: wave 1 of Clerk"
        in plan(rung, "--person", "ada").json["left_out"][0]["why"]
    )


def test_what_is_kept_has_an_owner_a_reason_and_an_end(world: World, rung: Rung):
    words = (
        "--keep-until",
        "2026-04-01",
        "--keep-owner",
        "Ms Adler",
        "--keep-reason",
        "Until the handover.",
    )
    kept = plan(rung, "--person", "cyd", *words).json["exceptions"]
    told = {"owner": "Ms Adler", "reason": "Until the handover.", "until": "2026-04-01"}
    assert kept == [{"person": "cyd", "right": "wiki", **told}]
    refused = rung(
        "wave", "plan", "Clerk", "--person", "cyd", "--keep-until", "2026-03-02"
    )
    assert (refused.code, refused.err) == (
        1,
        "rung: A right can be kept until a date in the future.\n",
    )


@pytest.mark.parametrize(
    ("person", "why"), [("dot", "Would gain post"), ("lea", "Has left")]
)
def test_when_nobody_can_be_moved_the_shape_stays_and_the_code_is_1(
    world: World, rung: Rung, person: str, why: str
):
    refused = plan(rung, "--person", person)
    assert (refused.code, refused.json["wave"], refused.json["people"]) == (1, None, [])
    assert refused.json["error"] == "Nobody can be moved with these choices."
    assert why in refused.json["left_out"][0]["why"]
    assert refused.err.count("\n") == 1 and why in refused.err
    assert rung("wave", "list").out.startswith("No waves yet.")


def test_when_the_role_itself_cannot_be_applied_everybody_is_left_out_for_that(
    app, database, settings: Settings, rung: Rung
):
    special = {"Clerk": {"is_role": True, "dn": "cn=Clerk,dc=acme,dc=test"}}
    world = a_world(
        database, {"ada": "mail", "eve": "Clerk"}, plans=settings.plans, rights=special
    )
    world.role("Clerk", "mail")
    refused = plan(rung, "--person", "ada")
    assert refused.code == 1
    assert [left["person"] for left in refused.json["left_out"]] == ["ada"]
    assert (
        "Eve is already in the group Clerk and would gain mail" in refused.json["error"]
    )


def test_a_plan_names_somebody(world: World, rung: Rung):
    assert rung("wave", "plan", "Clerk").code == 2
    wrong = rung("wave", "plan", "Clerk", "--person", "ada", "--accept-loss", "wiki")
    assert (wrong.code, "--accept-loss needs --reason." in wrong.err) == (2, True)
    unknown = rung("wave", "plan", "Clerk", "--person", "aada")
    assert (unknown.code, unknown.err.count("\n")) == (1, 1)


def test_somebody_named_twice_is_moved_once(world: World, rung: Rung):
    told = plan(
        rung,
        "--person",
        "ada",
        "--person",
        "uid=ada,ou=people,dc=acme,dc=test",
        "--all-fitting",
    ).json
    assert [person["person"] for person in told["people"]].count("ada") == 1


def test_a_plan_over_the_limits_says_so_and_is_not_applied(
    app, database, settings: Settings, rung: Rung
):
    people = {f"p{number}": "mail post" for number in range(6)}
    world = a_world(database, people, plans=settings.plans)
    world.role("Clerk", "mail")
    an_operator(database, "olga")
    words = ("--all-fitting", "--accept-loss", "post", "--reason", "gone")
    told = plan(rung, *words).json
    assert told["limits"] == [
        "6 of the 6 people in post would lose it; the limit is 50%."
    ]
    rung("wave", "approve", "1", "--as", "olga")
    refused = rung("wave", "apply", "1")
    assert (refused.code, "Too much at once: 6 of the 6 people" in refused.err) == (
        1,
        True,
    )


def test_a_wave_is_approved_by_somebody_who_may_and_did_not_plan_it(
    world: World, rung: Rung, database
):
    an_operator(database, "rita", permissions=["read"])
    an_operator(database, "adam", person_uid="ada")
    plan(rung, "--person", "ada")
    for name, why in (
        ("nobody", "There is no operator nobody."),
        ("rita", "rita is not an operator who may approve."),
        ("adam", "adam is in this plan and cannot approve it."),
    ):
        refused = rung("wave", "approve", "1", "--as", name)
        assert (refused.code, refused.err) == (1, f"rung: {why}\n")
    approved = rung("wave", "approve", "1", "--as", "OLGA", "--json").json
    assert (
        approved["state"],
        approved["approved"]["by"],
        approved["approved"]["self"],
    ) == (
        "approved",
        "olga",
        False,
    )
    assert (
        "not waiting for approval" in rung("wave", "approve", "1", "--as", "olga").err
    )


def test_the_author_does_not_approve_unless_alone_and_later(
    world: World, rung_as, clock: Clock
):
    rung = rung_as("olga")
    plan(rung, "--person", "ada")
    early = rung("wave", "approve", "1", "--as", "olga").err
    assert "only approver: self-approval is possible from 2 Mar, 13:00 UTC" in early
    clock.forward(hours=4)
    assert (
        "olga, who planned it, approved"
        in rung("wave", "approve", "1", "--as", "olga").out
    )


def test_a_wave_is_withdrawn_before_it_is_applied(world: World, rung: Rung):
    plan(rung, "--person", "ada")
    assert (
        rung("wave", "withdraw", "1", "--reason", "wrong week").out
        == "Withdrew Wave 1 of Clerk.\n"
    )
    assert rung("wave", "approve", "1", "--as", "olga").code == 1
    assert rung("wave", "apply", "1").code == 1


def test_waves_are_listed_and_shown(world: World, rung: Rung):
    plan(rung, "--person", "ada")
    plan(rung, "--person", "ben", "--person", "cyd")
    assert [line.split()[:4] for line in rung("wave", "list").out.splitlines()[1:]] == [
        ["2", "Clerk", "2", "planned"],
        ["1", "Clerk", "1", "planned"],
    ]
    assert rung("wave", "list", "--json").json["waves"][0]["states"] == {"planned": 2}
    told = rung("wave", "show", "2", "--json").json
    assert [(p["person"], p["state"], p["steps"]) for p in told["people"]] == [
        ("ben", "planned", {"done": 0, "total": 3}),
        ("cyd", "planned", {"done": 0, "total": 3}),
    ]
    assert "planned" in rung("wave", "show", "2").out
    assert rung("wave", "steps", "2").out == "Nothing was begun yet.\n"


@pytest.mark.parametrize(
    "words",
    [
        ("show", "9"),
        ("ldif", "9"),
        ("steps", "9"),
        ("approve", "9", "--as", "olga"),
        ("apply", "9"),
        ("confirm", "9"),
        ("undo", "9"),
        ("undo", "9", "--preview"),
        ("withdraw", "9"),
    ],
)
def test_a_wave_that_is_not_there_is_told_in_one_line(
    world: World, rung: Rung, words: tuple[str, ...]
):
    refused = rung("wave", *words)
    assert (refused.code, refused.out, refused.err) == (
        1,
        "",
        "rung: There is no wave 9.\n",
    )


def test_nothing_goes_on_before_its_time(world: World, rung: Rung):
    plan(rung, "--person", "ada")
    for words, why in (
        (("apply", "1"), "Wave 1 of Clerk is not approved yet."),
        (("confirm", "1"), "Cannot confirm Ada: the switch is planned"),
        (("undo", "1"), "Cannot undo Ada: the switch is planned"),
        (("undo", "1", "--person", "ben"), "not in wave 1 of Clerk"),
    ):
        refused = rung("wave", *words)
        assert (refused.code, refused.out, refused.err.count("\n")) == (1, "", 1)
        assert why in refused.err


def test_a_directory_that_is_read_only_is_planned_for_but_not_applied(
    app, database, settings: Settings, rung: Rung
):
    a_world(database, plans=settings.plans, write_dn="").role("Clerk")
    an_operator(database, "olga")
    plan(rung, "--person", "ada")
    rung("wave", "approve", "1", "--as", "olga")
    refused = rung("wave", "apply", "1")
    assert (refused.code, "reading only" in refused.err) == (1, True)


def test_the_way_there_and_back_is_printed_for_ldapmodify(world: World, rung: Rung):
    plan(rung, "--person", "ada")
    forward, back = (
        rung("wave", "ldif", "1").out,
        rung("wave", "ldif", "1", "--reverse").out,
    )
    assert forward.startswith("version: 1\n# Rung plan Clerk v1: apply\n")
    assert forward.count("changetype:") == 6 and back.count("changetype:") == 5
    assert "ldapmodify -c" in back
