"""Services on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from app.catalog.actions import composing
from app.models.catalog.words import ServiceState
from tests.conftest import Rung
from tests.incidents.builders import Desk
from tests.pages import Pages


@pytest.fixture
def desk(app: Flask) -> Desk:
    return Desk(Pages(app).as_operator("olga").parts.database)


def test_services_are_listed_with_what_they_lack_and_how_far_the_catalogue_is(
    desk: Desk, rung: Rung
) -> None:
    desk.service("Mail", summary="Write", how_to_get="Ask")
    desk.service("Till", owner="")
    found = rung("service", "list", "--json").json
    assert [(each["service"], each["missing"]) for each in found["services"]] == [
        (1, ["script", "facts"]),
        (2, ["owner", "text", "script", "facts"]),
    ]
    assert {"aspect": "owner", "have": 1, "of": 2} in found["progress"]
    assert "nobody" in rung("service", "list", "--owner", "-").out
    assert "No services here" in rung("service", "list", "--text", "zebra").out


def test_a_service_is_shown_published_and_retired(desk: Desk, rung: Rung) -> None:
    made = desk.service("Fax", state=ServiceState.DRAFT, owner="")
    needed = desk.service("Network")
    desk.do(composing.add_part, made, needed)
    refused = rung("service", "publish", str(made))
    assert refused.code == 1 and "Name its owner first" in refused.err
    shown = rung("service", "show", str(made), "--json").json
    assert (
        shown["needs"] == [{"service": needed, "name": "Network"}] and len(shown["objections"]) == 2
    )
    assert "Needs Network" in rung("service", "show", str(made)).out
    assert "Network needs" not in rung("service", "retire", str(needed), "--reason", "x").err
    assert rung("service", "retire", str(needed), "--reason", "x").code == 1
    done = rung(
        "service", "retire", str(made), "--reason", "Unused", "--successor", str(needed), "--json"
    ).json
    assert done == {
        "service": made,
        "name": "Fax",
        "state": "retired",
        "successor": needed,
        "open_incidents": 0,
    }
    assert rung("service", "publish", str(needed), "--back", "--json").json["state"] == "draft"


def test_the_catalogue_goes_out_and_in_by_file(desk: Desk, rung: Rung, tmp_path: Path) -> None:
    desk.service("Mail", summary="=Write", for_it="postfix")
    file = tmp_path / "services.csv"
    assert "Wrote 1 service" in rung("service", "export", str(file)).out
    assert "'=Write" in file.read_text(encoding="utf-8")
    public = rung("service", "export", "--public").out
    assert "=Write" in public and "postfix" not in public
    file.write_text("name,kind\nChat,service\nBad,zebra\n", encoding="utf-8")
    assert rung("service", "import", str(file)).code == 1
    assert rung("service", "import", str(file), "--preview", "--json").json["added"] == ["Chat"]
    done = rung("service", "import", str(file), "--keep-good", "--json").json
    assert (done["added"], done["rejects"][0]["line"]) == (["Chat"], 3)
    file.write_bytes("name\nTüren\n".encode("cp1252"))
    assert rung("service", "import", str(file), "--preview", "--json").json["added"] == ["Türen"]
    assert rung("service", "import", str(file), "--encoding", "cp1252", "--json").json["added"] == [
        "Türen"
    ]
    file.write_bytes(b"PK\x03\x04" + b"\0" * 40)
    assert "Save it as CSV" in rung("service", "import", str(file)).err
