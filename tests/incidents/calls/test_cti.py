"""The telephone tells of calls: believed only when signed and fresh, the same in whatever order and
however often.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from app import create_app
from app.core.errors import RungError
from app.core.parts import KEY
from app.core.settings import Settings
from app.incidents.calls.rules import signature, times, understood
from app.models.auth import Operator
from app.models.incidents.desk import Call
from app.models.incidents.words import CallState
from app.people.actions import add_number
from tests.acting import acting
from tests.catalog.builders import a_person
from tests.conftest import Clock, shut
from tests.improvements.builders import MONDAY

SECRET = "a secret of the telephone"
NUMBER = "+41 31 555 01 17"


@dataclass
class Telephone:
    """A telephone system that signs what it sends."""

    app: Flask
    clock: Clock

    def says(
        self, event: str = "new call", call: str = "c-1", **more: Any
    ) -> TestResponse:
        return self.sends(json.dumps({"event": event, "call": call, **more}).encode())

    def sends(
        self, body: bytes, secret: str = SECRET, seconds: int = 0, **headers: str
    ) -> TestResponse:
        at = str(int(self.clock().timestamp()) + seconds)
        usual = {
            "X-Rung-Timestamp": at,
            "X-Rung-Signature": f"sha256={signature(secret, at, body)}",
        }
        return self.app.test_client().post(
            "/api/cti", data=body, headers={**usual, **headers}
        )

    def calls(self) -> list[Call]:
        with self.app.extensions[KEY].database.read() as session:
            return list(session.query(Call).order_by(Call.id))

    def person(self, name: str = "Carla Cash", number: str = NUMBER) -> int:
        database = self.app.extensions[KEY].database
        found = a_person(database, name)
        with database.write() as session:
            add_number(acting(session, "test", MONDAY), found, number)
        return found


@pytest.fixture
def telephone(settings: Settings, clock: Clock) -> Iterator[Telephone]:
    app = create_app(replace(settings, cti_secret=SECRET), now=clock)
    yield Telephone(app, clock)
    shut(app)


def test_a_call_is_known_by_its_number_before_it_is_answered(
    telephone: Telephone,
) -> None:
    carla = telephone.person()
    answer = telephone.says(number="0041 31 555 01 17")
    assert (answer.status_code, answer.json) == (
        200,
        {"call": "c-1", "state": "ringing", "known": True},
    )
    [call] = telephone.calls()
    assert (call.person_id, call.state, call.agent) == (carla, CallState.RINGING, "")


def test_two_who_share_a_number_are_not_guessed(telephone: Telephone) -> None:
    telephone.person()
    telephone.person("Cleo Cash")
    assert telephone.says(number=NUMBER).json == {
        "call": "c-1",
        "state": "ringing",
        "known": False,
    }


@pytest.mark.parametrize("number", ["", "anonymous", "+49 40 999 99 99"])
def test_withheld_and_unknown_numbers_are_taken_too(
    telephone: Telephone, number: str
) -> None:
    telephone.person()
    assert telephone.says(number=number).json == {
        "call": "c-1",
        "state": "ringing",
        "known": False,
    }


@pytest.mark.parametrize(
    "order", list(itertools.permutations(["new call", "answer", "hang-up"]))
)
def test_events_in_any_order_and_twice_come_to_the_same(
    telephone: Telephone, order: tuple[str, ...]
) -> None:
    telephone.person()
    for event in (*order, *order):
        assert telephone.says(event, number=NUMBER).status_code == 200
    [call] = telephone.calls()
    assert (call.state, call.person_id is not None) == (CallState.ENDED, True)


def test_a_call_nobody_answered_was_missed(telephone: Telephone) -> None:
    telephone.says()
    telephone.says("hang-up")
    assert [call.state for call in telephone.calls()] == [CallState.MISSED]


def test_the_agent_is_an_operator_or_the_number_of_his_person(
    telephone: Telephone,
) -> None:
    telephone.person("Dora Desk", "112")
    with telephone.app.extensions[KEY].database.write() as session:
        dora = Operator(
            name="dora",
            permissions=["desk"],
            created_at=MONDAY,
            person_uid="dora.desk",
            disabled_at=None,
        )
        dora.audited = False  # type: ignore[misc]  # a test's own operator needs no event
        session.add(dora)
    for key, agent in (("a", "DORA"), ("b", "112"), ("c", "nobody"), ("d", "119")):
        telephone.says(call=key, agent=agent)
    assert [call.agent for call in telephone.calls()] == ["dora", "dora", "", ""]


def test_a_wrong_signature_is_refused_and_nothing_is_kept(telephone: Telephone) -> None:
    body = b'{"event": "new call", "call": "c-1"}'
    assert telephone.sends(body, secret="another").status_code == 403
    assert telephone.sends(body, **{"X-Rung-Signature": ""}).status_code == 403
    at = str(int(telephone.clock().timestamp()))
    assert (
        telephone.sends(
            body + b" ", **{"X-Rung-Signature": signature(SECRET, at, body)}
        ).status_code
        == 403
    )
    assert telephone.calls() == []


@pytest.mark.parametrize(
    ("seconds", "status"), [(-301, 403), (-299, 200), (299, 200), (301, 403)]
)
def test_a_recorded_message_is_not_believed_later(
    telephone: Telephone, seconds: int, status: int
) -> None:
    assert (
        telephone.sends(
            b'{"event": "new call", "call": "c-1"}', seconds=seconds
        ).status_code
        == status
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no json",
        b"[]",
        b'{"event": "dance", "call": "1"}',
        b'{"event": "answer"}',
        b'{"event": "answer", "call": {"a": 1}}',
        b'{"event": "answer", "call": "1", "at": "2026-03-02T09:00:00"}',
        b"\xff\xfe",
        b"[" * 5000,
    ],
)
def test_what_cannot_be_understood_is_said_to_be_wrong(
    telephone: Telephone, body: bytes
) -> None:
    answer = telephone.sends(body)
    assert answer.status_code == 422
    assert answer.json and answer.json["error"]


def test_a_body_without_end_is_not_read(telephone: Telephone) -> None:
    assert telephone.sends(b" " * 20_000).status_code == 413


def test_without_a_secret_there_is_no_door(app: Flask, clock: Clock) -> None:
    assert Telephone(app, clock).says().status_code == 404


@given(st.binary(max_size=60))
def test_no_body_breaks_it(body: bytes) -> None:
    try:
        assert understood(body).key
    except RungError as error:
        assert error.status == 422


@given(st.permutations([("new call", 0), ("answer", 4), ("hang-up", 9)]))
def test_times_do_not_depend_on_the_order(events: list[tuple[str, int]]) -> None:
    kept: tuple[Any, ...] = (None, None, None)
    for event, second in events:
        kept = times(kept, event, MONDAY.replace(second=second))
    assert [each.second for each in kept] == [0, 4, 9]
