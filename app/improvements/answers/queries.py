"""The page behind a link, and who of a rung is asked by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.improvements.answers.rules import AnswerStanding
from app.messages.queries.channels import enabled_channels
from app.messages.requester_links import PARTICIPANT, read_answer_token
from app.messages.rules.addresses import per_person
from app.messages.rules.recipients import Recipient
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration, Participation
from app.models.improvements.words import ParticipationState
from app.models.messages import ChannelKind
from app.models.people import Person

GONE = (
    "This link leads nowhere any more. Whoever asked you is glad to send a new one, or to hear it "
    "from you."
)
ASKED = (
    ParticipationState.INVITED,
    ParticipationState.PREPARED,
    ParticipationState.SWITCHED,
    ParticipationState.OBSERVING,
)


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """What somebody in a rung sees behind their link."""

    person: Participation
    rung: Iteration
    one: Improvement
    standing: AnswerStanding


def person_behind(session: Session, secret: str, token: str) -> Participation:
    """Return the participant a link belongs to.

    Raises ``NotFound`` for a forged, revoked or incomplete one.
    """
    number, mark = read_answer_token(secret, token) or (0, "")
    person = session.get(Participation, number)
    if person is None or not mark or person.link_mark != mark:
        raise NotFound(GONE)
    return person


def answer_page(session: Session, secret: str, token: str, now: datetime) -> AnswerPage:
    """Return the page behind a link. Raises ``NotFound`` when the link is none or has expired."""
    person = person_behind(session, secret, token)
    rung = session.get_one(Iteration, person.iteration_id)
    page = AnswerPage(
        person,
        rung,
        session.get_one(Improvement, rung.improvement_id),
        standing_of_answer(person, rung, now),
    )
    if not page.standing.opens:
        raise NotFound(GONE)
    return page


def standing_of_answer(
    person: Participation, rung: Iteration, now: datetime
) -> AnswerStanding:
    """Return where somebody stands when they open their link."""
    left = person.left_at is not None
    return AnswerStanding(rung.state, person.state, left, person.link_until, now)


@dataclass(frozen=True, slots=True)
class AskedByLink:
    """Somebody who has not said yet whether it works, and how a message reaches them."""

    participation_id: int
    recipient: Recipient


def asked_by_link(session: Session, iteration_id: int) -> list[AskedByLink]:
    """Return who of a rung has not said yet whether it works and is still there, by name."""
    found = (
        select(Participation, Person)
        .outerjoin(Person, Person.id == Participation.person_id)
        .where(
            Participation.iteration_id == iteration_id,
            Participation.left_at.is_(None),
            Participation.state.in_(ASKED),
            Person.gone_at.is_(None),
        )
        .order_by(func.lower(Participation.name), Participation.id)
    )
    return [
        AskedByLink(one.id, _recipient(one, person))
        for one, person in session.execute(found)
    ]


def channels_of_links(session: Session) -> Sequence[int]:
    """Return the channels that carry links: mail to each person, else whatever reaches each."""
    each = [
        one
        for one in enabled_channels(session)
        if per_person(one.kind, one.url) and one.kind is not ChannelKind.CALL_LIST
    ]
    mail = [one.id for one in each if one.kind is ChannelKind.MAIL]
    return mail or [one.id for one in each]


def _recipient(one: Participation, person: Person | None) -> Recipient:
    key = f"{PARTICIPANT}:{one.id}"
    if person is None:
        return Recipient(key, one.name)
    return Recipient(key, one.name, person.id, person.mail, person.phone, person.mobile)
