"""What stands above a business case: the summary, what is asked, and the net in one unit."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import audit
from app.core.canonical import canonical, fingerprint
from app.core.errors import Invalid, Refused
from app.improvements.case.actions import (
    AskDraft,
    WorthDraft,
    answer_ask,
    ask,
    value_hour,
)
from app.improvements.case.net import CountedSum, HourWorth, net_told, nets, rungs_alike
from app.improvements.case.queries import business_case, frozen_case, frozen_cases
from app.improvements.case.rules import Case
from app.improvements.complaints.actions import ComplaintSaid, join, register
from app.improvements.statistics.extrapolation import extrapolate
from app.models.improvements.improvement import BusinessCase, CaseAsk
from app.models.improvements.words import AskKind, Per, Side
from tests.conftest import Clock, Rung
from tests.improvements.builders import Room, rows
from tests.pages import Pages

WORTH = HourWorth(40, "EUR", "anna", date(2026, 3, 2), 3)
APART = HourWorth(None, "", "", None, 1)


def asked(room: Room, number: int, text: str = "Decide on the late shift.") -> CaseAsk:
    due = room.now.date() + timedelta(days=5)
    made: CaseAsk = room.do(ask, number, AskDraft(AskKind.DECIDE, text, due))
    return made


def told(room: Room, number: int, key: str, on: date | None = None) -> list[str]:
    case: Case = room.ask(business_case, number, on or room.now.date(), room.now)
    found = case.of(key)
    return [one.text for one in found.sentences] if found else []


def cost(value: float, unit: str, per: Per = Per.ONCE, came: bool = True) -> CountedSum:
    return CountedSum(Side.COST, "Setting it up", value, unit, per, came)


def benefit(value: float, unit: str, per: Per = Per.ONCE) -> CountedSum:
    return CountedSum(Side.BENEFIT, "Handling time", value, unit, per, True)


def test_a_summary_says_what_why_how_far_what_came_and_what_is_asked(
    room: Room,
) -> None:
    number, metric_id = room.begun(
        vision="Nobody waits for an answer", where_now="Four of ten give up"
    )
    room.scaled(number, metric_id)
    asked(room, number)
    assert told(room, number, "summary") == [
        "Nobody waits for an answer. It is for 80 people.",
        "Why: Four of ten give up.",
        "1 rung decided, 1 person reached; no rung is on its way.",
        "Minutes to answer went from 41.3 to 32.8 minutes (target 30); of the last rung: "
        "what was predicted came, and nothing that had to hold got worse.",
        "Asked until 15 Mar 2026, a decision: Decide on the late shift.",
    ]


def test_a_summary_of_a_bare_idea_is_short_and_honest(room: Room) -> None:
    found = told(room, room.raised(), "summary")
    assert found == [
        "Calls are answered faster. Nobody said yet for how many people it is.",
        "No rung was tried yet.",
    ]


def test_what_is_asked_is_kept_changed_and_answered(room: Room) -> None:
    number = room.raised()
    first = asked(room, number)
    again = asked(room, number, "Decide on all shifts.")
    assert first.id == again.id
    day = room.now.date()
    room.forward(days=1)
    room.do(answer_ask, number, "Yes, from April on")
    assert told(room, number, "ask") == [
        "Asked on 2 Mar 2026: Decide on all shifts. Answered: Yes, from April on."
    ]
    assert told(room, number, "ask", day) == [
        "Asked on 2 Mar 2026 for a decision until 7 Mar 2026: Decide on all shifts."
    ]
    with pytest.raises(Refused):
        room.do(answer_ask, number, "Twice")
    assert asked(room, number, "And the night?").id != first.id


@pytest.mark.parametrize(
    ("text", "days", "field"), [("", 3, "text"), ("Decide", -1, "due")]
)
def test_a_question_that_cannot_be_answered_is_not_asked(
    room: Room, text: str, days: int, field: str
) -> None:
    due = room.now.date() + timedelta(days=days)
    with pytest.raises(Invalid) as refused:
        room.do(ask, room.raised(), AskDraft(AskKind.MONEY, text, due))
    assert refused.value.field == field
    assert rows(room.database, select(CaseAsk)) == []


def test_hours_and_money_meet_where_somebody_said_what_an_hour_is_worth() -> None:
    sums = [cost(10, "hours"), cost(100, "EUR"), benefit(30, "Stunden", Per.MONTH)]
    assert net_told(sums, WORTH, (), 80) == [
        "An hour is valued at 40 EUR, as anna said on 2 Mar 2026.",
        "Once: costs 500, benefits 0, net −500 EUR.",
        "A year: costs 0, benefits 14,400, net +14,400 EUR.",
        "Over 3 years that is +42,700 EUR.",
    ]


def test_without_it_they_stay_apart_and_the_case_says_so() -> None:
    sums = [cost(90, "minutes"), cost(100, "€", came=False)]
    assert net_told(sums, APART, (), 80) == [
        "hours and EUR stay apart, because nobody said what an hour is worth here.",
        "Once: costs 1.5, benefits 0, net −1.5 hours.",
        "Once: costs 100, benefits 0, net −100 EUR.",
        "1 of 1 figure in EUR only planned yet.",
    ]


def test_what_has_no_unit_is_named_and_left_out() -> None:
    assert net_told([cost(3, "")], WORTH, (), 80) == [
        "Left out, having no unit: Setting it up."
    ]


def test_a_saving_carried_over_stays_outside_with_its_n_and_range() -> None:
    carried = extrapolate([10, 20, 30], 80, "minutes a week")
    assert carried is not None
    [found] = net_told([], WORTH, [carried], 80)
    assert found.startswith(
        "Not in it: carried over from n = 3 (10 to 30 minutes a week each) to 80 people, "
        "55,467 EUR a year, 95 % interval −13,427 to 124,360."
    )


@given(
    st.lists(
        st.tuples(
            st.sampled_from([Side.COST, Side.BENEFIT, Side.DISBENEFIT]),
            st.floats(0, 1e6),
            st.sampled_from(["hours", "EUR", "h", "days"]),
            st.sampled_from(list(Per)),
        ),
        max_size=12,
    )
)
def test_no_figure_is_lost_or_counted_twice(
    figures: list[tuple[Side, float, str, Per]],
) -> None:
    sums = [CountedSum(one[0], "x", *one[1:], came=True) for one in figures]
    found = nets(sums, WORTH)
    assert sum(one.count for one in found) == len(sums)
    alone = [nets([one], WORTH)[0] for one in sums]
    for unit in {one.unit for one in found}:
        whole = next(one for one in found if one.unit == unit)
        mine = [one for one in alone if one.unit == unit]
        assert whole.once.net == pytest.approx(sum(one.once.net for one in mine))
        assert whole.yearly.net == pytest.approx(sum(one.yearly.net for one in mine))


def test_rungs_taken_at_the_same_risk_are_told_once() -> None:
    low = ("low", "low")
    found = rungs_alike([(1, *low), (2, *low), (3, "high", "low")])
    assert [str(one) for one in found] == [
        "Rungs 1 and 2 were taken at low risk and low cost",
        "Rung 3 was taken at high risk and low cost",
    ]


def test_an_hour_without_its_money_has_no_value(room: Room) -> None:
    number = room.raised()
    for draft, field in (
        (WorthDraft(45, ""), "worth_unit"),
        (WorthDraft(-1, "EUR"), "hour_worth"),
        (WorthDraft(45, "EUR", 11), "horizon_years"),
    ):
        with pytest.raises(Invalid) as refused:
            room.do(value_hour, number, draft)
        assert refused.value.field == field


OLD: dict[str, Any] = {
    "case": {
        "as_of": "2026-03-02",
        "record": "improvement:1",
        "sections": [
            {
                "empty": "Nobody wrote down why yet.",
                "key": "reasons",
                "sentences": [{"record": "improvement:1", "text": "Vision: Calm."}],
                "title": "Why",
            }
        ],
        "title": "Calls are answered faster",
    }
}


def test_a_case_frozen_before_there_were_summaries_still_holds(
    app: Flask, pages: Pages
) -> None:
    room = Room(pages.parts.database)
    number, text = room.raised(), canonical(OLD)
    with room.database.write() as session:
        session.add(
            BusinessCase(
                improvement_id=number,
                as_of=room.now,
                content=text,
                hash=fingerprint(text),
                created_at=room.now,
                created_by="anna",
            )
        )
        audit.record(
            session,
            "anna",
            "case.freeze",
            f"improvement:{number}",
            "Froze",
            at=room.now,
        )
    [known] = room.ask(frozen_cases, number)
    assert known.intact
    _, case = room.ask(frozen_case, known.id)
    assert case.of("summary") is None
    page = pages.get("/cases/1")
    assert "Vision: Calm." in page.content
    assert "These words do not change any more." in page.content


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


def test_only_the_owner_is_invited_to_ask(app: Flask) -> None:
    pages = Pages(app).as_operator("olga")
    room = Room(pages.parts.database)
    number = room.raised(owner="olga")
    assert (
        "You ask for nothing yet." in pages.get(f"/improvements/{number}/case").content
    )
    other = Pages(app).as_operator("nina")
    assert (
        "You ask for nothing" not in other.get(f"/improvements/{number}/case").content
    )


def test_the_owner_asks_on_the_page_and_it_stands_on_top(app: Flask) -> None:
    pages = Pages(app).as_operator("olga")
    room = Room(pages.parts.database)
    number = room.raised(owner="olga")
    pages.get(f"/improvements/{number}/ask")
    kept = pages.submit(status=422, text="Give us 12 hours", kind="hours", due="")
    assert "Give us 12 hours" in kept.content  # kept with what is wrong
    page = pages.submit(
        text="Give us 12 hours",
        kind="hours",
        due="2026-03-09",
    )
    assert (
        "for hours until 9 Mar 2026: Give us 12 hours." in page.root.one(id="ask").text
    )
    pages.get(f"/improvements/{number}/worth")
    page = pages.submit(
        hour_worth="45",
        worth_unit="EUR",
        horizon_years="2",
    )
    pages.get(f"/improvements/{number}/ask/answer")
    page = pages.submit(answer="Granted")
    assert "Answered: Granted." in page.content


def test_one_page_says_what_is_on_it_and_how_much_is_not(
    pages: Pages, clock: Clock
) -> None:
    room = Room(pages.parts.database)
    number, metric_id = room.begun(vision="Word " * 100)
    room.scaled(number, metric_id)
    asked(room, number)
    clock.time = room.now
    page = pages.as_operator().get(f"/improvements/{number}/page")
    assert "…" in page.content
    assert "Decide on the late shift." in page.content
    assert page.root.all("svg", role="img")


def test_a_complaint_that_it_came_from_is_told_once(room: Room) -> None:
    number = room.raised(source="complaint", source_text="I say it twice")
    heard = room.do(register, "I say it twice", ComplaintSaid("Ada", room.now.date()))
    room.do(join, heard.id, number)
    assert sum("I say it twice" in one for one in told(room, number, "reasons")) == 1


def test_asking_and_answering_on_the_command_line(rung: Rung, app: Flask) -> None:
    room = Room(Pages(app).as_operator().parts.database)
    number = str(room.raised())
    made = rung("case", "ask", number, "Decide", "--until", "2026-03-09", "--json")
    assert made.json["kind"] == "a decision"
    assert rung("case", "worth", number, "--hour", "45", "--unit", "EUR").code == 0
    case = rung("case", "show", number, "--json").json
    keys = [one["key"] for one in case["sections"]]
    assert keys[:2] == ["summary", "ask"]
    assert "net" in keys
    assert rung("case", "answer", number, "Yes").code == 0
    assert rung("case", "answer", number, "Yes").code == 1
