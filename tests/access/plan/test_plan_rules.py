from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.document import PlanDocument, PlanHead, PlannedGain, PlannedLoss
from app.access.plan.values import PlanChoices, WavePlan
from app.access.plan.written import document, forward_ldif, reverse_ldif
from app.access.rules import (
    DIRECT_OFF,
    PREPARE,
    ROLE_ON,
    RoleShape,
    Terrain,
    as_change,
    as_data,
    effective_access,
)
from app.core.canonical import canonical, fingerprint
from app.directory.rules import RightRow
from ldap_sync.values import DirectoryChange, NewGroup
from tests.access.worlds import KEPT, ROLE_DN, World, person, right, world

HEAD = PlanHead("main", "clerk", 1, "nested", "ada", ())


def only(plan: WavePlan):
    assert not plan.left_out, [item.why for item in plan.left_out]
    return plan.people[0]


def why(plan: WavePlan) -> str:
    assert not plan.people
    return plan.left_out[0].why


def test_a_nested_role_replaces_the_direct_rights_of_somebody_who_fits():
    here = world({"ada": "mail post"})
    plan = only(here.plan(here.role("mail", "post"), "ada"))
    assert here.named(plan.add) == {"clerk"}
    assert here.named(plan.remove) == {"mail", "post"}
    assert plan.sees_before <= plan.sees_after
    assert not plan.losses and not plan.gains


def test_the_role_comes_on_before_anything_direct_goes_off():
    here = world({"ada": "mail post"})
    phases = [
        step.phase for step in only(here.plan(here.role("mail", "post"), "ada")).steps
    ]
    assert phases == [ROLE_ON, DIRECT_OFF, DIRECT_OFF]


def test_preparing_creates_the_group_first_and_then_links_it():
    here = world({"ada": "mail post"})
    steps = here.plan(here.role("mail", "post"), "ada").prepare
    assert [step.phase for step in steps] == [PREPARE] * 3
    assert isinstance(steps[0].change, NewGroup)
    assert {
        step.change.add
        for step in steps[1:]
        if isinstance(step.change, DirectoryChange)
    } == {(ROLE_DN,)}


@pytest.mark.parametrize("lens", ["unknown", "direct", "memberof"])
def test_rights_read_without_following_nested_groups_stay_individual_even_in_a_nested_role(
    lens: str,
):
    here = world({"ada": "mail post"}, lens=lens)
    plan = only(here.plan(here.role("mail", "post"), "ada"))
    assert plan.remove == ()
    assert plan.sees_before <= plan.sees_after


def test_memberof_counts_as_nested_where_the_server_computes_it_through_groups():
    here = world({"ada": "mail"}, lens="memberof")
    plan = only(
        here.plan(here.role("mail"), "ada", terrain=Terrain(transitive_memberof=True))
    )
    assert here.named(plan.remove) == {"mail"}


def test_a_materialised_role_marks_the_person_and_touches_nothing_else():
    here = world({"ada": "mail post"}, lens="unknown")
    plan = only(here.plan(here.role("mail", "post", nested=False), "ada"))
    assert here.named(plan.add) == {"clerk"} and plan.remove == ()


def test_extras_are_kept_as_exceptions_by_default():
    here = world({"ada": "mail post wiki"})
    plan = only(here.plan(here.role("mail", "post"), "ada"))
    assert here.named(plan.exceptions) == {"wiki"} and set(
        plan.exceptions.values()
    ) == {KEPT}
    assert "wiki" not in here.named(plan.remove)


def test_an_accepted_loss_is_taken_off_and_listed_with_its_reason():
    here = world({"ada": "mail post wiki"})
    choices = PlanChoices(
        default=KEPT, losses={(None, here.rights["wiki"]): "left the wiki team"}
    )
    plan = only(here.plan(here.role("mail", "post"), "ada", choices=choices))
    assert plan.losses == {here.rights["wiki"]: "left the wiki team"}
    assert here.named(plan.remove) == {"mail", "post", "wiki"}


