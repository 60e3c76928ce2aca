"""People: found by what they are called, listed, narrowed, exported."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core.errors import NotFound, Refused
from app.people.queries import PeopleFilter, count_people, find_person, people_page
from tests.directory.builders import NOW, SUFFIX, a_directory, a_person, a_right, holds
from tests.pages import Pages


@pytest.fixture
def acme(database) -> int:
    with database.write() as session:
        acme = a_directory(session)
        anna = a_person(
            session,
            acme,
            "anna.meier",
            name="Meier, Anna",
            mail="am@acme.test",
            department="Post",
            site="Linz",
        )
        a_person(
            session,
            acme,
            "Ben",
            department="Post",
            disabled=True,
            dn=f"uid=ben\\2c jr,ou=people,{SUFFIX}",
        )
        a_person(session, acme, "svc-mail", service=True)
        a_person(session, acme, "cleo", gone_at=NOW)
        for cn in ("mail", "vpn"):
            holds(session, a_right(session, acme, cn), anna)
        return acme.id


@pytest.mark.parametrize(
    ("text", "uid"),
    [
        ("anna.meier", "anna.meier"),
        (" ANNA.MEIER ", "anna.meier"),
        (f"UID=anna.meier, OU=People,{SUFFIX}", "anna.meier"),
        (f"uid=ben\\, jr,ou=people,{SUFFIX}", "Ben"),
        ("cleo", "cleo"),
    ],
)
def test_a_person_is_found_by_uid_and_dn_in_any_spelling(database, acme, text, uid):
    with database.read() as session:
        assert find_person(session, text).uid == uid


def test_somebody_unknown_gets_the_nearest_names(database, acme):
    with database.read() as session:
        with pytest.raises(
            NotFound, match=r"no person “ana.meyer”. Perhaps anna.meier\?"
        ):
            find_person(session, "ana.meyer")
        with pytest.raises(NotFound, match=r"Perhaps anna.meier\?"):
            find_person(session, "Anna Meier,")
        with pytest.raises(NotFound, match="Say who is meant"):
            find_person(session, " ")


def test_a_name_in_two_directories_is_refused_with_the_candidates(database, acme):
    with database.write() as session:
        other = a_directory(session, "Other")
        a_person(session, other, "ben")
        a_person(session, other, "cleo")
    with database.read() as session:
        with pytest.raises(Refused, match="several people") as refused:
            find_person(session, "BEN")
        assert refused.value.details == (
            f"uid=ben\\2c jr,ou=people,{SUFFIX} in Acme",
            f"uid=ben,ou=people,{SUFFIX} in Other",
        )
        assert find_person(session, "BEN", other.id).directory_id == other.id
        assert (
            find_person(session, "cleo").directory_id == other.id
        )  # who is there goes before who is gone


@pytest.mark.parametrize(
    ("wanted", "uids"),
    [
        ({}, ["Ben", "anna.meier", "svc-mail"]),
        ({"q": "acme.test"}, ["anna.meier"]),
        ({"q": "anna meier"}, ["anna.meier"]),
        ({"q": "50%"}, []),
        ({"department": "Post"}, ["Ben", "anna.meier"]),
        ({"site": "Linz"}, ["anna.meier"]),
        ({"state": "disabled"}, ["Ben"]),
        ({"state": "enabled"}, ["anna.meier", "svc-mail"]),
        ({"state": "service"}, ["svc-mail"]),
        ({"state": "gone"}, ["cleo"]),
        ({"directory": 99}, []),
    ],
)
def test_people_are_narrowed_down(database, acme, wanted, uids):
    with database.read() as session:
        found = people_page(session, PeopleFilter(**wanted), "uid", 0, 50)
        assert sorted(line.uid for line in found) == sorted(uids)
        assert count_people(session, PeopleFilter(**wanted)) == len(uids)


def test_the_list_counts_direct_rights_and_leads_to_each_person(app: Flask, acme):
    pages = Pages(app).as_operator()
    page = pages.get("/people")
    assert pages.get(page.root.one("tbody").all("a")[0].attrs["href"]).h1 == "Ben"
    assert [(row[0], row[5]) for row in page.rows()] == [
        ("Ben", "0"),
        ("Meier, Anna", "2"),
        ("Svc-mail", "0"),
    ]
    assert pages.get("/people?sort=-uid").rows()[0][1] == "svc-mail"
    assert "Nobody fits" in pages.get("/people?q=zzz").content
    assert "gone since 3 May 2026" in pages.get("/people?state=gone").content
    assert pages.get("/people?state=nonsense&page=x&sort=x").status == 200


def test_the_csv_has_everybody_who_is_listed(app: Flask, acme):
    text = Pages(app).as_operator().get("/people/export?department=Post&sort=uid").html
    assert [line.split(",")[0] for line in text.splitlines()[1:]] == [
        "Ben",
        "anna.meier",
    ]


def test_without_people_the_page_says_where_they_come_from(app: Flask):
    assert "No people yet" in Pages(app).as_operator().get("/people").content


def test_people_on_the_command_line(rung, app: Flask, acme):
    assert [who["uid"] for who in rung("person", "list", "--json").json["people"]] == [
        "Ben",
        "anna.meier",
        "svc-mail",
    ]
    assert "Nobody fits" in rung("person", "list", "zzz").out
