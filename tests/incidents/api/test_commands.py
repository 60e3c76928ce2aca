"""`rung incident`: the same rules as on the pages."""

from __future__ import annotations

from app.core.db import Database
from app.core.parts import KEY
from tests.conftest import Rung
from tests.incidents.builders import Desk


def test_the_queue_and_an_incident_are_printed(app, rung: Rung) -> None:  # type: ignore[no-untyped-def]
    desk = Desk(database_of(app))
    number = desk.reported(
        service_id=desk.service(urgency=1), impact=2, site_id=desk.site(weight=8)
    )
    [line] = rung("incident", "list", "--json").json["incidents"]
    assert (line["incident"], line["priority"]) == (number, 1)
    assert line["reason"].startswith("P1 = impact 2 × urgency 1; site weight 8")
    shown = rung("incident", "show", str(number), "--json").json
    assert (shown["service"], shown["events"][0]["kind"]) == ("Cash desk", "reported")
    assert "mail_token" not in shown
    assert "The till does not start" in rung("incident", "show", str(number)).out
    assert (
        rung("incident", "list", "--view", "mass").out.strip() == "Nothing stands here."
    )


def test_a_hand_over_on_the_terminal_counts_and_locks_as_on_the_page(
    app, rung: Rung
) -> None:  # type: ignore[no-untyped-def]
    desk = Desk(database_of(app))
    number = str(
        desk.reported(service_id=desk.service(team_id=desk.team("Desk"), owner="olga"))
    )
    desk.team("Dev")
    assert rung("incident", "hand-over", number, "--team", "Dev").code == 1
    assert (
        rung("incident", "hand-over", number, "--team", "Nobody", "--reason", "Log")
        .err.strip()
        .endswith("Nobody.")
    )
    rung(
        "incident",
        "hand-over",
        number,
        "--team",
        "Dev",
        "--reason",
        "A lock in the log",
    )
    told = rung(
        "incident",
        "hand-over",
        number,
        "--team",
        "Desk",
        "--reason",
        "The till is off",
        "--json",
    ).json
    assert (told["hand_overs"], told["bounces"], told["bounce_locked"]) == (2, 1, True)
    refused = rung(
        "incident", "hand-over", number, "--team", "Dev", "--reason", "Again"
    )
    assert refused.code == 1 and "Ask olga" in refused.err


def test_restored_closed_and_noted(app, rung: Rung) -> None:  # type: ignore[no-untyped-def]
    desk = Desk(database_of(app))
    number = str(desk.reported())
    assert rung("incident", "close", number).code == 1
    assert (
        rung("incident", "note", number, "We look at it", "--public", "--json").json[
            "public"
        ]
        is True
    )
    restored = rung(
        "incident",
        "restore",
        number,
        "--what",
        "New cable",
        "--at",
        "2026-03-02T10:00+01:00",
        "--json",
    )
    assert restored.json["restored_at"] == "2026-03-02T09:00:00+00:00"
    assert rung("incident", "close", number, "--json").json["state"] == "closed"


def database_of(app) -> Database:  # type: ignore[no-untyped-def]
    return app.extensions[KEY].database