def test_whoever_would_gain_is_left_out_by_default():
    here = world({"ada": "mail", "ben": "mail post"})
    assert (
        why(here.plan(here.role("mail", "post"), "ada"))
        == "Would gain post; nobody accepted that."
    )


@pytest.mark.parametrize("nested", [True, False])
def test_an_accepted_gain_is_listed_and_given(nested: bool):
    here = world({"ada": "mail", "ben": "mail post"})
    choices = PlanChoices(
        default=KEPT, gains=frozenset({(here.people["ada"], here.rights["post"])})
    )
    plan = only(
        here.plan(here.role("mail", "post", nested=nested), "ada", choices=choices)
    )
    assert here.named(plan.gains) == {"post"}
    assert here.rights["post"] in plan.sees_after
    assert ("post" in here.named(plan.add)) is not nested


def test_a_gain_that_hides_behind_nesting_has_to_be_accepted_too():
    here = world({"ada": "mail", "ben": "post"}, nested=[("post", "vault")])
    choices = PlanChoices(
        default=KEPT, gains=frozenset({(here.people["ada"], here.rights["post"])})
    )
    assert "vault" in why(here.plan(here.role("mail", "post"), "ada", choices=choices))


def test_a_loss_that_hides_behind_nesting_has_to_be_accepted_too():
    here = world({"ada": "mail wiki"}, nested=[("wiki", "archive")])
    choices = PlanChoices(
        default=KEPT, losses={(None, here.rights["wiki"]): "not needed"}
    )
    assert (
        why(here.plan(here.role("mail"), "ada", choices=choices))
        == "Would lose archive; nobody accepted that."
    )


def test_a_right_already_held_through_nesting_is_covered_and_no_gain():
    here = world({"ada": "mail team"}, nested=[("team", "post")])
    plan = only(here.plan(here.role("mail", "post"), "ada"))
    assert "post" in here.named(plan.covered) and not plan.missing and not plan.gains


def test_a_role_that_would_hand_rights_to_people_already_in_its_group_is_refused():
    group = right("clerk", is_role=True)
    here = world({"ada": "mail", "mallory": "clerk"}, clerk=group)
    role = replace(
        here.role("mail"), group=here.graph.rights[here.rights["clerk"]], new_group=None
    )
    plan = here.plan(role, "ada")
    assert plan.people == () and plan.refusals == (
        "Mallory is already in the group clerk and would gain mail at once.",
    )


def test_a_role_without_rights_is_refused():
    here = world({"ada": "mail"})
    assert here.plan(here.role(), "ada").refusals == ("The role has no rights.",)


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"disabled": True}, "Has left"), ({"service": True}, "Is a service account")],
)
def test_leavers_and_service_accounts_are_left_out(
    change: dict[str, bool], reason: str
):
    here = world({"ada": "mail"})
    people = {1: replace(here.graph.people[1], **change)}
    here = World(replace(here.graph, people=people), here.people, here.rights)
    assert reason in why(here.plan(here.role("mail"), "ada"))


def test_protected_accounts_are_left_out_however_their_dn_is_spelled():
    here = world({"ada": "mail"})
    terrain = Terrain(protected=frozenset({"uid=ada,ou=people,dc=x"}))
    assert (
        why(here.plan(here.role("mail"), "ada", terrain=terrain))
        == "Is a protected account."
    )


def test_nobody_is_in_two_open_switches():
    here = world({"ada": "mail"})
    assert (
        why(
            here.plan(
                here.role("mail"),
                "ada",
                terrain=Terrain(busy={1: "Has an open switch."}),
            )
        )
        == "Has an open switch."
    )


def test_the_primary_group_cannot_be_a_right_of_the_role():
    here = world({"ada": "mail"})
    people = {1: replace(here.graph.people[1], primary_group="key-mail")}
    here = World(replace(here.graph, people=people), here.people, here.rights)
    assert "primary group" in why(here.plan(here.role("mail"), "ada"))


