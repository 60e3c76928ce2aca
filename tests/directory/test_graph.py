"""The access graph: who holds what, by which way, under which name."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.db import Database
from app.directory.queries import load_graph
from app.directory.rules import (
    Graph,
    PersonRow,
    RightRow,
    build,
    closure_up,
    effective,
    names,
)
from app.models.directory import MemberKind
from tests.directory.builders import NOW, a_directory, a_person, a_right, holds

PAIRS = st.sets(st.tuples(st.integers(1, 8), st.integers(1, 8)), max_size=24)


def person(number: int) -> PersonRow:
    return PersonRow(
        number, f"p{number}", f"uid=p{number},dc=test", f"p{number}", f"Person {number}"
    )


def right(number: int, cn: str = "") -> RightRow:
    cn = cn or f"g{number}"
    return RightRow(number, f"g{number}", f"cn={cn},ou=o{number},dc=test", cn)


def graph(
    nested: set[tuple[int, int]], held: set[tuple[int, int]] = frozenset()
) -> Graph:  # type: ignore[assignment]
    edges = [
        (right_id, person_id, person(person_id).dn)
        for right_id, person_id in sorted(held)
    ]
    return build(
        map(person, range(1, 9)), map(right, range(1, 9)), edges, sorted(nested)
    )


@given(PAIRS, st.sets(st.integers(1, 8)))
def test_the_closure_is_the_smallest_set_closed_under_going_up(nested, start):
    found = closure_up(graph(nested), start)
    assert start <= found
    assert {above for above, below in nested if below in found} <= found
    for one in (
        found - start
    ):  # each further right is there because something found is nested in it
        assert any(
            below in found and below != one for above, below in nested if above == one
        )


@given(PAIRS, st.sets(st.integers(1, 8)))
def test_the_closure_of_a_closure_is_itself(nested, start):
    there = graph(nested)
    assert closure_up(there, closure_up(there, start)) == closure_up(there, start)


@given(PAIRS, PAIRS)
def test_every_effective_right_has_a_way_that_can_be_walked(nested, held):
    there = graph(nested, held)
    for person_id in there.people:
        ways = effective(there, person_id)
        assert set(ways) == closure_up(there, there.direct[person_id])
        for right_id, way in ways.items():
            assert way[0] in there.direct[person_id]
            assert way[-1] == right_id
            assert all(above in there.parents[below] for below, above in pairwise(way))
            assert len(way) == len(set(way))


@given(PAIRS, PAIRS)
def test_members_and_direct_are_mirrors_and_so_are_parents_and_children(nested, held):
    there = graph(nested, held)
    assert {(r, p) for p, rights in there.direct.items() for r in rights} == held
    assert {(r, p) for r, people in there.members.items() for p in people} == held
    assert {
        (above, below) for above, kids in there.children.items() for below in kids
    } == nested
    assert {
        (above, below)
        for below, above_ones in there.parents.items()
        for above in above_ones
    } == nested


def test_a_group_in_itself_and_a_ring_of_three_come_to_an_end():
    there = graph({(1, 1), (2, 1), (3, 2), (1, 3)}, {(1, 1)})
    assert effective(there, 1) == {1: (1,), 2: (1, 2), 3: (1, 2, 3)}


def test_a_direct_grant_is_told_rather_than_the_nested_way():
    there = graph({(2, 1)}, {(1, 1), (2, 1)})
    assert effective(there, 1)[2] == (2,)


def test_a_right_is_named_by_its_dn_where_another_bears_the_same_name():
    there = build([], [right(1, "Mail"), right(2, "mail"), right(3, "vpn")])
    assert [names(there, number) for number in (1, 2, 3)] == [
        "cn=Mail,ou=o1,dc=test",
        "cn=mail,ou=o2,dc=test",
        "vpn",
    ]


def test_values_are_those_the_server_spells():
    posix = RightRow(2, "g2", "cn=g2,dc=test", "g2", attribute="memberUid")
    edges = [
        (1, 1, "UID=P1, dc=test"),
        (2, 1, "p1"),
        (2, 1, "P1"),
        (1, 2, "uid=p2,dc=test"),
    ]
    there = build([person(1), person(2)], [right(1), posix], edges)
    assert there.listings(1, 1) == (("member", "UID=P1, dc=test"),)
    assert there.listings(2, 1) == (("memberUid", "p1"), ("memberUid", "P1"))
    assert there.listings(1, 2) == (("member", "uid=p2,dc=test"),)
    assert there.listings(2, 2) == ()
    assert set(there.odd_listings) == {(1, 1), (2, 1)}


WHERE_LISTED = [  # the attributes in which three people stand; those for a newcomer
    (("member", "member", "member"), ("member",)),
    (("member memberUid", "member memberUid", "member"), ("member", "memberUid")),
    (("member memberUid", "member", "member"), ("member",)),
    (("memberUid", "memberUid", "member"), ("memberUid",)),
    (("member memberUid", "", ""), ("member", "memberUid")),
    (("", "", ""), ("member",)),
]


@pytest.mark.parametrize(("listed", "expected"), WHERE_LISTED)
def test_a_newcomer_is_listed_where_most_members_are(
    listed: tuple[str, ...], expected: tuple[str, ...]
):
    people = [person(number) for number in (1, 2, 3, 4)]
    stands = {one: text.split() for one, text in zip(people, listed, strict=False)}
    own = [(1, one.id, one.dn) for one, where in stands.items() if "member" in where]
    further = [
        (1, one.id, "memberUid", one.uid)
        for one, where in stands.items()
        if "memberUid" in where
    ]
    there = build(people, [right(1)], own, further=further)
    newcomer = people[-1]
    assert [attribute for attribute, _ in there.newcomer(1, newcomer)] == list(expected)
    assert {"member": newcomer.dn, "memberUid": newcomer.uid}.items() >= set(
        there.newcomer(1, newcomer)
    )
    assert there.members[1] == {one.id for one, where in stands.items() if where}


def test_the_graph_holds_what_the_last_reading_saw_and_no_more(database: Database):
    with database.write() as session:
        acme, other = a_directory(session), a_directory(session, "Other")
        anna, gone = (
            a_person(session, acme, "anna", department="Post"),
            a_person(session, acme, "gone", gone_at=NOW),
        )
        mail, team = (
            a_right(session, acme, "mail"),
            a_right(session, acme, "team", attribute="memberUid"),
        )
        old, elsewhere = (
            a_right(session, acme, "old", gone_at=NOW),
            a_right(session, other, "mail"),
        )
        for right_row in (mail, team, old):
            holds(session, right_row, anna)
        holds(session, mail, team)
        holds(session, old, team)
        holds(session, team, gone)
        holds(session, elsewhere, a_person(session, other, "anna"))
        holds(session, mail, "cn=ghost,dc=acme")
        holds(session, mail, "cn=admin,dc=acme").kind = MemberKind.PLACEHOLDER
    with database.read() as session:
        there = load_graph(session, acme.id)
    assert {row.uid for row in there.people.values()} == {"anna"}
    assert there.people[anna.id].department == "Post"
    assert set(there.rights) == {mail.id, team.id}
    assert there.direct[anna.id] == {mail.id, team.id}
    assert there.children[mail.id] == {team.id}
    assert there.listings(team.id, anna.id) == (("memberUid", "anna"),)
    assert (there.rights[mail.id].placeholders, there.rights[mail.id].dangling) == (
        1,
        1,
    )
    assert there.rights[mail.id].lens == "unknown"
