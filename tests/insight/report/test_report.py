"""The first report: each number and its denominator, the proposal, its page and its command."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.directory.actions import read_now
from app.directory.rules import Graph, PersonRow, RightRow, build
from app.insight.report.rules import (
    as_json,
    bars,
    chart_sentence,
    count,
    lines,
    propose,
    twin_sets,
)
from tests.directory.builders import a_directory
from tests.directory.said import Told, group, parts_with, person, snapshot
from tests.directory.test_readings import EXPORT
from tests.pages import Pages


def world(
    holds: dict[str, str], roles: str = "", idle: str = "", **special: dict[str, object]
) -> Graph:
    """Build a graph: ``holds`` maps people to the rights they hold; ``special`` sets fields of
    people.
    """
    names = sorted(
        {right for rights in holds.values() for right in rights.split()}
        | set(f"{roles} {idle}".split())
    )
    rights = [
        RightRow(
            number, f"g{number}", f"cn={name},dc=x", name, is_role=name in roles.split()
        )
        for number, name in enumerate(names)
    ]
    people = [
        PersonRow(
            number,
            f"p{number}",
            f"uid={uid},dc=x",
            uid,
            uid.capitalize(),
            **special.get(uid, {}),
        )
        for number, uid in enumerate(holds)
    ]
    edges = [
        (names.index(right), n, people[n].dn)
        for n, uid in enumerate(holds)
        for right in holds[uid].split()
    ]
    return build(people, rights, edges)


def uids(graph: Graph, people: tuple[int, ...]) -> str:
    return " ".join(graph.people[one].uid for one in people)


def test_twins_hold_exactly_the_same_rights_the_largest_set_first():
    graph = world(
        {
            "anna": "mail vpn",
            "ben": "mail",
            "cleo": "vpn mail",
            "dan": "mail",
            "eve": "mail",
            "finn": "",
        }
    )
    assert [uids(graph, twins.people) for twins in twin_sets(graph)] == [
        "ben dan eve",
        "anna cleo",
    ]


def test_accounts_that_are_off_services_and_people_in_a_role_have_no_twins():
    graph = world(
        {"anna": "a b", "ben": "a b", "off": "a b", "svc": "a b", "done": "a b clerk"},
        roles="clerk",
        off={"disabled": True},
        svc={"service": True},
    )
    assert [uids(graph, twins.people) for twins in twin_sets(graph)] == ["anna ben"]


def test_the_first_role_has_two_rights_at_least_and_the_first_person_loses_nothing():
    graph = world(
        {
            "anna": "mail",
            "ben": "mail",
            "cleo": "mail",
            "dan": "a b",
            "eve": "b a",
            "finn": "a b c",
        }
    )
    proposal = propose(graph)
    assert uids(graph, proposal.twins.people) == "dan eve"
    assert graph.direct[proposal.first] == proposal.twins.rights


def test_protected_accounts_are_not_proposed():
    graph = world({"anna": "a b", "ben": "a b", "cleo": "a b"})
    assert uids(graph, propose(graph, protected={0}).twins.people) == "ben cleo"
    assert propose(graph, protected={0, 1}) is None


def test_all_numbers_of_a_small_company():
    graph = world(
        {"anna": "a b", "ben": "a b", "off": "a", "svc": "c", "done": "clerk"},
        roles="clerk empty-role",
        idle="unused",
        off={"disabled": True},
        svc={"service": True},
    )
    numbers = count(graph, ownerless=2)
    assert (
        numbers.people,
        numbers.disabled,
        numbers.services,
        numbers.groups,
        numbers.roles,
    ) == (
        5,
        1,
        1,
        6,
        2,
    )
    assert (numbers.grants, numbers.role_grants) == (6, 1)
    assert (numbers.twins, numbers.holders, numbers.twin_sets, numbers.largest) == (
        2,
        2,
        1,
        2,
    )
    assert (numbers.disabled_holders, numbers.disabled_grants, numbers.unused) == (
        1,
        1,
        1,
    )
    assert (numbers.most, graph.people[numbers.most_person].uid) == (2, "anna")
    assert len(lines(graph, numbers, propose(graph))) == 10


def test_an_empty_directory_is_reported_without_failing():
    graph = build([], [])
    assert all(
        line.value == 0 for line in lines(graph, count(graph, 0), propose(graph))
    )
    assert chart_sentence(bars(twin_sets(graph))) == "Nobody holds any right yet."


def test_the_chart_says_in_words_what_it_shows():
    graph = world({"anna": "a", "ben": "a", "cleo": "b", "dan": "c"})
    drawn = bars(twin_sets(graph))
    assert [bar.people for bar in drawn] == [2, 2, 0, 0, 0]
    assert (
        chart_sentence(drawn)
        == "2 of 4 people (50 %) hold exactly the same rights as somebody else."
    )


@given(
    st.dictionaries(
        st.sampled_from("abcdefgh"), st.sets(st.sampled_from("xyz")).map(" ".join)
    )
)
def test_everybody_with_rights_is_in_exactly_one_set_and_one_bar(holds):
    graph = world(holds)
    sets = twin_sets(graph)
    everybody = [one for twins in sets for one in twins.people]
    assert sorted(everybody) == [
        person for person in graph.people if graph.direct[person]
    ]
    assert all(
        graph.direct[one] == twins.rights for twins in sets for one in twins.people
    )
    assert (
        sum(bar.people for bar in bars(sets))
        == len(everybody)
        == count(graph, 0).holders
    )


def read(pages: Pages, settings, *things: object, name: str = "Acme") -> None:
    parts = parts_with(
        pages.parts.database, settings, Told(snapshot(*things)), pages.parts.now
    )
    with parts.database.write() as session:
        directory_id = a_directory(session, name, bind_dn="").id
    read_now(parts, directory_id, by="kim")


def test_the_report_leads_to_the_pages_behind_its_numbers(app, settings):
    pages = Pages(app).as_operator()
    anna, ben, off = person("anna"), person("ben"), person("off", disabled=True)
    read(
        pages,
        settings,
        anna,
        ben,
        off,
        group("mail", anna, ben, off),
        group("vpn", anna, ben),
        group("old", "cn=x"),
    )
    page = pages.get("/access")
    assert "3 people hold 5 rights directly in Acme" in page.content
    assert "2 people hold exactly these 2 rights" in page.root.one(id="begin").text
    assert len(page.rows("Ten lines")) == 10
    for link in page.root.one(id="report").all("a"):
        pages.get(link.attrs["href"])
    sets = pages.get("/access/twins")
    assert sets.rows()[0] == ["2", "Anna , Ben", "mail, vpn", "Make a role"]
    assert "1,2,anna,Anna,mail; vpn" in pages.get("/access/twins/export").html


def test_with_two_directories_the_report_is_of_one_and_names_the_other(app, settings):
    pages = Pages(app).as_operator()
    read(pages, settings, person("anna"), group("mail", person("anna")))
    read(pages, settings, person("otto"), person("olga"), group("mail"), name="Other")
    page = pages.get("/access")
    assert "1 person holds 1 right directly in Acme" in page.content
    other = next(
        link for link in page.root.one("main").all("a") if link.text == "Other"
    )
    assert "in Other" in pages.get(other.attrs["href"]).content


def test_before_the_first_reading_the_report_says_what_comes_first(app, database):
    pages = Pages(app).as_operator()
    assert "First, a directory" in pages.get("/access").content
    with database.write() as session:
        a_directory(session)
    assert "Acme was not read yet" in pages.get("/access").content
    assert "Everybody is different" in pages.get("/access/twins").content


def test_the_report_on_the_command_line(rung, tmp_path):
    file = tmp_path / "company.ldif"
    file.write_text(EXPORT)
    rung("sync", "--ldif", str(file))
    done = rung("report", "--json").json
    assert (done["directory"], done["people"], done["groups"], done["grants"]) == (
        "company",
        1,
        1,
        1,
    )
    assert done["first_role"] == {"rights": [], "people": []}
    assert done["most_rights"] == {"person": "anna", "rights": 1}
    assert len(rung("report").out.splitlines()) == 13


def test_the_report_for_machines_names_people_by_uid_and_rights_by_name():
    graph = world({"anna": "a b", "ben": "a b"})
    content = as_json(
        graph,
        count(graph, 0),
        propose(graph),
        {right.id: right.cn for right in graph.rights.values()},
    )
    assert content["first_role"] == {"rights": ["a", "b"], "people": ["anna", "ben"]}
    assert content["first_person"] == "anna"