def test_the_last_member_of_a_group_that_needs_one_is_left_out_without_a_placeholder():
    here = world({"ada": "mail wiki"}, wiki=right("wiki", needs_member=True))
    choices = PlanChoices(default=KEPT, losses={(None, here.rights["wiki"]): "gone"})
    assert "last member of wiki" in why(
        here.plan(here.role("mail"), "ada", choices=choices)
    )


def test_the_last_member_is_swapped_for_the_placeholder_in_one_change():
    here = world({"ada": "mail wiki"}, wiki=right("wiki", needs_member=True))
    choices = PlanChoices(default=KEPT, losses={(None, here.rights["wiki"]): "gone"})
    plan = only(
        here.plan(
            here.role("mail"),
            "ada",
            choices=choices,
            terrain=Terrain(placeholders=("cn=nobody,dc=x",)),
        )
    )
    swap = plan.steps[-1].change
    assert isinstance(swap, DirectoryChange)
    assert swap.add == ("cn=nobody,dc=x",) and swap.delete == (
        "uid=ada,ou=people,dc=x",
    )


def test_the_placeholder_comes_in_only_with_the_last_of_several_people():
    here = world(
        {"ada": "mail wiki", "ben": "mail wiki"}, wiki=right("wiki", needs_member=True)
    )
    choices = PlanChoices(default=KEPT, losses={(None, here.rights["wiki"]): "gone"})
    terrain = Terrain(placeholders=("cn=nobody,dc=x",))
    first, second = here.plan(
        here.role("mail"), "ada", "ben", choices=choices, terrain=terrain
    ).people
    assert [step.change.add for step in (first.steps[-1], second.steps[-1])] == [
        (),
        ("cn=nobody,dc=x",),
    ]


def test_rights_another_role_explains_are_kept_without_a_decision():
    here = world({"ada": "mail wiki"})
    terrain = Terrain(other_roles={1: frozenset({here.rights["wiki"]})})
    plan = only(here.plan(here.role("mail"), "ada", terrain=terrain))
    assert here.named(plan.kept) == {"wiki"} and not plan.exceptions


def test_the_exact_spelling_of_the_server_is_what_is_deleted():
    here = world({"ada": "mail"})
    odd = {(here.rights["mail"], 1): (("member", "UID=Ada, ou=people,dc=x"),)}
    here = World(replace(here.graph, odd_listings=odd), here.people, here.rights)
    change = only(here.plan(here.role("mail"), "ada")).steps[-1].change
    assert isinstance(change, DirectoryChange) and change.delete == (
        "UID=Ada, ou=people,dc=x",
    )


LISTED = [  # how ada stands in the group; what is taken from which attribute
    [("uniqueMember", "uid=ada,ou=people,dc=x"), ("memberUid", "ada")],
    [("memberUid", "ada")],
    [
        ("uniqueMember", "uid=ada,ou=people,dc=x"),
        ("uniqueMember", "uid=ada,ou=people,dc=x#'01'B"),
        ("memberUid", "ada"),
    ],
]


@pytest.mark.parametrize("others", [0, 2])
def test_a_role_whose_group_lists_what_is_no_person_is_not_linked_to_rights(
    others: int,
):
    here = world({"ada": "mail"}, clerk=right("clerk", is_role=True, others=others))
    role = replace(
        here.role("mail"), group=here.graph.rights[here.rights["clerk"]], new_group=None
    )
    refusals = here.plan(role, "ada").refusals
    assert [("would gain its rights" in refusal) for refusal in refusals] == [
        True
    ] * bool(others)


@pytest.mark.parametrize("listed", LISTED)
def test_who_stands_in_several_attributes_is_taken_out_of_each(
    listed: list[tuple[str, str]],
):
    here = world({"ada": "mail"}, mail=right("mail", attribute="uniqueMember"))
    odd = {(here.rights["mail"], 1): tuple(listed)}
    here = World(replace(here.graph, odd_listings=odd), here.people, here.rights)
    steps = [
        step
        for step in only(here.plan(here.role("mail"), "ada")).steps
        if step.phase == DIRECT_OFF
    ]
    changes = [
        step.change for step in steps if isinstance(step.change, DirectoryChange)
    ]
    assert [
        (change.attribute, value) for change in changes for value in change.delete
    ] == listed
    assert len(changes) == len({attribute for attribute, _ in listed})


