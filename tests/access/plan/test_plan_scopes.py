"""A plan says what Active Directory would not take, before anything is written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.access.plan.values import PlanChoices, WavePlan
from app.access.rules import RoleShape
from tests.access.worlds import KEPT, World, right, world

HERE, THERE = "ou=groups,dc=x", "ou=groups,dc=y"


def in_scopes(outer: str, inner: str, place: str = HERE) -> tuple[World, RoleShape]:
    """Return a world with one right, and a role for it, with groups of these scopes."""
    mail = right("mail", scope=outer, dn=f"cn=mail,{place}")
    here = world({"ada": "mail", "ben": ""}, mail=mail)
    role = here.role("mail")
    return here, replace(role, group=replace(role.group, scope=inner))


def planned(outer: str, inner: str, place: str = HERE) -> WavePlan:
    here, role = in_scopes(outer, inner, place)
    return here.plan(role, "ada")


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        ("domain local", "global"),
        ("domain local", "universal"),
        ("domain local", "domain local"),
        ("universal", "global"),
        ("global", "global"),
        ("", ""),
    ],
)
def test_a_role_goes_into_rights_whose_scope_takes_its_group(outer: str, inner: str):
    assert planned(outer, inner).refusals == ()


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        ("global", "universal"),
        ("global", "domain local"),
        ("universal", "domain local"),
    ],
)
def test_a_role_whose_group_a_right_does_not_take_is_refused(outer: str, inner: str):
    [refusal] = planned(outer, inner).refusals
    assert f"is a {inner} group, which Active Directory does not take" in refusal
    assert f"into the {outer} group cn=mail" in refusal


def test_a_global_group_takes_none_of_another_domain():
    [refusal] = planned("global", "global", THERE).refusals
    assert "is of another domain" in refusal
    assert planned("domain local", "global", THERE).refusals == ()


def test_a_role_that_is_put_into_no_right_is_not_asked():
    here = world({"ada": "mail"}, mail=right("mail", scope="global"))
    role = here.role("mail", nested=False)
    assert here.plan(role, "ada").refusals == ()


def test_who_is_of_another_domain_is_left_out_with_the_reason():
    here, role = in_scopes("global", "global", THERE)
    gains = PlanChoices(default=KEPT, accept_all_gains=True)
    plan = here.plan(replace(role, nested=False), "ben", choices=gains)
    assert [one.person.name for one in plan.left_out] == ["Ben"]
    assert "is of another domain" in plan.left_out[0].why
