"""The worker's side: claim a delivery, commit, send it, note how it ended; what nobody noted may
have been sent.
"""

from __future__ import annotations

import threading
import time
import uuid
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.aside import Lane, cleared, contained, not_resting
from app.core.changes import rows_changed
from app.core.parts import Parts
from app.core.trust import Trust
from app.messages.actions.jobs import DeliveryJob, job_of
from app.messages.actions.post import Unreachable, address_of, post
from app.messages.actions.sending import fallback
from app.messages.queries.channels import enabled_channels
from app.messages.rules.addresses import (
    MARK,
    filled,
    sent_by,
    with_headers,
)
from app.messages.rules.delivery import LOST_AFTER, DeliveryOutcome, Ending, next_try
from app.messages.rules.recipients import Recipient
from app.messages.signals import arrived
from app.models.messages import Channel, ChannelKind, Delivery, DeliveryState, Message
from app.models.people import Person

BY = "rung"
LANES = 4
"""How many deliveries of one channel are on their way at the same time; a slow channel holds up no
other.
"""

STUCK_SECONDS = 60.0
GLANCE_SECONDS = 0.05
OVER = (
    DeliveryState.SENT,
    DeliveryState.TOLD,
    DeliveryState.SENDING,
    DeliveryState.WAITING,
    DeliveryState.MAYBE,
)
NOBODY_NOTED = "The program ended between sending it and noting so."
log = structlog.get_logger("rung.messages")


class _ChannelLane(threading.Thread):
    def __init__(self, parts: Parts, channel_id: int) -> None:
        super().__init__(name=f"rung-channel-{channel_id}", daemon=True)
        self.channel_id, self._parts, self.since = channel_id, parts, time.monotonic()
        self.fault: Exception | None = None

    def run(self) -> None:
        try:
            while _send_next(self._parts, self.channel_id):
                self.since = time.monotonic()
        except Exception as error:  # noqa: BLE001 (whoever waits for the lane raises it)
            self.fault = error

    @property
    def works(self) -> bool:
        """Tell whether it is alive; one that hangs in a provider is left alone and counts no
        longer.
        """
        return self.is_alive() and time.monotonic() - self.since < STUCK_SECONDS


def run_due_deliveries(parts: Parts) -> bool:
    """Send all deliveries that are due, each channel in lanes of its own; tell whether there were
    any.

    Raises ``Away`` when the database cannot be written; what is waiting goes on waiting.
    """
    note_lost(parts)
    lanes: list[_ChannelLane] = []
    busy = False
    while True:
        for lane in lanes:
            if lane.fault is not None:
                raise lane.fault
        lanes = [lane for lane in lanes if lane.works]
        fresh = [
            lane
            for channel_id, due in _due(parts).items()
            for lane in _topped_up(parts, lanes, channel_id, due)
        ]
        for lane in fresh:
            lane.start()
        lanes += fresh
        busy = busy or bool(fresh)
        if not lanes:
            return busy
        lanes[0].join(GLANCE_SECONDS)


def note_lost(parts: Parts) -> int:
    """Mark what was being sent when its worker ended: it may have arrived, so it is not sent again
    by itself.
    """
    limit = parts.now() - LOST_AFTER
    with parts.database.write() as session:
        lost = update(Delivery).where(
            Delivery.state == DeliveryState.SENDING, Delivery.started_at < limit
        )
        return rows_changed(
            session, lost.values(state=DeliveryState.MAYBE, problem=NOBODY_NOTED)
        )


def _topped_up(
    parts: Parts, lanes: list[_ChannelLane], channel_id: int, due: int
) -> list[_ChannelLane]:
    running = sum(lane.channel_id == channel_id for lane in lanes)
    return [_ChannelLane(parts, channel_id) for _ in range(min(due, LANES) - running)]


def _due(parts: Parts) -> dict[int, int]:
    counted = (
        select(Delivery.channel_id, func.count())
        .join(Channel, Channel.id == Delivery.channel_id)
        .where(_is_due(parts.now()), Channel.kind != ChannelKind.CALL_LIST)
        .group_by(Delivery.channel_id)
    )
    with parts.database.read() as session:
        return dict(session.execute(counted).all())


def _is_due(now: datetime) -> ColumnElement[bool]:
    waiting = and_(Delivery.state == DeliveryState.WAITING, Delivery.due_at <= now)
    return and_(waiting, not_resting(Delivery.id, DELIVERIES, now))


def _send_next(parts: Parts, channel_id: int) -> bool:
    job = _claim(parts, channel_id)
    if job is None:
        return False
    outcome = _outcome(job, parts.trust)
    if outcome.problem:
        log.warning(
            "delivery.failed",
            delivery=job.delivery_id,
            ending=outcome.ending.value,
            reason=outcome.problem,
        )
    noting = replace(DELIVERIES, pauses=(), give_up=partial(_note_plainly, outcome))
    contained(
        parts, noting, job.delivery_id, partial(_note_durably, parts, job, outcome)
    )
    return True


def _outcome(job: DeliveryJob, trust: Trust) -> DeliveryOutcome:
    """Send, whatever it raises: then it may have left us, and is not sent again by itself."""
    try:
        return _sent(job, trust)
    except Exception as error:
        log.exception("delivery.broken", delivery=job.delivery_id)
        return DeliveryOutcome(
            Ending.UNKNOWN, f"It broke off while being sent ({type(error).__name__})."
        )


def _note_durably(parts: Parts, job: DeliveryJob, outcome: DeliveryOutcome) -> None:
    with parts.database.write(durable=True) as session:
        act = Acting(session, BY, parts.now(), parts.settings)
        _note(act, job, outcome)
        cleared(session, DELIVERIES, job.delivery_id)


