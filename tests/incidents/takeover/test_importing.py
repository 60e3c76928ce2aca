"""Incidents of other tools: encodings, headings, rejects with their reasons, each taken once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.errors import Invalid
from app.core.parts import KEY
from app.core.table_columns import Said
from app.core.texts import decoded_with_name
from app.incidents.clocks.queries import clocks_of
from app.incidents.takeover.rules import Reject, Row, read_backlog
from app.models.incidents.incident import Incident, IncidentEvent
from app.models.incidents.words import EventKind, IncidentState
from tests.conftest import Rung
from tests.incidents.builders import MONDAY, rows

GLPI = """ID;Title;Status;Requester;Opening date;Solve date;Closing date
1;Straße gesperrt;Closed;Zoë;2026-01-05 08:00;2026-01-05 09:00;2026-01-06 09:00
2;Till off;New;Carla;2026-02-01 10:00;;
3;No state;Lost;Carla;2026-02-01 10:00;;
4;Too late;New;Carla;2036-02-01 10:00;;
2;Twice;New;Carla;2026-02-01 10:00;;
5;No end;Solved;Carla;2026-02-01 10:00;;
"""


def read(
    text: str, now: datetime, columns: dict[str, str] | None = None
) -> tuple[list[Row], list[Reject]]:
    found = read_backlog(text, now, Said(columns or {}))
    return list(found.rows), list(found.rejects)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("windows-1252", "cp1252"),
    ],
)
def test_encodings_are_recognised(name: str, found: str) -> None:
    assert decoded_with_name(GLPI.encode(name)) == (GLPI, found)


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(Invalid, match="UTF-8"):
        decoded_with_name(b"\x00\x81PK\x03")


def test_every_reject_has_its_line_and_reason() -> None:
    taken, rejects = read(GLPI, MONDAY)
    assert [row.ref for row in taken] == ["1", "2"]
    assert [(each.line, each.why.split(" ")[0]) for each in rejects] == [
        (4, "the"),
        (5, "“2036-02-01"),
        (6, "number"),
        (7, "it"),
    ]
    assert rejects[0].cells["Title"] == "No state"


def test_a_heading_nobody_knows_is_asked_for_and_can_be_named() -> None:
    text = GLPI.replace("Title", "Betreff")
    with pytest.raises(Invalid, match="title"):
        read(text, MONDAY)
    assert len(read(text, MONDAY, {"title": "Betreff"})[0]) == 2


def test_a_file_is_taken_once_with_its_dates_and_its_rejects_are_kept(
    app: Flask, rung: Rung, tmp_path: Path
) -> None:
    file, kept = tmp_path / "glpi.csv", tmp_path / "rejects.csv"
    file.write_text(GLPI, encoding="utf-8")
    arguments = ("incident", "import", str(file), "--tool", "glpi", "--json")
    assert rung(*arguments, "--preview").json["taken"] == 0
    assert rung(*arguments, "--rejects", str(kept)).json["taken"] == 2
    assert rung(*arguments).json["taken"] == 0
    found = rows(
        app.extensions[KEY].database, select(Incident).order_by(Incident.source_ref)
    )
    assert [(each.source_ref, each.state) for each in found] == [
        ("glpi:1", IncidentState.CLOSED),
        ("glpi:2", IncidentState.NEW),
    ]
    assert found[0].reported_at == datetime(2026, 1, 5, 8, tzinfo=UTC)
    assert found[0].closed_at == datetime(2026, 1, 6, 9, tzinfo=UTC)
    assert "“Lost” is not known" in kept.read_text(encoding="utf-8")
    with app.extensions[KEY].database.read() as session:
        clocks = clocks_of(session, found[0], MONDAY)
        events = (
            session.query(IncidentEvent)
            .filter_by(incident_id=found[0].id)
            .order_by(IncidentEvent.id)
        )
        told = [(event.kind, event.at) for event in events]
    assert told[0] == (EventKind.REPORTED, datetime(2026, 1, 5, 8, tzinfo=UTC))
    assert told[-1] == (EventKind.CLOSED, datetime(2026, 1, 6, 9, tzinfo=UTC))
    assert EventKind.RESTORED in [kind for kind, _ in told]
    assert (clocks.running, clocks.total.wall) == (False, timedelta(hours=1))


def test_a_column_or_state_without_its_equals_sign_is_a_usage_error(
    rung: Rung, tmp_path: Path
) -> None:
    file = tmp_path / "glpi.csv"
    file.write_text(GLPI, encoding="utf-8")
    for option in (
        ("--column", "title"),
        ("--state", "Lost"),
        ("--state", "Lost=gone"),
    ):
        assert rung("incident", "import", str(file), *option).code == 2
    done = rung(
        "incident", "import", str(file), "--state", "Lost=open", "--preview", "--json"
    ).json
    assert done["rows"] == 3


def test_rejects_of_the_command_are_safe_in_a_spreadsheet(
    rung: Rung, tmp_path: Path
) -> None:
    file, kept = tmp_path / "glpi.csv", tmp_path / "rejects.csv"
    file.write_text(GLPI.replace("No state", "=1+1"), encoding="utf-8")
    rung("incident", "import", str(file), "--rejects", str(kept))
    assert "'=1+1" in kept.read_text(encoding="utf-8")
