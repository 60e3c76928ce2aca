"""Whatever people hold: suggestions never give anything, models are exact, the proof holds."""

from __future__ import annotations

from itertools import combinations, islice
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.access.suggest.candidates import candidates, groups_of
from app.access.suggest.certificate import MinedRole, smallest_exact
from app.access.suggest.model import few_assignments, price
from app.access.suggest.plan import finishing_plan
from app.access.suggest.relation import Relation, places
from app.access.suggest.worth import Aim, Ground, overlap
from tests.access.suggest.company import planted

Held = dict[int, set[int]]

SOME_RIGHTS = st.sets(st.integers(1, 9), max_size=6)
PEOPLE = st.lists(SOME_RIGHTS, max_size=9).map(lambda rows: dict(enumerate(rows, 1)))
"""People without rights, twins and roles of one right are among them."""


def by_roles(relation: Relation, roles: tuple[MinedRole, ...]) -> Held:
    """Return what everybody has from roles."""
    found: Held = {}
    for role in roles:
        rights = {r for j in places(role.rights) for r in relation.rights[j]}
        for i in places(role.people):
            for person in relation.people[i]:
                found.setdefault(person, set()).update(rights)
    return found


def with_rights(held: Held) -> Held:
    return {person: rights for person, rights in held.items() if rights}


@given(PEOPLE)
def test_the_smallest_model_gives_everybody_exactly_what_they_hold(held: Held) -> None:
    relation = Relation.of(held)
    found = smallest_exact(relation)
    assert by_roles(relation, found.roles) == with_rights(held)
    assert found.at_least <= len(found.roles)


@given(st.lists(st.sets(st.integers(1, 4), max_size=4), max_size=4))
def test_the_lower_bound_is_no_more_than_the_true_minimum(rows: list[set[int]]) -> None:
    """Tried against every choice of roles, as far as that can be counted out."""
    held = dict(enumerate(rows, 1))
    relation = Relation.of(held)
    found = smallest_exact(relation)
    closed = {
        relation.shared(people)
        for people in range(1, 1 << len(relation.rows))
        if relation.shared(people)
    }
    every = [MinedRole(relation.holders(rights), rights) for rights in sorted(closed)]
    least = next(
        many
        for many in range(len(found.roles) + 1)
        if any(
            by_roles(relation, some) == with_rights(held)
            for some in combinations(every, many)
        )
    )
    assert found.at_least <= least <= len(found.roles)


@given(PEOPLE)
def test_a_model_with_few_assignments_is_exact_and_never_dearer_than_none(
    held: Held,
) -> None:
    relation = Relation.of(held)
    roles = few_assignments(relation, [*relation.rows], rounds=25)
    assert by_roles(relation, roles) == with_rights(held)
    alone = [MinedRole(1 << i, row) for i, row in enumerate(relation.rows)]
    assert price(relation, roles) <= price(relation, alone)


@given(PEOPLE, st.integers(1, 10))
def test_a_plan_finishes_the_share_it_was_asked_for(held: Held, tenths: int) -> None:
    relation = Relation.of(held)
    plan = finishing_plan(relation, tenths / 10)
    roles = tuple(step.role for step in plan.steps)
    given_out = by_roles(relation, roles)
    everybody = with_rights(held)
    done = {person for person in everybody if given_out.get(person) == held[person]}
    assert len(done) * 10 >= len(everybody) * tenths
    assert all(given_out[person] <= held[person] for person in given_out)
    assert not plan.steps or plan.steps[-1].finished == len(done)


@given(PEOPLE, st.sampled_from(Aim))
def test_roles_and_what_is_left_are_the_rights_before_for_every_person(
    held: Held, aim: Aim
) -> None:
    relation = Relation.of(held)
    ground = Ground(relation, candidates(relation, []), aim)
    covered: Held = {person: set() for person in with_rights(held)}
    for worth in ground.one_after_the_other():
        assert worth.value > 0 and worth.members >= 3
        rights = {r for j in places(worth.rights) for r in relation.rights[j]}
        for i in places(relation.holders(worth.rights)):
            for person in relation.people[i]:
                assert rights <= held[person], "somebody would gain a right"
                covered[person] |= rights
    for i, left in enumerate(ground.left):
        rest = {r for j in places(left) for r in relation.rights[j]}
        for person in relation.people[i]:
            assert not rest & covered[person]
            assert rest | covered[person] == held[person]


@given(PEOPLE, st.integers(0, 99))
def test_the_order_in_which_people_are_read_changes_no_suggestion(
    held: Held, seed: int
) -> None:
    shuffled = [*held]
    Random(seed).shuffle(shuffled)
    one, other = Relation.of(held), Relation.of({who: held[who] for who in shuffled})
    first = [*Ground(one, candidates(one, [])).one_after_the_other()]
    again = [*Ground(other, candidates(other, [])).one_after_the_other()]
    assert first == again


def test_planted_roles_are_found_under_noise_with_the_attribute_in_their_name() -> None:
    company = planted(people=300)
    relation = Relation.of(company.held)
    groups = groups_of(relation, company.marks)
    ground = Ground(relation, candidates(relation, groups))
    found = [
        frozenset(right for j in places(worth.rights) for right in relation.rights[j])
        for worth in islice(ground.one_after_the_other(), 90)
    ]
    best = {
        name: max(overlap(rights, one) for one in found)
        for name, rights in company.roles.items()
    }
    assert sum(best.values()) / len(best) >= 0.92
    assert sum(far == 1 for far in best.values()) / len(best) >= 0.7


def test_a_larger_aim_to_finish_finishes_more_people_with_as_many_roles() -> None:
    company = planted(people=200, seed=3)
    relation = Relation.of(company.held)
    sets = candidates(relation, groups_of(relation, company.marks))
    done = {}
    for aim in Aim:
        ground = Ground(relation, sets, aim)
        many = sum(1 for _ in islice(ground.one_after_the_other(), 40))
        assert many == 40
        done[aim] = ground.finished
    assert done[Aim.FINISH] >= done[Aim.BOTH] >= done[Aim.SAVE]


def test_what_is_nearly_refused_does_not_come_back() -> None:
    held = {person: {1, 2, 3, 4, 5} for person in range(1, 6)}
    relation = Relation.of(held)
    sets = candidates(relation, [])
    assert Ground(relation, sets).best()
    assert not Ground(relation, sets, refused=lambda rights: True).best()
