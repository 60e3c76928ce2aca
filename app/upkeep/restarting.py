"""Rows that ended in their own words when they were set aside: made due again where nothing can
happen twice.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from app.core.acting import Acting
from app.core.aside import SetAside
from app.core.errors import Refused
from app.core.said import said
from app.directory.actions import ask_reading, ask_repair
from app.messages.actions.delivering import OVER
from app.messages.actions.settling import send_again
from app.models.directory import Reading, Repair
from app.models.messages import Delivery, DeliveryState

Restart = Callable[[Acting, int], object]
NOT_BY_ITSELF = said("it says itself how to go on, on its own page")
GONE = said("it is not there any more")


def has_ended(entry: SetAside) -> bool:
    """Tell whether a row ended itself when it was set aside, so that taking it off the list does
    nothing more.
    """
    return entry.aside_at is not None and entry.next_at is not None


def restart(act: Acting, entry: SetAside) -> None:
    """Make a row that ended itself due again.

    Raises ``Refused`` with the reason where that is not safe.
    """
    known = RESTARTS.get(entry.lane)
    if known is None or not entry.key.isdecimal():
        raise Refused(NOT_BY_ITSELF)
    known(act, int(entry.key))


def _deliver(act: Acting, delivery_id: int) -> None:
    """Send again what never left: not what may have arrived, nor when another channel reaches the
    same one.
    """
    delivery = act.session.get(Delivery, delivery_id)
    if delivery is None:
        raise Refused(GONE)
    if delivery.state is not DeliveryState.FAILED:
        raise Refused(
            said(
                "it is “%(value)s” by now; decide on the message's board",
                value=delivery.state.value,
            )
        )
    mine = select(Delivery.id).where(
        Delivery.message_id == delivery.message_id,
        Delivery.recipient == delivery.recipient,
        Delivery.state.in_(OVER),
    )
    if act.session.scalars(mine).first() is not None:
        raise Refused(
            said(
                "another channel has reached %(name)s or is about to",
                name=delivery.name,
            )
        )
    send_again(act, delivery_id)


def _read(act: Acting, reading_id: int) -> None:
    reading = act.session.get(Reading, reading_id)
    if reading is None:
        raise Refused(GONE)
    ask_reading(act, reading.directory_id)


def _repair(act: Acting, repair_id: int) -> None:
    repair = act.session.get(Repair, repair_id)
    if repair is None:
        raise Refused(GONE)
    ask_repair(act, repair.directory_id)


RESTARTS: dict[str, Restart] = {
    "deliveries": _deliver,
    "readings": _read,
    "repairs": _repair,
}
"""How a row of a lane begins anew. A wave that is held does not: a person looks at it first."""
