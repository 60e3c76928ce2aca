"""Raise, complete, move and vote; two people at the same improvement lose nothing."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core.audit import AuditEvent
from app.core.db import Database
from app.core.errors import Invalid, NotFound, Refused
from app.core.trail import about, count, history
from app.improvements.board.listing import (
    SORTS,
    RegisterFilter,
    count_improvements,
    improvement_lines,
)
from app.improvements.board.queries import board, drifted_among, embedded
from app.improvements.complaints.actions import ComplaintSaid, improve, register
from app.improvements.history.actions import Overtaken
from app.improvements.metrics.actions import watch
from app.improvements.queries import get_improvement
from app.improvements.register import actions as register_actions
from app.improvements.rungs import closing
from app.models.improvements.improvement import Improvement, Vote
from app.models.improvements.words import (
    DecisionKind,
    ImprovementKind,
    ImprovementState,
)
from app.models.people import Person
from tests.directory.builders import a_directory, a_person
from tests.improvements.builders import Room, an_operator, counted, row, rows


def fields(room: Room, improvement_id: int) -> Improvement:
    found: Improvement = row(room.database, Improvement, improvement_id)
    return found


def lines(room: Room, sort: str = "raised", **wanted: Any) -> list[str]:
    found = room.ask(improvement_lines, RegisterFilter(**wanted), sort, room.now.date())
    assert len(found) == room.ask(count_improvements, RegisterFilter(**wanted))
    return [line.title for line in found]


@pytest.fixture
def people(room: Room) -> dict[str, int]:
    """Two people called alike and one who is not, in a directory."""
    with room.database.write() as session:
        directory = a_directory(session)
        named = {"ada": "Ada Berg", "ben": "Ben Ohm", "ben2": "Ben Ohm"}
        return {
            uid: a_person(session, directory, uid, name=name).id
            for uid, name in named.items()
        }


def test_a_title_is_enough(room: Room) -> None:
    improvement_id = room.raised("  Calls are answered faster ")
    found = fields(room, improvement_id)
    assert (found.title, found.state, found.revision, found.created_by) == (
        "Calls are answered faster",
        ImprovementState.RAISED,
        1,
        "anna",
    )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"value": 11}, "value"),
        ({"job_size": 0}, "job_size"),
        ({"confidence": 101}, "confidence"),
        ({"budget_hours": -1}, "budget_hours"),
        ({"kind": "magic"}, "kind"),
        ({"state": "embedded"}, "state"),
        ({"owner": "nobody"}, "owner"),
        ({"parent_id": 99}, "parent_id"),
    ],
)
def test_what_cannot_be_used_is_named_by_field(
    room: Room, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as told:
        room.do(
            register_actions.raise_improvement,
            "A title",
            values if field != "title" else None,
        )
        room.do(register_actions.change_improvement, 1, values)
    assert told.value.field == field


def test_the_owner_is_an_operator_or_one_person_of_the_directory(
    room: Room, people: dict[str, int]
) -> None:
    an_operator(room.database, "anna")
    improvement_id = room.raised(owner="ANNA")
    assert fields(room, improvement_id).owner_operator_id is not None
    room.do(register_actions.change_improvement, improvement_id, {"owner": "ada"})
    found = fields(room, improvement_id)
    assert (found.owner, found.owner_operator_id, found.owner_person_id) == (
        "Ada Berg",
        None,
        people["ada"],
    )
    room.do(
        register_actions.change_improvement,
        improvement_id,
        {"owner": "Ada Berg", "vision": "Calm"},
    )
    assert fields(room, improvement_id).owner_person_id == people["ada"]
    with pytest.raises(Invalid, match="Ben Ohm"):
        room.do(
            register_actions.change_improvement, improvement_id, {"owner": "Ben Ohm"}
        )
    room.do(register_actions.change_improvement, improvement_id, {"owner": ""})
    assert fields(room, improvement_id).owner_person_id is None


def test_a_sponsor_may_be_anybody_and_stays_known_when_the_directory_goes(
    room: Room, people: dict[str, int], database: Database
) -> None:
    improvement_id = room.raised(sponsor="ada")
    assert fields(room, improvement_id).sponsor_person_id == people["ada"]
    with database.write() as session:
        session.delete(session.get_one(Person, people["ada"]))
    found = fields(room, improvement_id)
    assert (found.sponsor, found.sponsor_person_id) == ("Ada Berg", None)
    assert (
        fields(room, room.raised("Other", sponsor="The board")).sponsor == "The board"
    )


def test_an_improvement_cannot_stand_under_itself(room: Room) -> None:
    parent, child = room.raised("Parent"), room.raised("Child")
    room.do(register_actions.change_improvement, child, {"parent_id": parent})
    with pytest.raises(Invalid, match="under itself"):
        room.do(register_actions.change_improvement, parent, {"parent_id": child})


def test_two_edits_of_different_fields_are_joined(room: Room) -> None:
    improvement_id = room.raised(vision="Calm", how="Slowly")
    room.do(
        register_actions.change_improvement,
        improvement_id,
        {"vision": "Quiet", "how": "Slowly"},
        revision=1,
        by="ben",
    )
    room.do(
        register_actions.change_improvement,
        improvement_id,
        {"vision": "Calm", "how": "Fast"},
        revision=1,
    )
    found = fields(room, improvement_id)
    assert (found.vision, found.how, found.revision) == ("Quiet", "Fast", 3)


def test_two_edits_of_the_same_field_lose_neither_text(room: Room) -> None:
    improvement_id = room.raised(vision="Calm")
    room.do(
        register_actions.change_improvement,
        improvement_id,
        {"vision": "Quiet"},
        revision=1,
        by="ben",
    )
    with pytest.raises(
        Overtaken, match="ben changed vision while you were writing"
    ) as told:
        room.do(
            register_actions.change_improvement,
            improvement_id,
            {"vision": "Silent", "how": "Fast"},
            revision=1,
        )
    assert told.value.details == ("Vision: yours “Silent”, saved meanwhile “Quiet”.",)
    [clash] = told.value.clashes
    assert (clash.was, clash.theirs, clash.mine) == ("Calm", "Quiet", "Silent")
    assert fields(room, improvement_id).how == ""


def test_the_same_words_typed_twice_are_no_clash(room: Room) -> None:
    improvement_id = room.raised(vision="Calm")
    room.do(
        register_actions.change_improvement,
        improvement_id,
        {"vision": "Quiet"},
        revision=1,
        by="ben",
    )
    room.do(
        register_actions.change_improvement,
        improvement_id,
        {"vision": "Quiet"},
        revision=1,
    )
    assert fields(room, improvement_id).revision == 2


def test_an_old_edit_knows_every_change_since(room: Room) -> None:
    improvement_id = room.raised(vision="1", how="1")
    for number in ("2", "3"):
        room.do(register_actions.change_improvement, improvement_id, {"vision": number})
    room.do(
        register_actions.change_improvement,
        improvement_id,
        {"vision": "1", "how": "2"},
        revision=1,
    )
    assert (fields(room, improvement_id).vision, fields(room, improvement_id).how) == (
        "3",
        "2",
    )


def test_ten_people_at_once_lose_nothing(room: Room) -> None:
    improvement_id = room.raised()
    names = (
        "vision",
        "how",
        "where_now",
        "where_to",
        "momentum",
        "objective",
        "audience",
        "service",
        "desk_note",
        "tool_limit",
    )
    failures: list[Exception] = []

    def edit(name: str) -> None:
        try:
            room.do(
                register_actions.change_improvement,
                improvement_id,
                {name: f"by {name}"},
                revision=1,
            )
        except Exception as error:  # noqa: BLE001 - told below
            failures.append(error)

    threads = [threading.Thread(target=edit, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = fields(room, improvement_id)
    assert failures == []
    assert [getattr(found, name) for name in names] == [f"by {name}" for name in names]
    assert found.revision == 11


def test_every_field_has_its_history(room: Room) -> None:
    improvement_id = room.raised(vision="Calm")
    room.do(
        register_actions.change_improvement,
        improvement_id,
        {"vision": "Quiet", "required_by": room.now.date()},
    )
    done_to_it = about(f"improvement:{improvement_id}")
    [changed, raised] = room.ask(history, done_to_it, ("read",))
    assert changed.before == {"vision": "Calm", "required_by": None, "revision": 1}
    assert changed.after == {
        "vision": "Quiet",
        "required_by": "2026-03-02",
        "revision": 2,
    }
    assert changed.label == "Changed vision and required by"
    assert raised.after["vision"] == "Calm"
    assert room.ask(count, done_to_it) == 2


def test_a_change_that_changes_nothing_leaves_no_event(
    room: Room, database: Database
) -> None:
    improvement_id = room.raised(vision="Calm")
    before = len(rows(database, select(AuditEvent)))
    room.do(register_actions.change_improvement, improvement_id, {"vision": " Calm "})
    assert len(rows(database, select(AuditEvent))) == before


@pytest.mark.parametrize(
    ("what", "who", "days", "field"),
    [
        ("", "anna", 3, "next_what"),
        ("Ask", "", 3, "next_who"),
        ("Ask", "anna", 15, "next_due"),
        ("Ask", "anna", -1, "next_due"),
    ],
)
def test_a_next_step_is_small_and_somebodys(
    room: Room, what: str, who: str, days: int, field: str
) -> None:
    improvement_id = room.raised()
    with pytest.raises(Invalid) as told:
        room.do(
            register_actions.set_next_step,
            improvement_id,
            what,
            who,
            room.now.date() + timedelta(days=days),
        )
    assert told.value.field == field
    with pytest.raises(Invalid, match="until when"):
        room.do(register_actions.set_next_step, improvement_id, "Ask", "anna", None)


def test_nothing_begins_without_owner_and_next_step(
    room: Room,
) -> None:
    improvement_id = room.raised()
    room.do(register_actions.move, improvement_id, ImprovementState.ACCEPTED)
    with pytest.raises(Refused) as told:
        room.do(register_actions.move, improvement_id, ImprovementState.IN_PROGRESS)
    assert told.value.details == (
        "Name the one person who owns it.",
        "Say what the next step is, who does it and until when.",
    )


def test_a_role_needs_no_baseline_and_children_do_not_count_on_the_board(
    room: Room,
) -> None:
    for title in ("One", "Two"):
        room.begun(title)
    owner = an_operator(room.database, "anna")
    child = room.raised(
        "Clerk",
        kind=ImprovementKind.ROLE,
        parent_id=1,
        owner=owner,
        desk_involved=False,
    )
    room.next_step(child)
    room.do(register_actions.move, child, ImprovementState.ACCEPTED)
    assert (
        room.do(register_actions.move, child, ImprovementState.IN_PROGRESS).state
        is ImprovementState.IN_PROGRESS
    )


def test_the_limit_of_work_in_progress_is_soft(room: Room) -> None:
    for title in ("One", "Two"):
        room.begun(title)
    third, _ = room.begun("Three")
    assert fields(room, third).state is ImprovementState.IN_PROGRESS
    room.do(
        register_actions.move, third, ImprovementState.ON_HOLD, reason="One at a time."
    )
    with pytest.raises(Refused, match="2 improvements in progress, the limit is 2"):
        room.do(register_actions.move, third, ImprovementState.IN_PROGRESS)
    assert (
        room.do(
            register_actions.move, third, ImprovementState.IN_PROGRESS, wip_limit=3
        ).state
        is ImprovementState.IN_PROGRESS
    )


def test_what_is_in_progress_keeps_its_owner(room: Room) -> None:
    improvement_id, _ = room.begun()
    with pytest.raises(Invalid, match="exactly one owner"):
        room.do(register_actions.change_improvement, improvement_id, {"owner": ""})


def test_it_is_embedded_only_when_adopted_watched_and_with_everybody(
    room: Room,
) -> None:
    improvement_id, metric_id = room.begun(eligible=1)
    iteration_id = room.climbed(improvement_id, metric_id)
    with pytest.raises(Refused) as told:
        room.do(register_actions.move, improvement_id, ImprovementState.EMBEDDED)
    assert len(told.value.details) == 4
    room.do(closing.decide, iteration_id, DecisionKind.ADOPT)
    room.do(watch, metric_id)
    with pytest.raises(Refused, match="Confirm that those it is for have it"):
        room.do(register_actions.move, improvement_id, ImprovementState.EMBEDDED)
    room.do(
        register_actions.change_improvement,
        improvement_id,
        {"everyone_has_it_on": room.now.date()},
    )
    assert (
        room.do(register_actions.move, improvement_id, ImprovementState.EMBEDDED).state
        is ImprovementState.EMBEDDED
    )


def test_drift_opens_it_again_with_a_next_step(room: Room) -> None:
    improvement_id, metric_id = room.begun()
    room.do(watch, metric_id)
    room.put(improvement_id, state=ImprovementState.EMBEDDED, since=room.now)
    assert room.ask(lambda session: drifted_among(session, embedded(session))) == []
    room.forward(days=8)
    room.measured(metric_id, [60] * 8)
    [drifted] = room.ask(lambda session: drifted_among(session, embedded(session)))
    assert "unlikely to be chance" in drifted.sentence
    [card] = room.ask(board, room.now.date(), 2).attention
    assert card.reasons[0].startswith("Drift: Minutes to answer")
    room.do(
        register_actions.reopen,
        improvement_id,
        drifted.sentence,
        room.now.date() + timedelta(days=14),
    )
    found = fields(room, improvement_id)
    assert found.state is ImprovementState.IN_PROGRESS
    assert (
        found.next_what.startswith("Look into the drift")
        or found.next_what == "Ask Ada"
    )


def test_what_was_stopped_can_be_taken_up_again_with_a_reason(room: Room) -> None:
    improvement_id = room.raised()
    with pytest.raises(Refused, match="Say what was learned"):
        room.do(register_actions.move, improvement_id, ImprovementState.STOPPED)
    room.do(
        register_actions.move,
        improvement_id,
        ImprovementState.STOPPED,
        reason="Nobody needs it.",
    )
    assert fields(room, improvement_id).stop_learning == "Nobody needs it."
    with pytest.raises(Refused, match="Say why it is taken up again"):
        room.do(register_actions.move, improvement_id, ImprovementState.ACCEPTED)
    room.do(
        register_actions.move,
        improvement_id,
        ImprovementState.ACCEPTED,
        reason="Now they do.",
    )


def test_everybody_votes_once_and_may_take_it_back(
    room: Room, database: Database
) -> None:
    improvement_id = room.raised()
    for by in ("anna", "anna", "ben"):
        room.do(register_actions.vote, improvement_id, by=by)
    room.do(register_actions.unvote, improvement_id, by="anna")
    room.do(register_actions.unvote, improvement_id, by="cyd")
    assert [vote.voter for vote in rows(database, select(Vote))] == ["ben"]


def test_the_list_is_searched_narrowed_and_sorted(room: Room) -> None:
    room.raised(
        "Chat",
        value=2,
        urgency=2,
        risk=2,
        job_size=6,
        kind="channel shift",
        service="Phone",
    )
    room.raised("Articles", value=9, urgency=9, risk=9, job_size=3, vision="Know more")
    room.raised("Owners", required_by=room.now.date(), source="audit")
    room.do(register_actions.move, 2, ImprovementState.ACCEPTED)
    room.do(register_actions.vote, 3)
    assert lines(room) == ["Chat", "Articles", "Owners"]
    assert lines(room, "rank") == ["Articles", "Chat", "Owners"]
    assert lines(room, "votes") == ["Owners", "Articles", "Chat"]
    assert lines(room, "required")[0] == lines(room, "-required")[0] == "Owners"
    assert lines(room, "-title") == ["Owners", "Chat", "Articles"]
    assert lines(room, q="know art") == ["Articles"]
    assert lines(room, q="phone") == ["Chat"]
    assert lines(room, state="accepted") == ["Articles"]
    assert lines(room, kind="channel shift") == ["Chat"]
    assert lines(room, source="audit") == ["Owners"]
    for sort in SORTS:
        assert len(lines(room, sort)) == len(lines(room, f"-{sort}")) == 3


def test_the_list_shows_arithmetic_and_latest_value(room: Room) -> None:
    improvement_id, _ = room.begun(value=8, urgency=4, risk=3, job_size=5)
    [line] = room.ask(improvement_lines, RegisterFilter(), "rank", room.now.date())
    assert line.id == improvement_id
    assert line.estimate.arithmetic == "(8 + 4 + 3) / 5 = 3"
    assert line.metric is not None
    assert (line.metric.value, line.metric.target) == (41, 30)


def test_silence_and_lapsed_steps_float_to_needs_attention(room: Room) -> None:
    improvement_id, _ = room.begun()
    quiet = room.raised("Quiet")
    room.do(register_actions.move, quiet, ImprovementState.ACCEPTED)
    assert room.ask(board, room.now.date(), 2).attention == ()
    room.forward(days=31)
    first, second = room.ask(board, room.now.date(), 2).attention
    assert first.improvement.id == improvement_id
    assert first.reasons[0] == "The next step of anna lapsed 24 days ago: Ask Ada"
    assert second.reasons == (
        "Nobody has tried it for 31 days. What is never started is never finished: "
        "try it with one person.",
    )


def test_a_measured_value_is_a_sign_of_life(room: Room) -> None:
    _, metric_id = room.begun()
    room.forward(days=31)
    room.measured(metric_id, [40])
    [card] = room.ask(board, room.now.date(), 2).attention
    assert card.reasons == ("The next step of anna lapsed 24 days ago: Ask Ada",)


def test_a_complaint_becomes_an_improvement_with_its_words(room: Room) -> None:
    said = ComplaintSaid("Ada", room.now.date(), "I was told three names")
    complaint = room.do(register, "Ping-pong", said, severity=3)
    made = room.do(improve, complaint.id)
    found = fields(room, made.id)
    assert (found.title, found.source, found.source_text, found.source_who) == (
        "Ping-pong",
        "complaint",
        "I was told three names",
        "Ada",
    )


def test_what_is_not_there_is_told(room: Room) -> None:
    with pytest.raises(NotFound, match="There is no improvement 7"):
        room.do(register_actions.move, 7, ImprovementState.ACCEPTED)
    with pytest.raises(NotFound, match="There is no improvement 7"):
        room.ask(get_improvement, 7)


@pytest.mark.parametrize("asked", [improvement_lines, board])
def test_lists_ask_a_constant_number_of_queries(
    room: Room, database: Database, asked: Any
) -> None:
    def queries() -> int:
        values = (
            (room.now.date(), 2)
            if asked is board
            else (RegisterFilter(), "rank", room.now.date())
        )
        with counted(database) as statements:
            room.ask(asked, *values)
        return len(statements)

    room.begun("One")
    room.put(1, state=ImprovementState.EMBEDDED)
    first = queries()
    for title in ("Two", "Three", "Four"):
        improvement_id, metric_id = room.begun(title)
        room.running(improvement_id, metric_id)
    assert queries() == first <= 12
