from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.figures import (
    day,
    figure,
    listed,
    people,
    percent,
    share_of,
    signed,
)
from app.core.said import nsaid
from app.improvements.case.rules import (
    Case,
    CaseFacts,
    Found,
    Measured,
    Noted,
    Section,
    Sentence,
    Tried,
    compose,
)
from app.improvements.case.text import as_markdown, compare, escaped, frozen
from app.improvements.findings.rules import FindingGiven
from app.improvements.rungs.snapshot import Closed, carry_over, freeze
from app.improvements.statistics.effect import effect
from app.improvements.statistics.extrapolation import extrapolate
from app.improvements.statistics.ledger import Prediction
from app.models.improvements.words import (
    DecisionKind,
    Direction,
    FindingKind,
    FindingState,
)
from tests.improvements.statistics.series import AFTER, BEFORE

MONDAY = date(2026, 3, 2)
PREDICTION = Prediction("Minutes", 34, 0.7, Direction.DOWN)
EFFECT = effect(BEFORE, AFTER, Direction.DOWN, target=30)
SAVED = extrapolate([1.2, 0.8, 1.0, 1.4, 1.1], 300, "hours a month", ["Nobody leaves."])


def after(days: int) -> date:
    return MONDAY + timedelta(days=days)


def facts(**changed: object) -> CaseFacts:
    assert SAVED is not None
    found = CaseFacts(
        title="One owner per service",
        record="improvement:4",
        reasons=(Noted("Complaints come back", "complaint:2", MONDAY),),
        cost_of_nothing=Noted("40 hours a month", "improvement:4", MONDAY),
        risk_of_nothing=Noted("a shop that cannot sell", "improvement:4", after(3)),
        options=(Noted("A new tool, later.", "option:1", MONDAY),),
        tried=(
            Tried(
                "iteration:9",
                1,
                5,
                "Answer from one list",
                after(1),
                PREDICTION,
                32.75,
                "pass",
                after(20),
                "scale",
                "It helped",
                ("1 of 5 people neither accepted nor undone.",),
            ),
        ),
        found=(
            Found(
                FindingGiven(12, "List is slow", FindingKind.FIX, FindingState.OPEN),
                after(5),
            ),
            Found(
                FindingGiven(
                    13, "Old printers", FindingKind.STOP, FindingState.ACCEPTED
                ),
                after(6),
            ),
        ),
        measured=(
            Measured("metric:3", "Minutes to answer", EFFECT, True, after(20)),
            Measured("metric:5", "Calls", EFFECT, False, after(20)),
            Measured("metric:6", "Satisfaction", EFFECT, None, after(20)),
        ),
        extrapolated=((SAVED, "metric:3"),),
        needs=(Noted("Two more days of the desk", "need:1", after(8)),),
        forecast="34 to go, done in 9 weeks with 50 % chance.",
    )
    return replace(found, **changed)


def section(case: Case, key: str) -> list[str]:
    return [
        sentence.text
        for one in case.sections
        if one.key == key
        for sentence in one.sentences
    ]


def test_a_case_says_everything_that_was_collected():
    case = compose(facts(), after(30))
    assert section(case, "reasons") == ["Complaints come back."]
    assert section(case, "options") == [
        "Doing nothing costs: 40 hours a month.",
        "Doing nothing risks: a shop that cannot sell.",
        "A new tool, later.",
    ]
    assert section(case, "tried") == [
        "Rung 1, 5 people, from 3 Mar 2026: Answer from one list.",
        "Predicted 34 for Minutes, 70 % sure; measured 32.8.",
        "On 22 Mar 2026 verdict pass, decision to scale: It helped.",
        "Overridden: 1 of 5 people neither accepted nor undone.",
    ]
    assert section(case, "found") == [
        "List is slow (fix before scaling, open).",
        "Old printers (stop, accepted risk).",
    ]
    assert section(case, "benefits") == [f"Minutes to answer: {EFFECT.sentence}"]
    assert section(case, "disbenefits") == [f"Calls: {EFFECT.sentence}"]
    assert section(case, "unclear") == [f"Satisfaction: {EFFECT.sentence}"]
    assert section(case, "risks") == ["Accepted: Old printers."]
    assert section(case, "needs") == [
        "Two more days of the desk.",
        "To be fixed first: List is slow.",
    ]
    assert section(case, "forecast") == ["34 to go, done in 9 weeks with 50 % chance."]