def test_somebody_for_whom_nothing_changes_is_left_out():
    here = world(
        {"ada": "clerk"}, nested=[("clerk", "mail")], clerk=right("clerk", is_role=True)
    )
    role = replace(
        here.role("mail"), group=here.graph.rights[here.rights["clerk"]], new_group=None
    )
    assert "nothing to change" in why(here.plan(role, "ada"))


names = st.sampled_from("abcdefg")
holdings = st.dictionaries(
    st.sampled_from(["ada", "ben", "cyd", "dot"]),
    st.sets(names, max_size=5),
    min_size=1,
)
links = st.sets(st.tuples(names, names), max_size=5)
lenses = st.dictionaries(
    names,
    st.sampled_from(["unknown", "direct", "memberof", "recursive"]),
    min_size=7,
    max_size=7,
)


@st.composite
def planned(draw: st.DrawFn) -> tuple[World, RoleShape, WavePlan, Terrain]:
    """A random world with nesting and mixed lenses, a random role, random decisions, and the plan
    they lead to.
    """
    spoken = draw(lenses)
    special = {
        name: right(name, lens, needs_member=draw(st.booleans()))
        for name, lens in spoken.items()
    }
    holds = {who: " ".join(sorted(rights)) for who, rights in draw(holdings).items()}
    here = world(holds, nested=draw(links), **special)
    role = here.role(
        *draw(st.sets(names, min_size=1, max_size=4)), nested=draw(st.booleans())
    )
    accepted = draw(st.sets(st.sampled_from(sorted(here.rights.values())), max_size=4))
    choices = PlanChoices(
        default=KEPT,
        accept_all_gains=draw(st.booleans()),
        losses={(None, r): "agreed" for r in accepted},
    )
    terrain = Terrain(
        transitive_memberof=draw(st.booleans()),
        placeholders=draw(st.sampled_from([(), ("cn=nobody,dc=x",)])),
    )
    return (
        here,
        role,
        here.plan(role, *holds, choices=choices, terrain=terrain),
        terrain,
    )


@given(planned())
def test_nothing_is_lost_or_gained_under_any_lens_unless_it_was_accepted(case):
    _here, role, plan, terrain = case
    for one in plan.people:
        after = effective_access(plan.world, one.after, terrain.transitive_memberof) - {
            role.group.id
        }
        assert one.sees_before - after <= one.losses.keys()
        assert after - one.sees_before == one.gains


@given(planned())
def test_before_is_exactly_covered_plus_kept_plus_exceptions_plus_accepted_losses(case):
    here, role, plan, terrain = case
    content = document(here.graph, plan, role, HEAD, terrain.transitive_memberof)
    assert all(one.proves for one in content.people)


@given(planned())
def test_at_no_step_does_a_person_hold_less_than_both_the_start_and_the_end(case):
    _, role, plan, terrain = case
    for one in plan.people:
        held, keys = (
            set(one.before),
            {row.key: row.id for row in plan.world.rights.values()},
        )
        keys[""] = role.group.id
        for step in one.steps:
            assert isinstance(step.change, DirectoryChange)
            target = keys[step.change.key]
            held = held - {target} if step.phase == DIRECT_OFF else held | {target}
            assert (
                effective_access(plan.world, held, terrain.transitive_memberof)
                >= one.sees_before & one.sees_after
            )


@given(planned())
def test_the_steps_lead_exactly_to_what_the_plan_promises_and_their_inverses_lead_back(
    case,
):
    _, _role, plan, _ = case
    for one in plan.people:
        assert one.before | set(one.add) - set(one.remove) >= one.after - set(
            one.remove
        )
        assert (one.before | set(one.add)) - set(one.remove) == one.after
        assert not set(one.add) & one.before and set(one.remove) <= one.before


