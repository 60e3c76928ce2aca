"""``rung worker retry``: a row that ended itself begins anew where nothing can happen twice."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.aside import SetAside, count_aside
from app.core.parts import KEY, Parts
from app.messages.actions.channels import ChannelDraft, add_channel
from app.messages.actions.sending import MessageDraft, send
from app.messages.rules.recipients import Recipient
from app.models.directory import Directory, Reading, ReadingState, Repair, RepairState
from app.models.messages import (
    Channel,
    ChannelKind,
    Delivery,
    DeliveryState,
    MessageKind,
)
from tests.acting import acting
from tests.conftest import Rung

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def parts(app: Flask) -> Parts:
    found: Parts = app.extensions[KEY]
    return found


def put_aside(parts: Parts, lane: str, key: object, *, ended: bool = True) -> int:
    with parts.database.write() as session:
        row = SetAside(
            lane=lane,
            key=str(key),
            attempts=3,
            reason="ValueError: x",
            first_at=NOW,
            last_at=NOW,
        )
        row.aside_at, row.next_at = NOW, NOW if ended else None
        session.add(row)
        session.flush()
        return row.id


def a_delivery(parts: Parts, *states: DeliveryState) -> int:
    """Write one message to one person over as many channels as there are states; return the first
    delivery.
    """
    with parts.database.write() as session:
        for number in range(len(states)):
            url = (
                f"mailto://127.0.0.1:{number + 1}?from=desk@demo.example&to={{address}}"
            )
            add_channel(
                acting(session, "dora", NOW),
                ChannelDraft(f"Mail {number}", ChannelKind.MAIL, url),
            )
        draft = MessageDraft(MessageKind.ANSWER, "Hello", "We are at it.", "Dora")
        to = [Recipient("mail:x", "Carla", mail="carla@demo.example")]
        send(
            acting(session, "dora", NOW),
            draft,
            to,
            list(session.scalars(select(Channel.id))),
        )
        found = session.scalars(select(Delivery).order_by(Delivery.id)).all()
        for one, state in zip(found, states, strict=True):
            one.state, one.attempts = state, 1
        return found[0].id


def state_of(parts: Parts, kind: Any, number: int) -> Any:
    with parts.database.read() as session:
        return session.get_one(kind, number).state


def test_a_message_that_never_left_is_sent_again(rung: Rung, parts: Parts) -> None:
    delivery = a_delivery(parts, DeliveryState.FAILED)
    number = put_aside(parts, "deliveries", delivery)
    done = rung("worker", "retry", str(number), "--json")
    assert (done.code, done.json) == (0, {"tried_again": 1, "left": []})
    assert state_of(parts, Delivery, delivery) is DeliveryState.WAITING


UNSAFE: tuple[tuple[tuple[DeliveryState, ...], str], ...] = (
    ((DeliveryState.MAYBE,), "may have been sent"),
    ((DeliveryState.SENT,), "“sent”"),
    ((DeliveryState.TOLD,), "told in person"),
    ((DeliveryState.SENDING,), "sending"),
    ((DeliveryState.FAILED, DeliveryState.SENT), "another channel has reached Carla"),
    ((DeliveryState.FAILED, DeliveryState.MAYBE), "another channel has reached Carla"),
    ((DeliveryState.FAILED, DeliveryState.WAITING), "or is about to"),
)


@pytest.mark.parametrize(("states", "why"), UNSAFE)
def test_what_may_arrive_twice_stays_on_the_list_with_the_reason(
    rung: Rung, parts: Parts, states: tuple[DeliveryState, ...], why: str
) -> None:
    delivery = a_delivery(parts, *states)
    number = put_aside(parts, "deliveries", delivery)
    done = rung("worker", "retry", str(number))
    assert done.code == 1
    assert why in done.out
    assert state_of(parts, Delivery, delivery) is states[0]
    with parts.database.read() as session:
        assert count_aside(session) == 1


def test_a_reading_and_a_repair_are_asked_for_again(rung: Rung, parts: Parts) -> None:
    with parts.database.write() as session:
        home = Directory(
            name="Main",
            url="ldaps://dc1.example",
            base="dc=a",
            write_dn="cn=w,dc=a",
            created_at=NOW,
        )
        home.audited, home.profile = False, {"memberof": "direct"}
        session.add(home)
        session.flush()
        reading = Reading(
            directory_id=home.id,
            state=ReadingState.REFUSED,
            asked_by="anna",
            started_at=NOW,
        )
        repair = Repair(
            directory_id=home.id,
            state=RepairState.STOPPED,
            asked_by="anna",
            asked_at=NOW,
        )
        repair.audited = False
        session.add_all((reading, repair))
        session.flush()
        keys = reading.id, repair.id
    put_aside(parts, "readings", keys[0])
    put_aside(parts, "repairs", keys[1])
    done = rung("worker", "retry", "--all", "--json")
    assert (done.code, done.json["tried_again"]) == (0, 2), done.out
    with parts.database.read() as session:
        assert ReadingState.WAITING in session.scalars(select(Reading.state)).all()
        assert RepairState.WAITING in session.scalars(select(Repair.state)).all()


@pytest.mark.parametrize(
    ("lane", "key"),
    [("waves", 1), ("deliveries", 99), ("readings", 99), ("repairs", "x")],
)
def test_a_held_wave_and_what_is_gone_stay_on_the_list(
    rung: Rung, parts: Parts, lane: str, key: object
) -> None:
    ended, other = (
        put_aside(parts, lane, key),
        put_aside(parts, "figures", 5, ended=False),
    )
    done = rung("worker", "retry", "--all", "--json")
    assert done.code == 1
    assert done.json["tried_again"] == 1
    assert [one["id"] for one in done.json["left"]] == [ended] != [other]