def test_what_came_later_is_not_in_an_earlier_case():
    case = compose(facts(), after(2))
    assert section(case, "tried") == [
        "Rung 1, 5 people, from 3 Mar 2026: Answer from one list.",
        "Predicted 34 for Minutes, 70 % sure; not measured yet.",
    ]
    assert section(case, "options") == [
        "Doing nothing costs: 40 hours a month.",
        "A new tool, later.",
    ]
    assert (
        section(case, "found")
        == section(case, "benefits")
        == section(case, "needs")
        == []
    )


def test_doing_nothing_is_always_an_option():
    case = compose(CaseFacts("Chat", "improvement:1"), MONDAY)
    assert section(case, "options") == [
        "Doing nothing: nobody said what it costs or risks."
    ]
    assert all(one.sentences or one.empty for one in case.sections)


@given(st.integers(-5, 40))
def test_every_sentence_knows_its_record_and_none_is_lost_with_time(days: int):
    case, later = compose(facts(), after(days)), compose(facts(), after(days + 1))
    sentences = [sentence for one in case.sections for sentence in one.sentences]
    assert all(
        sentence.record and sentence.text.endswith((".", "!", "?"))
        for sentence in sentences
    )
    assert len(sentences) <= len(
        [sentence for one in later.sections for sentence in one.sentences]
    )


def test_markdown_links_every_sentence():
    text = as_markdown(
        compose(facts(), after(30)), lambda record: f"/{record.replace(':', '/')}"
    )
    assert text.startswith(
        "# One owner per service\n\nBusiness case as of 1 Apr 2026.\n"
    )
    assert "- Complaints come back. [complaint 2](/complaint/2)" in text
    assert "[rung 9](/iteration/9)" in text and "[iteration" not in text
    assert "## Costs\n\nNo cost was filled in.\n" in text


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("a [link](x) and *stars*", "a \\[link\\](x) and \\*stars\\*"),
        ("<script>alert(1)</script>", "\\<script\\>alert(1)\\</script\\>"),
        ("one\n# two", "one \\# two"),
        ("- not a list", "\\- not a list"),
        ("1. not a list", "\\1. not a list"),
        ("plain (words), 5 % + 3", "plain (words), 5 % + 3"),
    ],
)
def test_what_people_typed_stays_what_they_typed_in_markdown(typed: str, shown: str):
    assert escaped(typed) == shown


def test_two_days_are_compared_sentence_by_sentence():
    differences = compare(compose(facts(), after(2)), compose(facts(), after(30)))
    by_title = {one.title: one for one in differences}
    assert "Why" not in by_title and "Costs" not in by_title
    tried = by_title["What was tried"]
    assert [(old.text[-17:], new.text[-14:]) for old, new in tried.changed] == [
        ("not measured yet.", "measured 32.8.")
    ]
    assert len(tried.added) == 2 and tried.removed == ()


def test_what_left_the_case_is_said():
    old, new = (
        compose(facts(), after(30)),
        compose(facts(needs=(), found=()), after(30)),
    )
    (needs,) = [
        one for one in compare(old, new) if one.title == "What success will need"
    ]
    assert [sentence.record for sentence in needs.removed] == ["need:1", "finding:12"]


def test_a_section_that_did_not_exist_came_whole():
    new = Case(
        "x",
        "improvement:1",
        MONDAY,
        (Section("a", "A", (Sentence("One.", "note:1"),), "None."),),
    )
    (found,) = compare(Case("x", "improvement:1", MONDAY, ()), new)
    assert [sentence.text for sentence in found.added] == ["One."]


