"""Hand-overs: reason, bounce lock, the owner's say; who is finally responsible stays it on every
way.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.core.errors import Conflict, Invalid, Refused
from app.incidents.events import happened, locked
from app.incidents.hands import responsibility
from app.incidents.hands.actions import (
    HandOver,
    confirm,
    decline,
    hand_over,
    redirect,
    send_back,
)
from app.incidents.hands.queries import delay_of
from app.incidents.hands.rules import (
    DelayMoment,
    Move,
    cost_of,
    hands,
    responsible_service,
    teams_that_had_it,
    why_locked,
)
from app.incidents.intake.actions import change_service
from app.incidents.restoration.actions import cancel, close, merge, reopen, restore
from app.incidents.rules import Hold, accusing, objections
from app.incidents.work import actions as work_actions
from app.models.catalog.service import Dependency, Fact
from app.models.incidents.incident import Escalation, WorkOrder
from app.models.incidents.words import EventKind, IncidentState, OrderState
from tests.acting import acting
from tests.catalog.builders import MONDAY, _put, a_fact
from tests.incidents.builders import Desk, rows


class Shop:
    """The named test case: cash desk software between service desk, development and
    administrators.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.front, self.dev, self.admins = (
            desk.team(name) for name in ("Service desk", "Development", "Admins")
        )
        self.service = desk.service(
            "Cash desk software", owner="olga", team_id=self.front
        )
        site = desk.site(weight=8)
        self.number = desk.reported(
            service_id=self.service,
            impact=2,
            site_id=site,
            effect="The cashier cannot sell.",
        )

    def hand(
        self,
        team: int,
        reason: str = "The log shows a lock in the database.",
        **more: Any,
    ) -> Any:
        self.desk.forward(hours=1)
        return self.desk.do(hand_over, self.number, HandOver(team, reason), **more)

    @property
    def now(self) -> Any:
        return self.desk.incident(self.number)

    def kinds(self) -> list[EventKind]:
        return [event.kind for event in self.desk.events(self.number)]

    def failed(self) -> None:
        self.desk.do(work_actions.step, self.number, "Restarted the till", 1)
        self.desk.do(responsibility.basics_failed, self.number)


@pytest.fixture
def shop(desk: Desk) -> Shop:
    return Shop(desk)


def test_the_cash_desk_case_is_flagged_at_the_return_to_development(shop: Shop) -> None:
    shop.hand(shop.dev)
    shop.hand(shop.admins)
    assert (shop.now.bounces, shop.now.bounce_locked_at) == (0, None)
    shop.hand(shop.dev)
    assert (shop.now.hand_overs, shop.now.bounces) == (3, 1)
    assert shop.now.bounce_locked_at == shop.desk.now
    assert (
        shop.desk.events(shop.number)[-1].text
        == "It came back to a team that already had it."
    )
    with pytest.raises(Refused, match="only the service owner moves it now"):
        shop.hand(shop.admins)
    shop.hand(shop.admins, by="olga")
    assert (shop.now.team_id, shop.now.bounce_locked_at) == (shop.admins, None)
    assert shop.kinds()[-2:] == [EventKind.REDIRECTED, EventKind.UNLOCKED]


def test_more_hand_overs_than_usual_lock_too(shop: Shop) -> None:
    for name in ("Development", "Admins", "Network", "Security"):
        assert shop.now.bounce_locked_at is None
        teams = {"Development": shop.dev, "Admins": shop.admins}
        shop.hand(teams.get(name) or shop.desk.team(name))
    assert shop.now.bounces == 0
    assert (
        shop.desk.events(shop.number)[-1].text
        == "It was handed over 4 times; 3 are usual."
    )


def test_a_lock_without_an_owner_says_so(desk: Desk, shop: Shop) -> None:
    bare = desk.reported(
        "It hangs",
        service_id=desk.service("Orphan", owner="", team_id=shop.front),
        impact=4,
    )
    shop.number = bare
    for team in (shop.dev, shop.front):
        shop.hand(team)
    with pytest.raises(Refused, match="Orphan has no owner"):
        shop.hand(shop.dev)


