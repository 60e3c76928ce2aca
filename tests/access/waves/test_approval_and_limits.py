from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flask import Flask

from app.access.document import PlanHead
from app.access.plan.values import PlanChoices
from app.access.plan.written import document
from app.access.waves.rules import (
    Approval,
    Limits,
    Reach,
    exceeded,
    is_self_approval,
    objection,
    reach_of,
)
from app.core.said import spoken
from tests.access.worlds import KEPT, world

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BY_ANOTHER = Approval(
    "ben", "ben", "ada", ("cyd",), ("ada", "ben"), MONDAY, MONDAY, timedelta(hours=4)
)


def test_another_approver_may_approve_at_once():
    assert objection(BY_ANOTHER) == "" and not is_self_approval(BY_ANOTHER)


def test_the_author_may_not_approve_while_there_is_another_approver():
    asked = replace(
        BY_ANOTHER, approver="ada", approver_uid="ada", now=MONDAY + timedelta(days=9)
    )
    assert objection(asked) == "ada made this plan; somebody else has to approve it."


def test_nobody_approves_a_plan_he_is_in():
    asked = replace(BY_ANOTHER, approver_uid="cyd")
    assert objection(asked) == "ben is in this plan and cannot approve it."


def test_a_team_of_one_waits_for_the_cooling_period_to_the_minute():
    alone = replace(BY_ANOTHER, approver="ada", approver_uid="ada", approvers=("ada",))
    early = replace(alone, now=MONDAY + timedelta(hours=3, minutes=59))
    assert "from 2 Mar, 13:00 UTC" in objection(early)
    ready = replace(alone, now=MONDAY + timedelta(hours=4))
    assert objection(ready) == "" and is_self_approval(ready)


LIMITS = Limits(people=5, share_of_group=0.5, deletions_per_hour=10)


def test_each_limit_says_its_arithmetic():
    told = exceeded(
        Reach(6, 8, {"fin-post": 3}), LIMITS, {"fin-post": 5}, deleted_this_hour=3
    )
    assert told == (
        "6 people in one wave; the limit is 5.",
        "3 of the 5 people in fin-post would lose it; the limit is 50%.",
        "8 values to delete and 3 deleted in the last hour; the limit is 10 an hour.",
    )


def test_limits_are_said_in_the_language_of_who_reads(app: Flask):
    told = exceeded(
        Reach(6, 8, {"fin-post": 3}), LIMITS, {"fin-post": 5}, deleted_this_hour=3
    )
    with app.test_request_context(headers={"Accept-Language": "de"}):
        german = [spoken(each) for each in told]
    assert told and all("die Grenze ist" in each for each in german)


def test_exactly_at_a_limit_is_allowed():
    assert (
        exceeded(
            Reach(5, 7, {"fin-post": 2}), LIMITS, {"fin-post": 4}, deleted_this_hour=3
        )
        == ()
    )


def test_a_right_with_fewer_than_four_holders_has_no_meaningful_share():
    assert (
        exceeded(
            Reach(1, 1, {"fin-post": 3}), LIMITS, {"fin-post": 3}, deleted_this_hour=0
        )
        == ()
    )


def test_reach_counts_deleted_values_and_real_losers_only():
    here = world({"ada": "mail a b c", "ben": "mail a b c"}, nested=[("c", "b")])
    gone = {(None, here.rights[right]): "agreed" for right in "ab"}
    role, choices = here.role("mail"), PlanChoices(default=KEPT, losses=gone)
    head = PlanHead("main", "clerk", 1, "nested", "ada", ())
    plan = document(
        here.graph, here.plan(role, "ada", "ben", choices=choices), role, head, False
    )
    assert [loss.still_seen for loss in plan.people[0].losses] == [
        "no",
        "yes, through nesting",
    ]
    assert reach_of(plan) == Reach(2, 6, {"a": 2})


def test_who_approves_has_said_which_account_is_their_own_or_that_there_is_none():
    why = objection(replace(BY_ANOTHER, approver_uid=""))
    assert why.startswith(
        "Nobody said which account in the directory is ben's own, so ben cannot approve."
    )
    assert objection(replace(BY_ANOTHER, approver_uid="-")) == ""


def test_a_new_approver_waits_for_the_cooling_period():
    new = replace(BY_ANOTHER, approver_since=MONDAY)
    assert "may approve from 2 Mar, 13:00 UTC" in objection(new)
    assert objection(replace(new, now=MONDAY + timedelta(hours=4))) == ""
