"""Urgency follows from the tie to the main business process."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from app.catalog.services.rules import QUESTIONS, known_answers, spelled_out, suggest


def test_a_stronger_tie_never_yields_a_lower_urgency() -> None:
    keys = [[answer.key for answer in question.answers] for question in QUESTIONS]
    every = [
        dict(zip([q.key for q in QUESTIONS], chosen, strict=True))
        for chosen in product(*keys)
    ]
    assert {suggest(answers).urgency for answers in every} == {1, 2, 3, 4}
    for answers in every:
        for question in QUESTIONS:
            place = [answer.key for answer in question.answers].index(
                answers[question.key]
            )
            for stronger in question.answers[:place]:
                assert (
                    suggest({**answers, question.key: stronger.key}).urgency
                    <= suggest(answers).urgency
                )


@given(
    st.dictionaries(
        st.sampled_from(["tie", "soon", "way", "other"]), st.text(max_size=9)
    )
)
def test_nonsense_and_silence_count_as_the_strongest_tie(
    answers: dict[str, str],
) -> None:
    assert suggest(answers) == suggest(known_answers(answers))
    assert suggest({}).urgency == 1


def test_the_answers_are_spelled_out_with_their_questions() -> None:
    told = spelled_out({"tie": "hampered", "way": "odd"})
    assert [answer for _question, answer in told] == ["It goes on, slower or by hand"]
    assert (
        "one step less"
        in suggest({"tie": "hampered", "soon": "week", "way": "full"}).why
    )