def test_a_frozen_case_is_the_same_whenever_it_is_made_and_tells_a_change():
    first, again = (
        frozen(compose(facts(), after(30))),
        frozen(compose(facts(), after(30))),
    )
    assert first == again and first.intact and len(first.hash) == 64
    assert frozen(compose(facts(title="Another"), after(30))).hash != first.hash
    assert not replace(first, text=first.text.replace("slow", "fast")).intact


def test_a_snapshot_holds_plain_values_in_one_order():
    snapshot = freeze(
        {
            "b": MONDAY,
            "a": PREDICTION,
            "c": (Fraction(1, 3), None, {1: DecisionKind.SCALE}),
        }
    )
    assert snapshot.text == (
        '{"a":{"baseline":null,"confidence":0.7,"direction":"down","expected":34,"metric":"Minutes"},'
        '"b":"2026-03-02","c":["1/3",null,{"1":"scale"}]}'
    )


def test_a_snapshot_refuses_what_it_cannot_keep():
    with pytest.raises(TypeError, match="set has no place"):
        freeze({"a": {1, 2}})


@pytest.mark.parametrize(
    ("decision", "people"),
    [
        (DecisionKind.SCALE, ()),
        (DecisionKind.ADAPT, (1, 2)),
        (DecisionKind.HOLD, (1, 2)),
    ],
)
def test_a_larger_rung_gets_new_people_and_every_rung_a_new_prediction(
    decision: DecisionKind, people: tuple[int, ...]
):
    draft = carry_over(
        Closed(decision, "Answer from one list", 14, 6, 8, (1, 2), (12,))
    )
    assert (draft.people, draft.findings, draft.days) == (people, (12,), 14)


def test_a_saving_is_carried_over_with_its_interval_and_assumptions():
    assert SAVED is not None
    assert (SAVED.each, SAVED.total) == (pytest.approx(1.1), pytest.approx(330))
    # mean 1.1, sd 0.2236, t(4) 2.7764: ± 0.2776 each
    assert (SAVED.low, SAVED.high) == (
        pytest.approx(246.7, abs=0.1),
        pytest.approx(413.3, abs=0.1),
    )
    assert SAVED.sentence == (
        "5 people saved 1.1 hours a month each (0.8 to 1.4); for 300 people that is 330 hours "
        "a month, 95 % interval 247 to 413."
    )
    assert SAVED.assumptions == (
        "The others are like the participants.",
        "Measured on 2 % of the people.",
        "Nobody leaves.",
    )


def test_one_participant_is_carried_over_to_nobody():
    found = extrapolate([12.0], 325, "minutes a week")
    assert found is not None and (found.low, found.total) == (None, None)
    assert found.sentence == (
        "1 person saved 12 minutes a week; one is too few to carry over to 325 people."
    )
    assert "Measured on 1 person only." in found.assumptions
    assert extrapolate([], 10, "hours") is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (41.3333, "41.3"),
        (1234.5, "1,234"),
        (2.0, "2"),
        (0.0512, "0.051"),
        (-8.583, "−8.58"),
        (0, "0"),
        (-0.0001, "0"),
    ],
)
def test_numbers_keep_the_digits_that_matter(value: float, text: str):
    assert figure(value) == text


def weeks(number: int) -> str:
    return nsaid("%(number)s week", "%(number)s weeks", number)


def test_words_around_numbers():
    assert (signed(3), signed(-3), signed(0)) == ("+3", "−3", "0")
    assert (
        percent(0.757),
        percent(0),
        percent(1),
        percent(0.999),
        percent(0.0001),
        percent(0.9999),
    ) == (
        "76 %",
        "0 %",
        "100 %",
        "99.9 %",
        "< 0.1 %",
        "> 99.9 %",
    )
    assert (people(1), people(5), weeks(1), weeks(1200)) == (
        "1 person",
        "5 people",
        "1 week",
        "1,200 weeks",
    )
    assert (share_of(12, 80), share_of(0, 0)) == ("12 of 80 (15 %)", "0 of 0")
    assert (day(MONDAY), listed([]), listed(["a"]), listed(["a", "b", "c"])) == (
        "2 Mar 2026",
        "",
        "a",
        "a, b and c",
    )