def _note_plainly(
    outcome: DeliveryOutcome,
    session: Session,
    delivery_id: int,
    reason: str,
    now: datetime,
) -> None:
    """Note how a delivery ended and nothing else: what goes with it could not be done."""
    sent = outcome.ending is Ending.SENT
    state = DeliveryState.SENT if sent else DeliveryState.MAYBE
    mine = update(Delivery).where(
        Delivery.id == delivery_id, Delivery.state == DeliveryState.SENDING
    )
    session.execute(
        mine.values(state=state, done_at=now, problem=outcome.problem or reason)
    )


def _give_up(session: Session, delivery_id: int, reason: str, now: datetime) -> None:
    """Let a delivery fail that could not even be prepared; the next channel is tried where that can
    be.
    """
    mine = update(Delivery).where(
        Delivery.id == delivery_id, Delivery.state == DeliveryState.WAITING
    )
    if not rows_changed(
        session, mine.values(state=DeliveryState.FAILED, done_at=now, problem=reason)
    ):
        return
    with suppress(Exception), session.begin_nested():
        go_on(session, session.get_one(Delivery, delivery_id), now=now)


DELIVERIES: Lane[int] = Lane("deliveries", "delivery", give_up=_give_up)


def _sent(job: DeliveryJob, trust: Trust) -> DeliveryOutcome:
    if not job.enabled:
        return DeliveryOutcome(Ending.REFUSED, "The channel was switched off.")
    try:
        url = address_of(job.url, trust)
    except Unreachable as error:
        return DeliveryOutcome(Ending.REFUSED, str(error))
    if job.personal and MARK not in url:
        return DeliveryOutcome(
            Ending.REFUSED,
            "The channel's address has no place for the recipient's: {address}.",
        )
    place = with_headers(filled(url, job.address), job.headers)
    return post(
        sent_by(place, job.from_name),
        job.subject,
        job.body,
        trust,
        mail_id=job.mail_id,
        html=job.html,
        files=job.files,
    )


def _claim(parts: Parts, channel_id: int) -> DeliveryJob | None:
    """Take the next delivery of a channel that can be taken; what cannot is counted and passed
    by.
    """
    waiting = select(Delivery.id).where(
        _is_due(parts.now()), Delivery.channel_id == channel_id
    )
    with parts.database.read() as session:
        due = list(
            session.scalars(waiting.order_by(Delivery.due_at, Delivery.id).limit(LANES))
        )
    for delivery_id in due:
        jobs: list[DeliveryJob] = []
        contained(
            parts,
            DELIVERIES,
            delivery_id,
            partial(_claim_one, parts, delivery_id, jobs),
        )
        if jobs:
            return jobs[0]
    return None


def _claim_one(parts: Parts, delivery_id: int, jobs: list[DeliveryJob]) -> None:
    """Take one delivery: committed before the first packet, so that a crash can never make it be
    sent twice.
    """
    now, token = parts.now(), uuid.uuid4().hex
    mine = update(Delivery).where(
        Delivery.id == delivery_id, Delivery.state == DeliveryState.WAITING
    )
    taken = mine.values(
        state=DeliveryState.SENDING,
        token=token,
        started_at=now,
        attempts=Delivery.attempts + 1,
    )
    with parts.database.write(durable=True) as session:
        job = (
            job_of(session, delivery_id, token, parts.settings)
            if rows_changed(session, taken)
            else None
        )
    if job is not None:
        jobs.append(job)


def _note(act: Acting, job: DeliveryJob, outcome: DeliveryOutcome) -> None:
    session, now = act.session, act.now
    # One at a time per message: two channels that fail together must not both leave the next one to
    # the other.
    session.get(Message, job.message_id, with_for_update=True)
    delivery = session.get(
        Delivery, job.delivery_id, with_for_update=True, populate_existing=True
    )
    undecided = (DeliveryState.SENDING, DeliveryState.MAYBE)
    if (
        delivery is None
        or delivery.token != job.token
        or delivery.state not in undecided
    ):
        return  # a person decided meanwhile
    delivery.problem, delivery.done_at = outcome.problem, now
    again = next_try(delivery.attempts, now) if outcome.ending is Ending.LATER else None
    if outcome.ending is Ending.SENT:
        delivery.state = DeliveryState.SENT
        arrived(act, job.message_id)
    elif outcome.ending is Ending.UNKNOWN:
        delivery.state = DeliveryState.MAYBE
    elif again is not None:
        delivery.state, delivery.due_at, delivery.done_at = (
            DeliveryState.WAITING,
            again,
            None,
        )
    else:
        delivery.state = DeliveryState.FAILED
        go_on(session, delivery, now=now)


def go_on(session: Session, failed: Delivery, *, now: datetime) -> Delivery | None:
    """Try the next channel for somebody whom none has reached, and none is about to; rooms have no
    other.
    """
    if failed.recipient.startswith("channel:"):
        return None
    session.flush()
    others = select(Delivery).where(
        Delivery.message_id == failed.message_id, Delivery.recipient == failed.recipient
    )
    mine = list(session.scalars(others))
    if any(one.state in OVER for one in mine):
        return None
    person = session.get(Person, failed.person_id) if failed.person_id else None
    typed = (
        session.get_one(Message, failed.message_id)
        .audience.get("typed", {})
        .get(failed.recipient, ())
    )
    recipient = Recipient(failed.recipient, failed.name, failed.person_id, *typed)
    if person is not None:
        recipient = replace(
            recipient, mail=person.mail, phone=person.phone, mobile=person.mobile
        )
    tried = {one.channel_id for one in mine}
    following = fallback(
        session,
        failed.message_id,
        recipient,
        enabled_channels(session),
        tried,
        now=now,
        after_id=failed.id,
    )
    session.add(following)
    return following