@given(planned())
def test_nobody_outside_the_plan_gains_or_loses_anything(case):
    here, _role, plan, terrain = case
    inside = {one.person.id for one in plan.people}
    for who in here.people.values():
        if who not in inside and plan.world is not None and not plan.refusals:
            direct = here.graph.direct[who]
            before = effective_access(here.graph, direct, terrain.transitive_memberof)
            assert (
                effective_access(plan.world, direct, terrain.transitive_memberof)
                == before
            )


@given(planned())
def test_no_group_that_needs_a_member_is_ever_left_without_one(case):
    here, _, plan, _ = case
    for right_id, row in here.graph.rights.items():
        values = (
            len(here.graph.members[right_id])
            + len(here.graph.children[right_id])
            + row.placeholders
        )
        for step in (
            *plan.prepare,
            *(step for one in plan.people for step in one.steps),
        ):
            if isinstance(step.change, DirectoryChange) and step.change.key == row.key:
                values += len(step.change.add) - len(step.change.delete)
                assert values > 0 or not row.needs_member


@given(planned())
def test_the_same_content_has_the_same_hash_and_every_difference_another(case):
    here, role, plan, terrain = case
    content = document(here.graph, plan, role, HEAD, terrain.transitive_memberof)
    shuffled = dict(reversed(content.to_json().items()))
    assert fingerprint(canonical(shuffled)) == content.hash
    assert replace(content, author="eve").hash != content.hash


@given(planned())
def test_a_plan_comes_back_from_its_text_as_it_went_in(case):
    here, role, plan, terrain = case
    content = document(here.graph, plan, role, HEAD, terrain.transitive_memberof)
    assert PlanDocument.of_text(content.text) == content


def test_losses_and_gains_are_listed_with_whose_they_are():
    here = world({"ada": "mail wiki", "ben": "post"})
    choices = PlanChoices(
        default=KEPT,
        accept_all_gains=True,
        losses={(None, here.rights["wiki"]): "agreed"},
    )
    role = here.role("mail", "post")
    content = document(
        here.graph, here.plan(role, "ada", choices=choices), role, HEAD, False
    )
    (ada,) = content.people
    assert ada.person == "ada"
    assert ada.losses == (PlannedLoss("wiki", "agreed", "ada", "no"),)
    assert ada.gains == (PlannedGain("post", "through the role"),)


def test_ldif_tells_the_plan_and_its_way_back_in_mirrored_order():
    here = world({"ada": "mail"})
    role = here.role("mail")
    content = document(here.graph, here.plan(role, "ada"), role, HEAD, False)
    forward = [
        line
        for line in forward_ldif(content).splitlines()
        if line.startswith(("dn:", "add:", "delete:"))
    ]
    back = [
        line
        for line in reverse_ldif(content).splitlines()
        if line.startswith(("dn:", "add:", "delete:"))
    ]
    mail, clerk = "dn: cn=mail,ou=groups,dc=x", f"dn: {ROLE_DN}"
    assert forward == [
        clerk,
        mail,
        "add: member",
        clerk,
        "add: member",
        mail,
        "delete: member",
    ]
    assert back == [
        mail,
        "add: member",
        clerk,
        "delete: member",
        mail,
        "delete: member",
    ]


@given(
    st.text(min_size=1),
    st.lists(st.text(min_size=1), max_size=3),
    st.lists(st.text(min_size=1), min_size=1, max_size=3),
)
def test_changes_come_back_from_the_journal_as_they_went_in(
    dn: str, add: list[str], delete: list[str]
):
    change = DirectoryChange("key", dn, "member", tuple(add), tuple(delete))
    assert as_change(as_data(change)) == change
    group = NewGroup(dn, (("cn", ("x",)), ("member", tuple(delete))))
    assert as_change(as_data(group)) == group


def test_a_person_by_uid_is_what_a_posix_group_gets():
    assert (
        RightRow(1, "k", "cn=p", "p", attribute="memberUid").default_value(
            person("ada")
        )
        == "ada"
    )
