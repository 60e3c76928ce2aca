"""When an improvement may begin, pause, end and begin again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.improvements.register.rules import (
    MOVES,
    ImprovementFacts,
    objections,
)
from app.improvements.tasks.rules import NextStep, step_objections
from app.models.improvements.words import (
    ImprovementState,
)

TODAY = date(2026, 3, 2)


STEP = NextStep("Ask Ada", "ben", TODAY + timedelta(days=14))


READY = ImprovementFacts(ImprovementState.ACCEPTED, "ada", STEP)


def to(there: ImprovementState, reason: str = "", **changed: object) -> tuple[str, ...]:
    return objections(replace(READY, **changed), there, reason, TODAY)


def test_an_improvement_that_is_ready_may_begin():
    assert to(ImprovementState.IN_PROGRESS) == ()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"owner": ""}, "Name the one person who owns it."),
        ({"next_step": None}, "Say what the next step is, who does it and until when."),
        (
            {"others_in_progress": 2},
            "2 improvements in progress, the limit is 2: finish one first, or say why not.",
        ),
    ],
)
def test_what_is_missing_to_begin_is_said(changed: dict[str, object], sentence: str):
    assert to(ImprovementState.IN_PROGRESS, **changed) == (sentence,)


def test_no_number_is_needed_to_begin():
    assert READY.next_step is not None
    assert to(ImprovementState.IN_PROGRESS) == ()


def test_the_limit_of_work_in_progress_gives_way_to_a_reason():
    assert (
        to(
            ImprovementState.IN_PROGRESS,
            "The other two wait for a supplier",
            others_in_progress=2,
        )
        == ()
    )


def test_everything_missing_is_said_at_once():
    assert (
        len(
            objections(
                ImprovementFacts(ImprovementState.ACCEPTED),
                ImprovementState.IN_PROGRESS,
                "",
                TODAY,
            )
        )
        == 2
    )


@pytest.mark.parametrize(
    ("step", "word"),
    [
        (NextStep(" ", "ben", TODAY), "what"),
        (NextStep("Ask", "", TODAY), "who"),
        (NextStep("Ask", "ben", TODAY - timedelta(days=1)), "was due on 1 Mar 2026"),
        (NextStep("Ask", "ben", TODAY + timedelta(days=15)), "make it smaller"),
    ],
)
def test_a_next_step_is_small_named_and_ahead(step: NextStep, word: str):
    (sentence,) = step_objections(step, TODAY)
    assert word in sentence


def test_a_move_that_is_not_in_the_table_says_where_it_could_go():
    assert to(ImprovementState.EMBEDDED) == (
        "An improvement that is accepted cannot become embedded; from there it goes to in "
        "progress, raised, stopped or rejected.",
    )


def test_holding_and_stopping_ask_for_a_reason():
    assert to(ImprovementState.ON_HOLD, state=ImprovementState.IN_PROGRESS) == (
        "Say why it has to wait.",
    )
    assert to(ImprovementState.STOPPED) == (
        "Say what was learned; stopping with learning is a success.",
    )
    assert to(ImprovementState.STOPPED, "Nobody wants it") == ()


def test_nothing_is_stopped_while_an_iteration_is_open():
    assert to(ImprovementState.STOPPED, "Enough", open_iteration="Rung 2") == (
        "Rung 2 is still open; decide or abort it first.",
    )


def test_embedding_asks_for_a_decision_a_watch_and_that_everybody_has_it():
    assert len(to(ImprovementState.EMBEDDED, state=ImprovementState.IN_PROGRESS)) == 3
    kept = {"adopted": True, "control_metric": True, "everyone_has_it": True}
    assert (
        to(ImprovementState.EMBEDDED, state=ImprovementState.IN_PROGRESS, **kept) == ()
    )


def test_drift_opens_an_embedded_improvement_again():
    assert to(ImprovementState.IN_PROGRESS, state=ImprovementState.EMBEDDED) == (
        "Say what drifted, to open it again.",
    )
    assert (
        to(
            ImprovementState.IN_PROGRESS,
            "Calls are up again",
            state=ImprovementState.EMBEDDED,
        )
        == ()
    )


def test_what_was_stopped_is_taken_up_again_with_a_reason():
    assert to(ImprovementState.ACCEPTED, state=ImprovementState.STOPPED) == (
        "Say why it is taken up again.",
    )
    assert to(ImprovementState.ACCEPTED, state=ImprovementState.RAISED) == ()


@given(
    st.sampled_from(ImprovementState),
    st.sampled_from(ImprovementState),
    st.text(max_size=3),
)
def test_no_move_outside_the_table_ever_happens(
    here: ImprovementState, there: ImprovementState, reason: str
):
    found = objections(replace(READY, state=here), there, reason, TODAY)
    assert found or there in MOVES.onward(here)