@pytest.mark.parametrize(
    ("reason", "field"), [("  ", "reason"), ("Because it is so", "team_id")]
)
def test_a_hand_over_needs_a_reason_and_another_team(
    shop: Shop, reason: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        shop.hand(shop.front, reason)
    assert refused.value.field == field


def test_what_the_second_line_requires_is_given_or_said_to_be_unknown(
    shop: Shop,
) -> None:
    fact = a_fact(shop.desk.database, shop.service, "Till number")
    with pytest.raises(Invalid, match="The service needs: Till number"):
        shop.hand(shop.dev)
    shop.desk.do(
        hand_over, shop.number, HandOver(shop.dev, "A lock in the log", {fact: "12"})
    )
    assert shop.desk.events(shop.number)[-1].data["missing"] == []


def test_insufficient_information_goes_back_once_and_is_asked_at_intake_from_then_on(
    shop: Shop,
) -> None:
    shop.hand(shop.dev)
    shop.desk.do(send_back, shop.number, "Error text", ask_always=True)
    assert (shop.now.team_id, shop.now.bounce_locked_at) == (shop.front, None)
    event = shop.desk.events(shop.number)[-1]
    assert (event.kind, event.data["fact"]) == (EventKind.RETURNED, "Error text")
    assert rows(
        shop.desk.database, select(Fact.name).where(Fact.service_id == shop.service)
    ) == ["Error text"]
    with pytest.raises(Refused, match="answer that first"):
        shop.desk.do(send_back, shop.number, "Another fact")
    shop.desk.do(
        hand_over, shop.number, HandOver(shop.dev, "Nobody wrote it down", unknown=True)
    )
    assert (shop.now.bounces, shop.now.bounce_locked_at) == (0, None)
    with pytest.raises(Refused, match="nobody to ask but the requester"):
        shop.desk.do(send_back, shop.desk.reported(team_id=shop.front), "Error text")


def test_where_the_service_wants_it_a_hand_over_passes_through_the_owner(
    desk: Desk, shop: Shop
) -> None:
    service = desk.service(
        "Payroll", owner="olga", team_id=shop.front, through_owner=True
    )
    shop.number = desk.reported(service_id=service, impact=3)
    shop.hand(shop.dev)
    assert (shop.now.team_id, shop.now.asked_team_id, shop.now.hand_overs) == (
        shop.front,
        shop.dev,
        0,
    )
    with pytest.raises(Refused, match="Only olga redirects it"):
        desk.do(confirm, shop.number)
    desk.do(decline, shop.number, "Ask the bank first.", by="olga")
    assert shop.now.asked_team_id is None
    shop.hand(shop.dev)
    desk.do(confirm, shop.number, by="olga")
    assert (shop.now.team_id, shop.now.hand_overs) == (shop.dev, 1)


def test_basic_troubleshooting_has_to_be_tried_before_it_failed(shop: Shop) -> None:
    with pytest.raises(Refused, match="Write down first what was tried"):
        shop.desk.do(responsibility.basics_failed, shop.number)
    shop.failed()
    assert (shop.now.owner, shop.now.owner_fixed_at) == ("olga", shop.desk.now)
    step = next(
        event for event in shop.desk.events(shop.number) if event.kind is EventKind.STEP
    )
    assert (step.data["level"], step.at) == (1, shop.desk.now)


PUSHES = {
    "hand-over": lambda shop: shop.hand(shop.dev),
    "another service": lambda shop: shop.desk.do(
        change_service, shop.number, shop.desk.service("X"), "It is X"
    ),
    "cancel": lambda shop: shop.desk.do(cancel, shop.number, "Nothing there"),
    "merge": lambda shop: shop.desk.do(merge, shop.number, shop.desk.reported("Other")),
    "field": lambda shop: _set(shop, owner="dora"),
    "no owner": lambda shop: _set(shop, owner="", owner_fixed_at=None),
    "by the owner himself": lambda shop: _set(shop, by="olga", owner="dora"),
}


def _set(shop: Shop, by: str = "import", **values: Any) -> None:
    with shop.desk.database.write() as session:
        incident = locked(session, shop.number)
        happened(
            acting(session, by, shop.desk.now),
            incident,
            EventKind.CHANGED,
            "From a file",
            values=values,
        )


@pytest.mark.parametrize("way", PUSHES)
def test_final_responsibility_cannot_be_pushed_away(shop: Shop, way: str) -> None:
    shop.failed()
    before = shop.now
    with pytest.raises(
        Refused, match="olga is finally responsible until it is restored"
    ):
        PUSHES[way](shop)
    assert (shop.now.owner, shop.now.team_id, shop.now.state) == (
        "olga",
        before.team_id,
        before.state,
    )


def test_the_owner_may_redirect_the_work_and_keeps_the_responsibility(
    shop: Shop,
) -> None:
    shop.failed()
    shop.hand(shop.dev, by="olga")
    assert (shop.now.team_id, shop.now.owner) == (shop.dev, "olga")
    shop.desk.do(restore, shop.number, "Restarted the database")
    shop.desk.do(reopen, shop.number, "It hangs again")
    with pytest.raises(Refused, match="finally responsible"):
        shop.hand(shop.admins)


def test_the_owner_of_the_composite_answers_when_a_part_fails(shop: Shop) -> None:
    desk = shop.desk
    part = desk.service("Network", owner="nils", team_id=shop.admins)
    _put(desk.database, Dependency(service_id=shop.service, part_id=part))
    desk.do(change_service, shop.number, part, "The switch is down")
    shop.failed()
    assert shop.now.owner == "olga"


def test_without_an_owner_nobody_is_responsible_and_management_hears_of_it(
    shop: Shop,
) -> None:
    desk = shop.desk
    shop.number = desk.reported(service_id=desk.service("Orphan", owner=""), impact=2)
    shop.failed()
    desk.do(responsibility.basics_failed, shop.number)
    assert (shop.now.owner, shop.now.owner_fixed_at) == ("", None)
    [why] = rows(desk.database, select(Escalation.why))
    assert (
        why
        == "Basic troubleshooting failed and nobody is finally responsible: Orphan has no owner."
    )


def test_only_the_present_owner_of_the_service_takes_it_over_from_one_who_left(
    shop: Shop,
) -> None:
    from app.models.catalog.service import Service  # noqa: PLC0415

    shop.failed()
    with shop.desk.database.write() as session:
        session.get_one(Service, shop.service).owner = "nora"
        session.info["audit_events"] = 1
    with pytest.raises(Refused, match="Only olga redirects it"):
        shop.desk.do(redirect, shop.number, HandOver(shop.dev, "Not here"))
    with pytest.raises(Refused, match="Only the present owner"):
        shop.desk.do(responsibility.take_over, shop.number, by="dora")
    shop.desk.do(responsibility.take_over, shop.number, by="nora")
    assert shop.now.owner == "nora"


def test_only_the_owner_orders_work_and_a_refusal_goes_to_management(
    shop: Shop,
) -> None:
    desk, due = shop.desk, shop.desk.now + timedelta(hours=4)
    with pytest.raises(
        Refused, match="Only the owner of the service orders work; that is olga"
    ):
        desk.do(
            responsibility.order, shop.number, shop.admins, "Restart the server", due
        )
    made = desk.do(
        responsibility.order,
        shop.number,
        shop.admins,
        "Restart the server",
        due,
        by="olga",
    )
    desk.do(responsibility.answer_order, made.id, OrderState.ACCEPTED)
    with pytest.raises(Invalid) as refused:
        desk.do(responsibility.answer_order, made.id, OrderState.REFUSED)
    assert refused.value.field == "answer"
    desk.do(
        responsibility.answer_order,
        made.id,
        OrderState.REFUSED,
        "Backup is running",
        by="adam",
    )
    assert rows(desk.database, select(Escalation.why)) == [
        "adam refused the work order “Restart the server” of olga: Backup is running"
    ]
    assert rows(desk.database, select(WorkOrder.state)) == [OrderState.REFUSED]
    with pytest.raises(Refused, match="is refused"):
        desk.do(responsibility.answer_order, made.id, OrderState.DONE)


def test_time_in_each_hand_and_what_the_delay_costs(shop: Shop) -> None:
    shop.hand(shop.dev)
    shop.desk.forward(hours=2)
    shop.desk.do(work_actions.start, shop.number)
    shop.desk.forward(hours=1)
    delay = shop.desk.ask(delay_of, shop.now, shop.desk.now)
    hour = timedelta(hours=1)
    assert [(stay.team, stay.held, stay.idle) for stay in delay.stays] == [
        ("Service desk", hour, hour),
        ("Development", 3 * hour, 2 * hour),
    ]
    assert (delay.cost, delay.currency) == (4 * 8 * 20.0, "EUR")


def test_two_agents_saving_at_once_do_not_overwrite_each_other(shop: Shop) -> None:
    began_at = shop.now.revision
    shop.hand(shop.dev)
    with pytest.raises(Conflict):
        shop.hand(shop.admins, began_at=began_at)
    assert shop.now.team_id == shop.dev


@given(st.lists(st.integers(1, 4), min_size=1, max_size=8))
def test_a_hand_over_locks_exactly_when_the_team_had_it_or_there_were_too_many(
    path: list[int],
) -> None:
    moves = [
        Move(source, goal)
        for source, goal in zip([0, *path], path, strict=False)
        if source != goal
    ]
    for count, move in enumerate(moves, start=1):
        had = teams_that_had_it(moves[:count])
        assert had == {one.source for one in moves[:count]}
        assert bool(why_locked(move.goal or 0, had, count, 3)) == (
            move.goal in had or count > 3
        )


WORDS = ("owner", "owner_fixed_at", "team_id", "service_id", "state", "title")


@given(
    st.dictionaries(
        st.sampled_from(WORDS),
        st.sampled_from(["olga", "dora", None, "cancelled", "x"]),
    ),
    st.text(),
)
def test_whoever_it_is_nobody_but_the_owner_moves_what_he_answers_for(
    after: dict[str, Any], by: str
) -> None:
    hold = Hold(True, "olga", MONDAY, service_owner="olga")
    before = {
        "owner": "olga",
        "owner_fixed_at": MONDAY,
        "team_id": "t",
        "service_id": "s",
        "state": "assigned",
    }
    moves = {"team_id", "service_id"} & set(after) or after.get("state") == "cancelled"
    pushes = any(
        name in after and after[name] != before[name]
        for name in ("owner", "owner_fixed_at")
    )
    assert bool(objections(hold, before, after, by)) == bool(moves or pushes)


@given(
    st.lists(
        st.tuples(st.integers(0, 500), st.integers(1, 3), st.booleans()), min_size=1
    ),
    st.integers(0, 600),
)
def test_stays_in_hands_add_up_to_the_whole_time(
    events: list[tuple[int, int, bool]], end: int
) -> None:
    moments = [
        DelayMoment(MONDAY + timedelta(hours=hour), team, work)
        for hour, team, work in sorted(events)
    ]
    finish = MONDAY + timedelta(hours=end)
    stays = hands(moments, finish)
    total = max(finish - moments[0].at, timedelta())
    assert sum((stay.held for stay in stays), timedelta()) == (
        total if stays else timedelta()
    )
    assert all(timedelta() <= stay.idle <= stay.held for stay in stays)


def test_the_cost_is_hours_times_weight_times_price() -> None:
    assert cost_of(timedelta(minutes=90), 8, 20) == 240


def test_accusing_words_are_named_with_a_neutral_alternative() -> None:
    hints = accusing("As usual it is not on our side; they never answer. Obviously.")
    assert [hint.word for hint in hints] == [
        "As usual",
        "not on our side",
        "never answer",
        "Obviously",
    ]
    assert hints[1].instead == "what was checked, and what was found"
    assert accusing("The log shows a lock in the database since 09:14.") == []


def test_the_nearest_composite_it_was_reported_for_answers_also_in_circles() -> None:
    parts = {1: [2], 2: [3], 3: [1]}
    assert responsible_service([1], 3, parts) == 1
    assert responsible_service([], 3, parts) == 3
    assert responsible_service([4], 3, parts) == 3


def test_restored_is_not_closed_and_closing_needs_restoration(shop: Shop) -> None:
    with pytest.raises(Refused, match="Only a restored one can be closed"):
        shop.desk.do(close, shop.number)
    at = shop.desk.now
    shop.desk.forward(hours=2)
    shop.desk.do(restore, shop.number, "New cable", at=at)
    assert (
        shop.now.state,
        shop.now.restored_at,
        shop.now.closed_at,
        shop.now.is_open,
    ) == (
        IncidentState.RESTORED,
        at,
        None,
        False,
    )
    shop.desk.do(close, shop.number)
    assert (shop.now.state, shop.now.closed_at, shop.now.restored_at) == (
        IncidentState.CLOSED,
        shop.desk.now,
        at,
    )
