"""The commands of this room, as a person types them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from app.models.improvements.metric import Measurement
from tests.conftest import Clock, Rung
from tests.improvements.builders import Room, rows


def test_the_register_goes_out_as_csv_that_an_import_reads(
    rung: Rung, room: Room, tmp_path: Path
) -> None:
    room.raised("Calls are answered faster", vision="=Nobody waits")
    file = tmp_path / "register.csv"
    assert (
        rung("improvement", "export", str(file)).out
        == f"Wrote 1 improvement to {file}.\n"
    )
    assert "'=Nobody waits" in file.read_text(encoding="utf-8")
    assert rung("improvement", "export").out == file.read_text(encoding="utf-8")
    [row] = rung("improvement", "export", "--json").json["improvements"]
    assert (row["number"], row["title"], row["score"]) == (
        1,
        "Calls are answered faster",
        "",
    )
    again = rung("improvement", "import", str(file), "--json").json
    assert again["details"] == ["Line 2: Improvement 1 has this title already."]


def test_values_come_from_a_file_and_its_rejects_are_told_by_line(
    rung: Rung, room: Room, tmp_path: Path
) -> None:
    metric_id = room.metric(room.raised())
    file = tmp_path / "values.csv"
    file.write_text("day,value\n2026-02-24,41.5\n2026-02-25,many\n2026-02-26,\n")
    done = rung("measure", "load", str(metric_id), str(file))
    assert (done.code, done.err) == (
        1,
        "rung: 1 line cannot be used. Line 3: “many” is no number.\n",
    )
    kept = rung(
        "measure", "load", str(metric_id), str(file), "--keep-good", "--json"
    ).json
    assert kept == {
        "added": 1,
        "missing": 1,
        "rejects": ["Line 3: “many” is no number."],
    }
    assert [value.value for value in rows(room.database, select(Measurement))] == [41.5]


@pytest.fixture
def begun(room: Room) -> tuple[int, int]:
    return room.begun()


def test_the_case_is_shown_as_of_a_day_as_text_and_as_markdown(
    rung: Rung, begun: tuple[int, int], clock: Clock
) -> None:
    clock.forward(days=2)
    assert (
        "Business case as of 2026-03-03."
        in rung("case", "show", "1", "--as-of", "2026-03-03").out
    )
    assert rung("case", "show", "1", "--markdown").out.startswith(
        "# Calls are answered faster\n"
    )
    assert rung("case", "show", "1", "--as-of", "2026-01-01").code == 1


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
        (["improvement", "import", "nowhere.csv"], 2, "does not exist"),
        (["measure", "load", "7", __file__], 1, "There is no metric 7."),
        (["case", "show", "1", "--as-of", "soon"], 2, "“soon” is no day"),
        (["case", "show", "7"], 1, "There is no improvement 7."),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    rung: Rung, arguments: list[str], code: int, told: str
) -> None:
    done = rung(*arguments)
    assert (done.code, done.out) == (code, "")
    assert told in done.err
