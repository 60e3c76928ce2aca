"""Tasks, as a person types them."""

from __future__ import annotations

from tests.conftest import Rung
from tests.improvements.builders import Room


def test_tasks_on_the_command_line(rung: Rung, room: Room) -> None:
    number = str(room.raised())
    base = ("improvement", "task")
    words = ("Ask Ada", "--owner", "anna", "--due", "2030-01-05")
    made = rung(*base, "add", number, *words, "--json").json
    assert made["what"] == "Ask Ada"
    (one,) = rung(*base, "list", number, "--json").json["tasks"]
    assert (one["owner"], one["due"], one["left"]) == ("anna", "2030-01-05", False)
    assert rung(*base, "list").out == (
        "1 Ask Ada: anna, until 2030-01-05 (Calls are answered faster)\n"
    )
    assert rung(*base, "hand-over", "anna", "ben", "--json").json["handed_over"] == 1
    assert rung(*base, "done", "1", "--json").json["state"] == "done"
    assert rung(*base, "done", "1").code == 1
    assert rung(*base, "list").out == "Nothing to do.\n"
    assert rung(*base, "list", number, "--all", "--json").json["tasks"]
    assert rung(*base, "reopen", "1").code == 0
    assert rung(*base, "drop", "1", "--json").json["state"] == "let go"
    assert rung(*base, "add", "99", "x").code == 1
