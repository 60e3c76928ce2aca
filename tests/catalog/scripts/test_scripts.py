"""Influence scripts as rows: drafts, publishing, going back, two people at once, the bench over
recorded answers.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy import select

from app.catalog.scripts.actions import (
    TypedScript,
    add_question,
    discard,
    move_question,
    new_draft,
    publish,
    remove_question,
    revert,
    start_with,
    write_question,
)
from app.catalog.scripts.bench import BenchOutcome
from app.catalog.scripts.editing import fingerprint
from app.catalog.scripts.queries import (
    asking,
    published_script,
    run_bench,
    version,
    versions,
)
from app.catalog.scripts.rules import taken, tree_of, walk
from app.core.audit import AuditEvent
from app.core.errors import Conflict, Invalid, NotFound, Refused
from app.models.catalog.script import Script
from app.models.catalog.words import ScriptState
from tests.catalog.scripts.trees import TILLS
from tests.improvements.builders import counted
from tests.incidents.builders import Desk, rows

STRICTER = deepcopy(TILLS)
STRICTER["questions"][1]["answers"][0]["impact"] = 2  # type: ignore[index]


def a_draft(desk: Desk, service_id: int, content: dict[str, Any] = TILLS) -> int:
    """Begin a draft with this content; its number."""
    return int(desk.do(new_draft, service_id, content=content).id)


def in_force(desk: Desk, service_id: int, content: dict[str, Any] = TILLS) -> int:
    """Publish a script; its number."""
    return int(desk.do(publish, a_draft(desk, service_id, content)).id)


def classified(
    desk: Desk,
    service_id: int,
    script_id: int,
    *tokens: str,
    title: str = "Till stands still",
) -> int:
    """Report an incident that was classified by these answers; its number."""
    with desk.database.read() as session:
        end = walk(tree_of(session.get_one(Script, script_id).content), taken(tokens))
    return desk.reported(
        title,
        service_id=service_id,
        script_id=script_id,
        answers=end.recorded,
        impact=end.impact or 3,
    )


def test_a_script_is_written_question_by_question_and_published(desk: Desk) -> None:
    service = desk.service()
    draft = desk.do(new_draft, service).id
    first = desk.do(add_question, draft, "How many tills?")
    answers = [("One", "impact:4"), ("More", "new")]
    desk.do(write_question, draft, first, TypedScript("How many tills?", "", answers))
    with pytest.raises(Refused) as told:
        desk.do(publish, draft)
    assert told.value.details == (
        "Question 2 has no words.",
        "Question 2 is a dead end: it has no answers.",
    )
    desk.do(
        write_question,
        draft,
        "q2",
        TypedScript("Is the outlet closed?", "", [("Yes", "impact:2")]),
    )
    desk.do(publish, draft, note="First try")
    found = desk.ask(published_script, service)
    assert (found.id, found.number, found.note, found.published_by) == (
        draft,
        1,
        "First try",
        "dora",
    )


def test_each_step_is_kept_in_the_audit_trail_with_before_and_after(desk: Desk) -> None:
    draft = a_draft(desk, desk.service())
    desk.do(remove_question, draft, "other")
    event = rows(
        desk.database, select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)
    )[0]
    assert (event.action, event.label) == (
        "script.write",
        "Script 1 of Cash desk: removed “Is another till free?”",
    )
    assert (
        len(event.before["content"]["questions"])
        == 2
        > len(event.after["content"]["questions"])
    )


def test_publishing_replaces_the_version_before(desk: Desk) -> None:
    service = desk.service()
    old, new = in_force(desk, service), in_force(desk, service, STRICTER)
    assert desk.ask(version, old).state is ScriptState.REPLACED
    assert desk.ask(published_script, service).id == new
    assert [each.number for each in desk.ask(versions, service)[1]] == [2, 1]


def test_a_published_version_never_changes(desk: Desk) -> None:
    script = in_force(desk, desk.service())
    for action, values in (
        (add_question, ("Since when?",)),
        (remove_question, ("other",)),
        (publish, ()),
        (discard, ()),
        (start_with, ("other",)),
        (move_question, ("other", -1)),
    ):
        with pytest.raises(Refused, match="never changes; copy it to a new draft"):
            desk.do(action, script, *values)


def test_a_new_draft_is_a_copy_of_the_version_in_force_or_of_the_one_named(
    desk: Desk,
) -> None:
    service = desk.service()
    old = in_force(desk, service)
    in_force(desk, service, STRICTER)
    assert desk.do(new_draft, service).content == STRICTER
    assert desk.do(new_draft, service, copy_of=old).content == TILLS
    with pytest.raises(Invalid, match="another service"):
        desk.do(new_draft, desk.service("Mail"), copy_of=old)


def test_going_back_publishes_a_copy_and_loses_nothing(desk: Desk) -> None:
    service = desk.service()
    old, new = in_force(desk, service), in_force(desk, service, STRICTER)
    back = desk.do(revert, old)
    assert (back.number, back.note, back.content) == (3, "Back to version 1", TILLS)
    assert desk.ask(version, new).state is ScriptState.REPLACED
    with pytest.raises(Refused, match="in force before"):
        desk.do(revert, back.id)


def test_two_people_write_different_questions_at_once(desk: Desk) -> None:
    draft = a_draft(desk, desk.service())
    seen = [fingerprint(each) for each in tree_of(TILLS).questions]
    desk.do(
        write_question,
        draft,
        "where",
        TypedScript("Which tills?", "", [("All", "next:other")], seen[0]),
    )
    desk.do(
        write_question,
        draft,
        "other",
        TypedScript("Another one?", "", [("No", "impact:3")], seen[1]),
    )
    assert [each.text for each in desk.ask(version, draft).tree.questions] == [
        "Which tills?",
        "Another one?",
    ]


def test_the_same_question_written_by_two_people_is_a_conflict_that_changes_nothing(
    desk: Desk,
) -> None:
    draft = a_draft(desk, desk.service())
    seen = fingerprint(tree_of(TILLS).questions[0])
    desk.do(
        write_question,
        draft,
        "where",
        TypedScript("Which tills?", "", [("All", "next:other")], seen),
    )
    with pytest.raises(Conflict):
        desk.do(write_question, draft, "where", TypedScript("Where?", "", [], seen))
    assert desk.ask(version, draft).tree.questions[0].text == "Which tills?"


def test_a_draft_changed_after_it_was_read_is_not_published_unread(desk: Desk) -> None:
    draft = a_draft(desk, desk.service())
    desk.do(start_with, draft, "where")
    desk.do(add_question, draft, "Since when?")
    with pytest.raises(Conflict):
        desk.do(publish, draft, began_at=1)


def test_what_is_no_longer_there_cannot_be_written(desk: Desk) -> None:
    draft = a_draft(desk, desk.service())
    with pytest.raises(NotFound, match="somebody removed it"):
        desk.do(write_question, draft, "gone", TypedScript("Who?"))
    with pytest.raises(Invalid, match="Write the question"):
        desk.do(add_question, draft, "  ")
    with pytest.raises(Invalid, match="at most 400"):
        desk.do(write_question, draft, "where", TypedScript("x" * 401))


def test_a_draft_is_thrown_away_and_a_retired_service_gets_none(desk: Desk) -> None:
    service = desk.service()
    desk.do(discard, a_draft(desk, service))
    assert desk.ask(versions, service)[1] == []
    with pytest.raises(Refused, match="retired"):
        desk.do(new_draft, desk.service("Fax", state="retired"))


def test_keys_of_published_questions_are_not_used_again_for_other_questions(
    desk: Desk,
) -> None:
    service = desk.service()
    draft = desk.do(new_draft, service).id
    for text in ("One?", "Two?"):
        desk.do(add_question, draft, text)
    desk.do(write_question, draft, "q1", TypedScript("One?", "", [("Yes", "next:q2")]))
    desk.do(write_question, draft, "q2", TypedScript("Two?", "", [("Yes", "impact:3")]))
    desk.do(publish, draft)
    copy = desk.do(new_draft, service).id
    desk.do(remove_question, copy, "q2")
    assert desk.do(add_question, copy, "Three?") == "q3"


def test_the_list_says_for_each_service_what_is_asked(desk: Desk) -> None:
    service = desk.service()
    desk.service("Mail")
    in_force(desk, service)
    a_draft(desk, service, STRICTER)
    found = {each.service: (each.published, each.drafts) for each in desk.ask(asking)}
    assert found == {"Cash desk": (1, 1), "Mail": (None, 0)}


def test_the_bench_tells_what_a_new_version_would_change(desk: Desk) -> None:
    service = desk.service()
    old = in_force(desk, service)
    moved = classified(desk, service, old, "where:2", "other:0")
    kept = classified(desk, service, old, "where:1")
    content = deepcopy(STRICTER)
    content["questions"][0]["answers"].pop(0)  # type: ignore[index]
    lost = classified(desk, service, old, "where:0")
    draft = desk.ask(version, a_draft(desk, service, content))
    lines = {line.record.incident_id: line for line in desk.ask(run_bench, draft)}
    assert list(lines) == [lost, kept, moved]
    assert [lines[each].outcome for each in (moved, kept, lost)] == [
        BenchOutcome.CHANGED,
        BenchOutcome.SAME,
        BenchOutcome.UNANSWERED,
    ]
    assert (lines[moved].priority, lines[moved].new_priority) == (2, 1)
    assert (
        lines[lost].why
        == "“Which tills stand still?” has no answer “In several outlets” any more."
    )


def test_the_bench_takes_the_last_fifty_of_this_service_in_a_constant_number_of_queries(
    desk: Desk,
) -> None:
    service, other = desk.service(), desk.service("Mail")
    script = in_force(desk, service)
    desk.reported("By hand", service_id=service, impact=2)
    classified(desk, other, script, "where:1")
    numbers = [classified(desk, service, script, "where:1") for _ in range(4)]
    found = desk.ask(version, script)
    with counted(desk.database) as few:
        assert len(desk.ask(run_bench, found, most=1)) == 1
    with counted(desk.database) as many:
        lines = desk.ask(run_bench, found, most=3)
    assert [line.record.incident_id for line in lines] == numbers[:0:-1]
    assert len(few) == len(many)
