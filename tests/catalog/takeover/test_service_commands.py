"""Services on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from app.models.catalog.words import ServiceState
from tests.conftest import Rung
from tests.incidents.builders import Desk
from tests.pages import Pages


@pytest.fixture
def desk(app: Flask) -> Desk:
    return Desk(Pages(app).as_operator("olga").parts.database)


def test_a_service_is_published_once_somebody_owns_it(desk: Desk, rung: Rung) -> None:
    made = desk.service("Fax", state=ServiceState.DRAFT, owner="")
    refused = rung("service", "publish", str(made))
    assert refused.code == 1 and "Name its owner first" in refused.err
    owned = desk.service("Network")
    assert rung("service", "publish", str(owned), "--back", "--json").json == {
        "service": owned,
        "name": "Network",
        "state": "draft",
    }


def test_the_catalogue_goes_out_and_in_by_file(
    desk: Desk, rung: Rung, tmp_path: Path
) -> None:
    desk.service("Mail", summary="=Write", for_it="postfix")
    file = tmp_path / "services.csv"
    assert "Wrote 1 service" in rung("service", "export", str(file)).out
    assert "'=Write" in file.read_text(encoding="utf-8")
    public = rung("service", "export", "--public").out
    assert "=Write" in public and "postfix" not in public
    file.write_text("name,kind\nChat,service\nBad,zebra\n", encoding="utf-8")
    assert rung("service", "import", str(file)).code == 1
    assert rung("service", "import", str(file), "--preview", "--json").json[
        "added"
    ] == ["Chat"]
    done = rung("service", "import", str(file), "--keep-good", "--json").json
    assert (done["added"], done["rejects"][0]["line"]) == (["Chat"], 3)
    file.write_bytes("name\nTüren\n".encode("cp1252"))
    assert rung("service", "import", str(file), "--preview", "--json").json[
        "added"
    ] == ["Türen"]
    assert rung("service", "import", str(file), "--encoding", "cp1252", "--json").json[
        "added"
    ] == ["Türen"]
    file.write_bytes(b"PK\x03\x04" + b"\0" * 40)
    assert "Save it as CSV" in rung("service", "import", str(file)).err
