"""What a person decides about deliveries: told by phone, counted as told, sent again, tried on the
next channel.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import Change, one_locked
from app.core.errors import Refused
from app.core.said import said
from app.messages.actions.delivering import go_on
from app.messages.signals import arrived
from app.models.messages import Delivery, DeliveryState, Message

OPEN = (DeliveryState.WAITING, DeliveryState.FAILED, DeliveryState.MAYBE)


def told_in_person(act: Acting, delivery_id: int) -> Delivery:
    """Note that somebody was told by phone or face to face; what is still to be tried for him is
    not needed.
    """
    delivery = _locked(act.session, delivery_id, OPEN)
    mine = select(Delivery).where(
        Delivery.message_id == delivery.message_id,
        Delivery.recipient == delivery.recipient,
    )
    for other in act.session.scalars(mine):
        if other.state is DeliveryState.WAITING:
            other.state, other.done_at, other.done_by = (
                DeliveryState.SKIPPED,
                act.now,
                act.by,
            )
    return _settled(
        act,
        delivery,
        DeliveryState.TOLD,
        "told",
        f"{delivery.name} was told in person",
    )


def count_as_told(act: Acting, delivery_id: int) -> Delivery:
    """Decide that what may have been sent has arrived."""
    delivery = _locked(act.session, delivery_id, (DeliveryState.MAYBE,))
    return _settled(
        act, delivery, DeliveryState.SENT, "count", f"Counted {delivery.name} as told"
    )


def send_again(act: Acting, delivery_id: int) -> Delivery:
    """Decide to send it again, although it may arrive twice."""
    delivery = _locked(
        act.session, delivery_id, (DeliveryState.MAYBE, DeliveryState.FAILED)
    )
    delivery.state, delivery.attempts, delivery.token = DeliveryState.WAITING, 0, ""
    delivery.due_at, delivery.done_at, delivery.problem = act.now, None, ""
    _tell(act, delivery, "again", f"Sends it to {delivery.name} again")
    return delivery


def try_next(act: Acting, delivery_id: int) -> Delivery:
    """Try the next channel at once instead of waiting or deciding."""
    delivery = _locked(act.session, delivery_id, OPEN)
    delivery.state, delivery.done_at, delivery.done_by = (
        DeliveryState.FAILED,
        act.now,
        act.by,
    )
    following = go_on(act.session, delivery, now=act.now)
    if following is None:
        raise Refused(
            said(
                "There is nothing else to try: another channel has reached this "
                "recipient or is about to."
            )
        )
    _tell(act, delivery, "next", f"Tries the next channel for {delivery.name}")
    return following


def _locked(
    session: Session, delivery_id: int, states: tuple[DeliveryState, ...]
) -> Delivery:
    found = one_locked(session, Delivery, delivery_id)
    session.get(Message, found.message_id, with_for_update=True)
    if found.state not in states:
        raise Refused(
            said(
                "%(name)s: this is “%(value)s” by now.",
                name=found.name,
                value=found.state.value,
            )
        )
    return found


def _settled(
    act: Acting,
    delivery: Delivery,
    state: DeliveryState,
    action: str,
    sentence: str,
) -> Delivery:
    delivery.state, delivery.done_at, delivery.done_by, delivery.token = (
        state,
        act.now,
        act.by,
        "",
    )
    _tell(act, delivery, action, sentence)
    arrived(act, delivery.message_id)
    return delivery


def _tell(act: Acting, delivery: Delivery, action: str, sentence: str) -> None:
    Change().record(
        act, f"message:{delivery.message_id}", f"delivery.{action}", sentence
    )
