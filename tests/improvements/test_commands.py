"""The commands of this room, as a person types them."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.db import Database
from app.improvements.actions import metrics
from app.models.improvements.words import ImprovementState
from tests.acting import acting
from tests.conftest import Clock, Rung
from tests.improvements.builders import Room, an_operator


@pytest.fixture
def begun(room: Room) -> tuple[int, int]:
    return room.begun()


def test_an_improvement_is_raised_listed_and_shown(rung: Rung) -> None:
    assert rung("improvement", "list").out.startswith("No improvements here.")
    assert rung("improvement", "raise", "Calls are answered faster").out == (
        "Raised improvement 1: Calls are answered faster.\n"
    )
    [line] = rung("improvement", "list", "--json").json["improvements"]
    assert (line["improvement"], line["title"], line["state"], line["score"]) == (
        1,
        "Calls are answered faster",
        "raised",
        None,
    )
    assert (
        "Calls are answered faster (raised), owner nobody yet"
        in rung("improvement", "show", "1").out
    )
    assert rung("improvement", "show", "1", "--json").json["title"] == "Calls are answered faster"


def test_an_improvement_starts_from_a_template(rung: Rung) -> None:
    rung("improvement", "raise", "--template", "caller-identification")
    told = rung("improvement", "show", "1", "--json").json
    assert told["title"] == "The caller is known before the first question"
    assert [metric["role"] for metric in told["metrics"]] == ["primary", "guardrail"]


def test_what_stands_in_the_way_of_a_move_is_told(rung: Rung, database: Database) -> None:
    an_operator(database, "anna")
    rung("improvement", "raise", "Faster", "--owner", "anna")
    assert rung("improvement", "move", "1", "accepted").code == 0
    done = rung("improvement", "move", "1", "in progress", "--json")
    assert done.code == 1
    assert "Say what the next step is, who does it and until when." in done.json["details"]
    assert (
        rung(
            "improvement", "next-step", "1", "Ask Ada", "--who", "anna", "--due", "2026-03-20"
        ).code
        == 1
    )
    assert rung("improvement", "next-step", "1", "Ask Ada", "--who", "anna").out == (
        "Next in “Faster”: Ask Ada (anna, until 2026-03-09).\n"
    )


def test_a_rung_is_climbed_from_the_terminal(
    rung: Rung, begun: tuple[int, int], clock: Clock
) -> None:
    told = rung(
        "iteration",
        "plan",
        "1",
        "--what",
        "The caller is found",
        "--person",
        "Ada",
        "--metric",
        "1",
        "--expected",
        "35",
        "--confidence",
        "70",
        "--starts",
        "2026-03-02",
        "--ends",
        "2026-03-16",
        "--hours",
        "4",
        "--risk",
        "low",
        "--cost",
        "low",
        "--json",
    ).json
    assert told["can_tell"].startswith("This pilot can tell.")
    assert (
        rung("iteration", "start", "1").out == "Iteration 1 runs; predicted is 35.0, 70 % sure.\n"
    )
    clock.forward(days=1)
    assert rung("measure", "add", "1", "2026-03-03", "34").out == "34 for 2026-03-03.\n"
    again = rung("measure", "add", "1", "2026-03-03", "35")
    assert (again.code, again.err) == (
        1,
        "rung: 3 Mar 2026 has 34 already; correct it there, with a reason.\n",
    )
    shown = rung("iteration", "review", "1").out
    assert "Verdict: inconclusive. 1 of 8 points measured." in shown
    assert "[ ] Nobody accepted it yet." in shown
    blocked = rung("iteration", "decide", "1", "scale", "--json")
    assert blocked.code == 1
    assert blocked.json["details"][0] == "Nobody accepted it yet."
    assert (
        rung("iteration", "decide", "1", "hold", "--reason", "Ada is ill.").out
        == "Decided: hold.\n"
    )


def test_values_come_from_a_file_and_its_rejects_are_told_by_line(
    rung: Rung, room: Room, tmp_path: Path
) -> None:
    metric_id = room.metric(room.raised())
    file = tmp_path / "values.csv"
    file.write_text("day,value\n2026-02-24,41.5\n2026-02-25,many\n2026-02-26,\n")
    done = rung("measure", "load", str(metric_id), str(file))
    assert (done.code, done.err) == (
        1,
        "rung: 1 line cannot be used. Line 3: “many” is no number. (Line 3: “many” is no "
        "number.)\n",
    )
    kept = rung("measure", "load", str(metric_id), str(file), "--keep-good", "--json").json
    assert kept == {"added": 1, "missing": 1, "rejects": ["Line 3: “many” is no number."]}
    [value] = rung("measure", "list", str(metric_id), "--json").json["values"]
    rung("measure", "correct", str(value["measurement"]), "42", "--reason", "Typing error")
    assert rung("measure", "list", str(metric_id), "--json").json["values"][0]["value"] == 42


def test_the_case_is_shown_as_of_a_day_as_text_and_as_markdown(
    rung: Rung, begun: tuple[int, int], clock: Clock
) -> None:
    clock.forward(days=2)
    assert (
        "Business case as of 2026-03-03." in rung("case", "show", "1", "--as-of", "2026-03-03").out
    )
    assert rung("case", "show", "1", "--markdown").out.startswith("# Calls are answered faster\n")
    frozen = rung("case", "freeze", "1", "--json").json
    assert len(frozen["hash"]) == 64
    assert rung("case", "show", "1", "--as-of", "2026-01-01").code == 1


def test_what_drifted_is_listed_and_taken_up_again(
    rung: Rung, room: Room, begun: tuple[int, int], clock: Clock
) -> None:
    improvement_id, metric_id = begun
    with room.database.write() as session:
        metrics.watch(acting(session, "anna", room.now), metric_id)
    room.put(improvement_id, state=ImprovementState.EMBEDDED, since=room.now)
    assert rung("improvement", "drift").out == "Nothing drifted.\n"
    clock.forward(days=8)
    room.forward(days=8)
    room.measured(metric_id, [60] * 8)
    [line] = rung("improvement", "drift", "--reopen", "--json").json["drifted"]
    assert "wrong way" in line["drift"]
    assert rung("improvement", "show", "1", "--json").json["state"] == "in progress"


def test_a_register_is_brought_in(rung: Rung, tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    file.write_text("Title,Colour\nChat,red\n,blue\n")
    done = rung("improvement", "import", str(file), "--keep-good", "--json").json
    assert done == {
        "raised": 1,
        "rejects": [{"line": 3, "why": ["It has no title."]}],
        "ignored": ["Colour"],
    }


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["improvement", "show", "7"], 1, "There is no improvement 7."),
        (["improvement", "raise"], 1, "Give it a title"),
        (["improvement", "raise", "x", "--owner", "nobody"], 1, "nobody"),
        (["improvement", "raise", "x", "--template", "magic"], 1, "There is no template magic."),
        (["improvement", "move", "1", "done"], 2, "done"),
        (["iteration", "start", "7"], 1, "There is no iteration 7."),
        (["iteration", "show", "7"], 1, "There is no iteration 7."),
        (["iteration", "abort", "7"], 2, "--reason"),
        (["measure", "add", "1", "soon", "3"], 2, "“soon” is no day"),
        (["measure", "add", "7", "2026-03-02", "3"], 1, "There is no metric 7."),
        (["measure", "list", "7"], 1, "There is no metric 7."),
        (["case", "show", "7"], 1, "There is no improvement 7."),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    rung: Rung, arguments: list[str], code: int, told: str
) -> None:
    done = rung(*arguments)
    assert (done.code, done.out) == (code, "")
    assert told in done.err
