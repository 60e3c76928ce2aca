"""The desk for programs: keys, refusals, the description."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.auth.tokens import give_token, revoke_token
from app.incidents.hands.responsibility import basics_failed
from app.incidents.work.actions import step
from app.models.auth import ApiToken
from app.shell.interface import document
from tests.conftest import Clock, Rung
from tests.incidents.builders import Desk, rows
from tests.pages import Pages

TOLD = {"title": "The till is off", "requester": "Carla"}


class Program:
    """A program with a token of the operator dora."""

    def __init__(
        self,
        app: Flask,
        scopes: tuple[str, ...] = ("read", "desk"),
        days: int | None = None,
    ) -> None:
        browser = Pages(app).as_operator("dora", permissions=("desk",))
        self.desk, self.client = (
            Desk(browser.parts.database, browser.parts.now()),
            app.test_client(),
        )
        self.token, self.secret = self.desk.do(
            give_token, "dora", "monitoring", scopes, days
        )

    def ask(
        self, method: str, path: str, sent: Any = None, **headers: str
    ) -> tuple[int, Any]:
        given = {
            "Authorization": f"Bearer {self.secret}",
            **{k.replace("_", "-"): v for k, v in headers.items()},
        }
        answer = self.client.open(
            f"/api/v1{path}", method=method, json=sent, headers=given
        )
        return answer.status_code, answer.json


def test_an_incident_is_reported_noted_handed_over_and_restored(app: Flask) -> None:
    program = Program(app)
    first = program.desk.team("First level", "dora")
    status, made = program.ask("POST", "/incidents", TOLD)
    assert (status, made["state"], made["priority"]) == (201, "new", 3)
    path = f"/incidents/{made['id']}"
    assert program.ask("POST", f"{path}/notes", {"text": "Seen by a sensor"})[0] == 200
    status, moved = program.ask(
        "POST", f"{path}/hand-over", {"team_id": first, "reason": "Theirs"}
    )
    assert (status, moved["team_id"]) == (200, first)
    assert (
        program.ask("POST", f"{path}/restore", {"what": "Power is back"})[1]["state"]
        == "restored"
    )
    assert program.ask("GET", path)[1]["resolution"] == "Power is back"
    assert program.desk.events(made["id"])[0].by == "dora"


def test_the_same_key_reports_once(app: Flask) -> None:
    program = Program(app)
    first = program.ask("POST", "/incidents", TOLD, Idempotency_Key="a1")
    again = program.ask("POST", "/incidents", TOLD, Idempotency_Key="a1")
    assert (first[0], again[0], again[1]["id"]) == (201, 200, first[1]["id"])
    assert program.ask("GET", "/incidents?state=new&limit=1")[1]["total"] == 1


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"requester": "x"}, "title"),
        ({**TOLD, "priority": 1}, "priority"),
        ({**TOLD, "site_id": "1"}, "site_id"),
        ({"title": "x"}, "requester"),
        ([], None),
    ],
)
def test_a_field_that_cannot_be_used_is_named(
    app: Flask, sent: Any, field: str | None
) -> None:
    status, problem = Program(app).ask("POST", "/incidents", sent)
    assert (status, problem.get("field")) == (422, field)


def test_an_owner_who_is_fixed_cannot_be_pushed_away_by_a_program(app: Flask) -> None:
    program = Program(app)
    team, service = program.desk.team("Elsewhere"), program.desk.service()
    number = program.desk.reported(service_id=service)
    program.desk.do(step, number, "Restarted it", 1)
    program.desk.do(basics_failed, number)
    status, problem = program.ask(
        "POST",
        f"/incidents/{number}/hand-over",
        {"team_id": team, "reason": "Not ours"},
    )
    assert status == 409
    assert "olga" in problem["detail"]


def test_scope_and_permission_are_both_needed(app: Flask) -> None:
    program = Program(app, scopes=("read",))
    assert program.ask("GET", "/incidents")[0] == 403  # dora may, the token may not
    assert program.ask("GET", "/services")[0] == 403  # the token may, dora may not


def test_a_token_ends_when_revoked_and_on_its_day(app: Flask, clock: Clock) -> None:
    program = Program(app, days=2)
    assert program.ask("GET", "/people?text=carla") == (200, {"people": []})
    clock.forward(days=2)
    assert program.ask("GET", "/incidents")[0] == 401
    program = Program(app)
    program.desk.do(revoke_token, program.token.id)
    assert program.ask("GET", "/incidents")[0] == 401


def test_only_the_hash_of_a_token_is_kept(app: Flask) -> None:
    program = Program(app)
    program.ask("GET", "/incidents")
    [kept] = rows(program.desk.database, select(ApiToken))
    assert program.secret not in (kept.token_hash, kept.prefix)
    assert program.secret.startswith(kept.prefix)
    assert kept.used_at == program.desk.now


def test_the_description_names_every_address_and_no_other(app: Flask) -> None:
    real = {
        (re.sub(r"<int:(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) & {"GET", "POST"}
        if rule.rule.startswith("/api/") and rule.endpoint != "interface.description"
    }
    assert {
        (path, method)
        for path, found in document()["paths"].items()
        for method in found
    } == real
    assert app.test_client().get("/api/v1/openapi.json").json == document()


def test_tokens_are_given_listed_and_revoked_on_the_command_line(
    app: Flask, rung: Rung
) -> None:
    Pages(app).as_operator("dora", permissions=("desk",))
    made = rung(
        "token", "add", "monitoring", "--operator", "dora", "--scope", "desk", "--json"
    ).json
    listed = rung("token", "list", "--json")
    assert made["token"] not in listed.out
    assert listed.json["tokens"][0]["operator"] == "dora"
    assert rung("token", "revoke", str(made["id"])).code == 0
    assert (
        rung("token", "add", "x", "--operator", "dora", "--scope", "everything").code
        == 1
    )


def test_a_contact_is_counted(app: Flask) -> None:
    program = Program(app)
    path = f"/incidents/{program.desk.reported()}"
    assert (
        program.ask(
            "POST", f"{path}/contacts", {"who": "Carla", "text": "It is off again"}
        )[0]
        == 200
    )
    assert program.desk.incident(1).contacts == 2
    assert (
        program.ask("POST", f"{path}/contacts", {"text": "Nobody"})[1]["field"] == "who"
    )


def test_a_bounce_lock_holds_for_programs_too(app: Flask) -> None:
    program = Program(app)
    desk, admins = program.desk.team("Desk", "dora"), program.desk.team("Admins")
    service = program.desk.service(owner="olga")
    path = f"/incidents/{program.desk.reported(team_id=desk, service_id=service)}"
    for team in (admins, desk):
        assert (
            program.ask(
                "POST", f"{path}/hand-over", {"team_id": team, "reason": "Theirs"}
            )[0]
            == 200
        )
    status, refused = program.ask(
        "POST", f"{path}/hand-over", {"team_id": admins, "reason": "Theirs"}
    )
    assert (status, "olga" in refused["detail"]) == (409, True)


def test_calls_are_described_with_their_signature(app: Flask) -> None:
    told = document()["paths"]["/api/cti"]["post"]
    assert told["security"] == []
    assert {each["name"] for each in told["parameters"]} == {
        "X-Rung-Timestamp",
        "X-Rung-Signature",
    }
