"""Roles on the command line: made, changed, looked at, compared, retired."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from app.core.settings import Settings
from app.models.directory import Entitlement
from app.models.people import Person
from tests.access.builders import World, a_world
from tests.conftest import Rung
from tests.directory.builders import a_directory


@pytest.fixture
def world(app, database, settings: Settings) -> World:
    return a_world(database, plans=settings.plans)


def test_a_role_is_made_from_single_rights(world: World, rung: Rung):
    words = [
        "--right",
        "mail",
        "--right",
        "post",
        "--owner",
        "ada",
        "--reason",
        "daily",
    ]
    made = rung("role", "new", "Clerk", *words, "--json")
    assert made.code == 0
    assert {
        key: made.json[key]
        for key in ("role", "version", "realisation", "owner", "group")
    } == {
        "role": "Clerk",
        "version": 1,
        "realisation": "nested",
        "owner": "ada",
        "group": "cn=Clerk,dc=acme,dc=test",
    }
    assert [(right["right"], right["reason"]) for right in made.json["rights"]] == [
        ("mail", "daily"),
        ("post", "daily"),
    ]


def test_a_role_is_made_from_what_a_person_holds(world: World, rung: Rung):
    made = rung("role", "new", "Clerk", "--from-person", "cyd")
    assert made.code == 0
    assert made.out.startswith("Made the role Clerk with 3 rights.")
    assert "Held by Cyd when the role was made." in made.out


def test_a_role_with_the_rights_of_another_names_it(world: World, rung: Rung):
    words = ("--right", "mail", "--right", "post")
    assert rung("role", "new", "Clerk", *words).err == ""
    again = rung("role", "new", "Office", *words)
    assert again.code == 1
    assert again.err.startswith("rung: Clerk has exactly the same rights;")
    assert rung("role", "new", "Mail", "--right", "mail").err == ""


def test_role_groups_of_a_person_are_not_rights_of_the_new_role(
    app, database, settings: Settings, rung: Rung
):
    a_world(
        database,
        {"ada": "mail oldrole"},
        plans=settings.plans,
        rights={"oldrole": {"is_role": True}},
    )
    made = rung("role", "new", "Clerk", "--from-person", "ada", "--json")
    assert [right["right"] for right in made.json["rights"]] == ["mail"]


def test_somebody_without_rights_makes_no_role(
    app, database, settings: Settings, rung: Rung
):
    a_world(database, {"ada": "mail", "zoe": ""}, plans=settings.plans)
    refused = rung("role", "new", "Clerk", "--from-person", "zoe")
    assert (refused.code, refused.err) == (
        1,
        "rung: zoe holds no direct right of which a role could be made.\n",
    )


@pytest.mark.parametrize("words", [(), ("--right", "mail", "--from-person", "ada")])
def test_a_role_is_made_in_one_way_or_the_other(
    world: World, rung: Rung, words: tuple[str, ...]
):
    wrong = rung("role", "new", "Clerk", *words)
    assert wrong.code == 2
    assert "Say either --from-person or --right." in wrong.err


@pytest.mark.parametrize(
    ("lens", "realisation"),
    [("recursive", "nested"), ("unknown", "materialised"), ("direct", "materialised")],
)
def test_unless_said_a_role_is_realised_so_that_nothing_is_lost(
    app, database, settings: Settings, rung: Rung, lens: str, realisation: str
):
    a_world(database, plans=settings.plans, lens=lens)
    assert (
        rung("role", "new", "Clerk", "--right", "mail", "--json").json["realisation"]
        == realisation
    )


def test_asking_for_a_nested_role_states_the_lens_and_says_so(
    app, database, settings: Settings, rung: Rung
):
    a_world(database, plans=settings.plans, lens="unknown")
    made = rung("role", "new", "Clerk", "--right", "mail", "--realise", "nested")
    assert (
        "You state that applications with an unknown lens follow nested groups"
        in made.out
    )
    assert (
        rung("role", "show", "clerk", "--json").json["rights"][0]["lens"] == "recursive"
    )


def test_a_name_is_given_once(world: World, rung: Rung):
    world.role("Clerk")
    refused = rung("role", "new", "clerk", "--right", "mail", "--json")
    assert (refused.code, refused.json["error"]) == (
        1,
        "There is a role called clerk already.",
    )


def test_unknown_people_rights_and_roles_are_told_in_one_line(world: World, rung: Rung):
    for words, what in (
        (("role", "new", "Clerk", "--right", "nail"), "mail"),
        (("role", "new", "Clerk", "--from-person", "adda"), "ada"),
        (("role", "show", "Clark"), "There is no role Clark."),
        (("explain", "nobody"), "nobody"),
    ):
        refused = rung(*words)
        assert (refused.code, refused.out, refused.err.count("\n")) == (1, "", 1)
        assert what in refused.err


def test_a_right_of_a_name_that_two_groups_bear_is_named_by_its_dn(
    app, database, settings: Settings, rung: Rung
):
    twin = "cn=mail,ou=other,dc=acme,dc=test"
    world = a_world(
        database,
        {"ada": "mail other"},
        plans=settings.plans,
        rights={"other": {"dn": twin}},
    )
    with database.write() as session:
        session.get_one(Entitlement, world.rights["other"]).cn = "mail"
    refused = rung("role", "new", "Clerk", "--right", "mail")
    assert refused.code == 1
    assert twin in refused.err
    made = rung("role", "new", "Clerk", "--right", twin, "--json")
    assert [right["right"] for right in made.json["rights"]] == [twin]
    fit = rung("role", "fit", "Clerk", "--json").json["people"]
    assert (fit[0]["covered"], fit[0]["extra"]) == (
        [twin],
        ["cn=mail,ou=groups,dc=acme,dc=test"],
    )


def test_where_several_directories_are_connected_one_is_named(world: World, rung: Rung):
    with world.database.write() as session:
        a_directory(session, "Other")
    assert "several directories" in rung("role", "new", "Clerk", "--right", "mail").err
    made = rung(
        "role", "new", "Clerk", "--right", "mail", "--directory", "acme", "--json"
    )
    assert made.json["directory"] == "Acme"


def test_a_role_is_changed(world: World, rung: Rung):
    world.role("Clerk")
    changed = rung(
        "role",
        "change",
        "clerk",
        "--add-right",
        "wiki",
        "--remove-right",
        "post",
        "--rename",
        "Reader",
        "--purpose",
        "reads",
        "--owner",
        "ben",
        "--json",
    )
    told = changed.json
    assert (told["role"], told["version"], told["purpose"], told["owner"]) == (
        "Reader",
        1,
        "reads",
        "ben",
    )
    assert [right["right"] for right in told["rights"]] == ["mail", "wiki"]
    assert told["rights"][0]["reason"] == "mail is part of the work"


def test_a_version_that_was_planned_with_stays_and_a_new_one_is_made(
    world: World, rung: Rung
):
    world.wave(world.role("Clerk"), "ada")
    assert (
        "this is version 2"
        in rung("role", "change", "Clerk", "--add-right", "wiki").out
    )


def test_a_change_says_what_is_to_change(world: World, rung: Rung):
    world.role("Clerk")
    assert "Say what to change." in rung("role", "change", "Clerk").err
    refused = rung("role", "change", "Clerk", "--remove-right", "wiki")
    assert (refused.code, refused.err) == (1, "rung: wiki is not in the role Clerk.\n")
    both = rung(
        "role", "change", "Clerk", "--remove-right", "mail", "--remove-right", "post"
    )
    assert "needs at least one right" in both.err


def test_roles_are_listed(world: World, rung: Rung):
    assert "No roles yet" in rung("role", "list").out
    world.role("Clerk")
    assert rung("role", "list").out.splitlines()[1].split() == [
        "Clerk",
        "1",
        "2",
        "nested",
    ]
    told = rung("role", "list", "--json").json["roles"][0]
    assert (told["role"], told["rights"], told["directory"]) == ("Clerk", 2, "Acme")


def test_whom_a_role_fits_comes_zero_change_first(world: World, rung: Rung):
    world.role("Clerk")
    people = rung("role", "fit", "Clerk", "--json").json["people"]
    assert [
        (p["person"], p["covered"], p["missing"], p["extra"], p["zero_change"])
        for p in people
    ] == [
        ("ada", ["mail", "post"], [], [], True),
        ("ben", ["mail", "post"], [], [], True),
        ("cyd", ["mail", "post"], [], ["wiki"], False),
        ("dot", ["mail"], ["post"], [], False),
    ]
    assert rung("role", "fit", "Clerk").out.startswith(
        "2 of 4 people could move to Clerk with no change at all."
    )


def test_a_role_is_retired(world: World, rung: Rung):
    world.role("Clerk")
    assert (
        rung("role", "retire", "Clerk", "--reason", "nobody needs it").out
        == "Retired the role Clerk.\n"
    )
    assert "retired" in rung("role", "list").out
    assert (
        "The role Clerk is retired"
        in rung("wave", "plan", "Clerk", "--person", "ada").err
    )
    assert (
        "The role Clerk is retired"
        in rung("role", "change", "Clerk", "--add-right", "wiki").err
    )
    assert "The role Clerk is retired" in rung("role", "retire", "Clerk").err


def test_rights_are_explained_one_sentence_each(world: World, rung: Rung):
    told = rung("explain", "cyd", "--json").json
    assert (told["person"], told["name"]) == ("cyd", "Cyd")
    assert [(right["right"], right["direct"]) for right in told["rights"]] == [
        ("mail", True),
        ("post", True),
        ("wiki", True),
    ]
    assert all(
        right["sentence"].startswith("Direct member since") for right in told["rights"]
    )
    assert (
        "Direct member since"
        in rung("explain", "uid=cyd,ou=people,dc=acme,dc=test").out
    )


@pytest.mark.parametrize(
    "called",
    ["cyd@ad.acme.test", "ACME\\CYD", "c.d@acme.test", "çyd DÉE", "cyd2", "ACME\\cyd"],
)
def test_a_person_is_explained_by_every_name_it_goes_by(
    world: World, rung: Rung, database, called: str
):
    with database.write() as session:
        cyd = session.scalars(select(Person).where(Person.uid == "cyd")).one()
        cyd.principal, cyd.domain_login = "Cyd@ad.acme.test", "ACME\\cyd"
        cyd.mail, cyd.name, cyd.further_uids = "C.D@acme.test", "Çyd Dée", ["cyd2"]
    assert rung("explain", called, "--json").json["person"] == "cyd"
    assert rung("explain", "OTHER\\cyd").code == 1


def test_a_login_behind_a_domain_counts_where_no_domain_was_read(
    world: World, rung: Rung
):
    assert rung("explain", "ACME\\cyd", "--json").json["person"] == "cyd"


def test_a_name_that_two_people_bear_is_refused_with_both(
    world: World, rung: Rung, database
):
    with database.write() as session:
        for uid in ("ada", "cyd"):
            session.scalars(select(Person).where(Person.uid == uid)).one().name = "Kim"
    refused = rung("explain", "kim")
    assert refused.code == 1
    assert "uid=ada" in refused.err and "uid=cyd" in refused.err


def test_a_nested_right_is_explained_by_its_way(
    app, database, settings: Settings, rung: Rung
):
    a_world(
        database, {"ada": "team"}, plans=settings.plans, nested=[("team", "building")]
    )
    rights = {
        right["right"]: right["sentence"]
        for right in rung("explain", "ada", "--json").json["rights"]
    }
    assert rights["building"] == "Nested via team → building."


def test_somebody_without_rights_is_explained_too(
    app, database, settings: Settings, rung: Rung
):
    a_world(database, {"ada": "mail", "zoe": ""}, plans=settings.plans)
    assert rung("explain", "zoe").out == "Zoe (zoe)\nHolds no right.\n"


def test_a_role_is_made_and_planned_in_a_directory_read_from_a_file(
    rung: Rung, tmp_path: Path
):
    export = tmp_path / "export.ldif"
    export.write_text(
        "dn: uid=ada,dc=x\nobjectClass: inetOrgPerson\nuid: ada\ncn: Ada\nsn: A\n\n"
        "dn: cn=mail,dc=x\nobjectClass: groupOfNames\ncn: mail\nmember: uid=ada,dc=x\n\n"
    )
    assert rung("sync", "--ldif", str(export)).code == 0
    made = rung("role", "new", "Clerk", "--from-person", "ada", "--json")
    assert (made.code, made.json["group"]) == (0, "cn=Clerk")
    assert (
        rung("wave", "plan", "Clerk", "--person", "ada", "--json").json["losses"] == []
    )
