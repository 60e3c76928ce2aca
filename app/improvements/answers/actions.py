"""Give links, take them back, send them; and what the people behind them answer."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import one
from app.core.errors import Invalid, Refused
from app.core.figures import day, people
from app.core.said import said
from app.improvements.answers.queries import (
    asked_by_link,
    channels_of_links,
    standing_of_answer,
)
from app.improvements.answers.rules import LONGEST_WORDS, link_lasts
from app.improvements.crowd.queries import chosen_people
from app.improvements.events import NotedChange, locked_iteration, tell
from app.improvements.findings.actions import FindingDraft, raise_finding
from app.improvements.people.rules import SWITCHED
from app.messages.actions.sending import MessageDraft, send
from app.messages.requester_links import LINK_HERE
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Finding, Iteration, Participation
from app.models.improvements.words import (
    SETTLED_FINDINGS,
    FindingKind,
    FindingSource,
    ForWhom,
    IterationState,
    ParticipationState,
)
from app.models.messages import Message, MessageKind

ENDED = (IterationState.DECIDED, IterationState.ABORTED)


def give_links(
    act: Acting, iteration_id: int, numbers: Collection[int], *, sent: bool = False
) -> int:
    """Give participants of a rung a link each, or let the one they have open longer; returns how
    many.

    Raises ``Refused`` when the rung is over.
    """
    improvement, rung = locked_iteration(act.session, iteration_id)
    if rung.state in ENDED:
        raise Refused(
            said(
                "Rung %(number)s is %(state)s; nobody is asked any more.",
                number=rung.number,
                state=rung.state,
            )
        )
    change = NotedChange()
    chosen = chosen_people(act.session, iteration_id, numbers)
    for person in chosen:
        change.put(person, _given(person, act.now, sent=sent))
    sentence = f"Gave {people(len(chosen))} in rung {rung.number} a link of their own"
    tell(act, improvement, "participation.give-links", sentence, change)
    return len(chosen)


def revoke_link(act: Acting, participation_id: int) -> Participation:
    """Make every link of a participant worthless."""
    improvement, rung, person = _locked(act.session, participation_id)
    change = NotedChange()
    if change.put(person, {"link_mark": "", "link_until": None}):
        sentence = f"Took the link of {person.name} in rung {rung.number} back"
        tell(act, improvement, "participation.revoke-link", sentence, change)
    return person


@dataclass(frozen=True, slots=True)
class LinkLetter:
    """What is written to everybody who gets a link; ``{link}`` stands for it."""

    subject: str
    text: str
    signed_by: str


@dataclass(frozen=True, slots=True)
class LinksSent:
    """What was sent: the message, to how many, and how many of them have no mail address."""

    message: Message
    asked: int
    without_mail: int

    @property
    def sentence(self) -> str:
        """Say to how many the link goes, and who has to be called."""
        told = said("The link goes to %(people)s.", people=people(self.asked))
        if not self.without_mail:
            return told
        return told + said(
            " %(number)s without a mail address are tried otherwise.",
            number=self.without_mail,
        )


def send_links(act: Acting, iteration_id: int, letter: LinkLetter) -> LinksSent:
    """Send everybody of a rung who has not said yet whether it works a link of their own.

    Raises ``Refused`` when nobody is left to ask, ``Invalid`` when no channel reaches people.
    """
    asked = asked_by_link(act.session, iteration_id)
    if not asked:
        raise Refused(said("Everybody has said whether it works; nobody is asked."))
    channels = channels_of_links(act.session)
    if not channels:
        raise Invalid(
            said("No channel reaches people one by one; add one for mail first.")
        )
    give_links(act, iteration_id, [each.participation_id for each in asked], sent=True)
    text = letter.text
    if LINK_HERE not in text:
        text = f"{text.rstrip()}\n\n{LINK_HERE}"
    draft = MessageDraft(
        MessageKind.FEEDBACK,
        letter.subject,
        text,
        letter.signed_by,
        audience={"rung": iteration_id, "count": len(asked)},
    )
    message = send(act, draft, [each.recipient for each in asked], channels)
    without = sum(not each.recipient.mail for each in asked)
    return LinksSent(message, len(asked), without)


def says_works(act: Acting, participation_id: int) -> Participation:
    """It works for me, says somebody in a rung; said twice it counts once.

    While the person is still observed the answer is kept and the state waits.
    """
    improvement, rung, person = _answering(act, participation_id)
    if person.says_works and person.state is ParticipationState.ACCEPTED:
        return person
    change = NotedChange()
    waits = person.switched_at and _observed(rung, person, act.now)
    values: dict[str, Any] = {"says_works": True, "answered_at": act.now}
    if not waits:
        values |= {
            "state": ParticipationState.ACCEPTED,
            "switched_at": person.switched_at or act.now,
            "accepted_at": act.now,
            "accepted_by": said_by(person),
        }
    if person.says_works is not True or not waits:
        change.put(person, values)
        sentence = f"{person.name} in rung {rung.number}: it works"
        by = act.by_another(said_by(person))
        tell(by, improvement, "participation.says-works", sentence, change)
    return person


def says_not(act: Acting, participation_id: int, words: str = "") -> Participation:
    """It does not work for me, says somebody in a rung; that becomes a finding with their words.

    Said twice it counts once; other words are added to the finding as long as it is open.
    """
    words = words.strip()
    if len(words) > LONGEST_WORDS:
        raise Invalid(
            said("At most %(longest)s characters, please.", longest=LONGEST_WORDS),
            field="words",
        )
    improvement, rung, person = _answering(act, participation_id)
    by = act.by_another(said_by(person))
    found = _their_finding(act.session, participation_id)
    if person.says_works is False and found is not None:
        _add_words(by, improvement, found, words)
        return person
    change = NotedChange()
    values: dict[str, Any] = {"says_works": False, "answered_at": act.now}
    if person.state is ParticipationState.ACCEPTED:
        values |= {"state": SWITCHED[0], "accepted_at": None, "accepted_by": ""}
    if words:
        values |= {"feedback": _with(person.feedback, words), "feedback_read_at": None}
    change.put(person, values)
    sentence = f"{person.name} in rung {rung.number}: it does not work"
    tell(by, improvement, "participation.says-not", sentence, change)
    draft = FindingDraft(
        f"It does not work for {person.name}",
        FindingKind.FIX,
        words,
        FindingSource.PARTICIPANT,
        ForWhom.USERS,
    )
    raise_finding(by, improvement.id, draft, participation_id=participation_id)
    return person


def said_by(person: Participation) -> str:
    """Return how somebody is called in the trail where operators are called by their names."""
    return f"{person.name} (by link)"


def _answering(
    act: Acting, participation_id: int
) -> tuple[Improvement, Iteration, Participation]:
    improvement, rung, person = _locked(act.session, participation_id)
    standing = standing_of_answer(person, rung, act.now)
    if not standing.begun:
        raise Refused(
            said("It has not begun yet. Please answer once you have tried it.")
        )
    if not standing.may_answer:
        raise Refused(said("This is over. Thank you; please tell us in person."))
    return improvement, rung, person


def _locked(
    session: Session, participation_id: int
) -> tuple[Improvement, Iteration, Participation]:
    number = one(session, Participation, participation_id).iteration_id
    improvement, rung = locked_iteration(session, number)
    fresh = session.get_one(Participation, participation_id, populate_existing=True)
    return improvement, rung, fresh


def _given(person: Participation, now: datetime, *, sent: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "link_mark": person.link_mark or secrets.token_hex(8),
        "link_until": link_lasts(now, person.link_until),
    }
    return {**found, "link_sent_at": now} if sent else found


def _observed(rung: Iteration, person: Participation, now: datetime) -> bool:
    if not rung.observe_days or person.switched_at is None:
        return False
    return (now - person.switched_at).days < rung.observe_days


def _their_finding(session: Session, participation_id: int) -> Finding | None:
    mine = session.query(Finding).filter_by(
        participation_id=participation_id, source=FindingSource.PARTICIPANT
    )
    unsettled = mine.filter(Finding.state.not_in(SETTLED_FINDINGS))
    return unsettled.order_by(Finding.id.desc()).first()


def _add_words(
    act: Acting, improvement: Improvement, found: Finding, words: str
) -> None:
    if not words or words in found.text:
        return
    change = NotedChange()
    change.put(found, {"text": _with(found.text, words)[:LONGEST_WORDS]})
    sentence = f"Added to “{found.title}” on {day(act.now.date())}"
    tell(act, improvement, "finding.change", sentence, change)


def _with(before: str, words: str) -> str:
    return f"{before}\n\n{words}".strip()
