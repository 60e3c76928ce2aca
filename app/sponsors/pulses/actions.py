"""Ask a few questions, take the answers without a name on them, and take a pulse back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import Change, one_locked
from app.core.errors import Invalid, Refused
from app.core.figures import people
from app.core.said import said
from app.improvements.answers.queries import channels_of_links
from app.messages.actions.sending import MessageDraft, send
from app.messages.requester_links import LINK_HERE, PULSE
from app.messages.rules.recipients import Recipient
from app.models.messages import Message, MessageKind
from app.models.sponsors.pulse import (
    Pulse,
    PulseBallot,
    PulseInvitation,
    PulseQuestion,
)
from app.models.sponsors.words import (
    PulseKind,
    PulseSplit,
    PulseState,
    QuestionKind,
)
from app.sponsors.pulses.anonymity import K
from app.sponsors.pulses.queries import Invited, questions_of
from app.sponsors.pulses.rules import (
    LONGEST_OPEN,
    LONGEST_WORDS,
    MOST_QUESTIONS,
    SCALE,
    Asked,
    is_by_name,
)
from app.sponsors.pulses.sealing import seal

LARGEST_DRAWN = 2**31 - 2


@dataclass(frozen=True, slots=True)
class PulseLetter:
    """What is written to everybody who is asked; ``{link}`` stands for the link of each."""

    subject: str
    text: str
    signed_by: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class PulseAbout:
    """What a pulse is about: an improvement with its rung, or a unit in a quarter.

    ``mark`` is the same for what nobody is asked twice at a time.
    """

    mark: str
    improvement_id: int | None = None
    iteration_id: int | None = None
    unit: str = ""
    quarter: str = ""


@dataclass(frozen=True, slots=True)
class PulseDraft:
    """A pulse before it begins."""

    kind: PulseKind
    title: str
    about: PulseAbout
    questions: Sequence[Asked]
    closes_on: date
    split: PulseSplit = PulseSplit.NONE


def launch(
    act: Acting, draft: PulseDraft, invited: Sequence[Invited], letter: PulseLetter
) -> Pulse:
    """Begin a pulse: whether it bears names is settled now, and everybody asked gets a link; where
    no channel reaches people, the links are handed over.

    Raises ``Refused`` while the same is asked already, ``Invalid`` by field.
    """
    _demand_askable(act, draft, invited)
    named = is_by_name(draft.kind, len(invited))
    pulse = Pulse(
        kind=draft.kind,
        state=PulseState.OPEN,
        title=draft.title.strip(),
        open_of=draft.about.mark,
        improvement_id=draft.about.improvement_id,
        iteration_id=draft.about.iteration_id,
        unit=draft.about.unit,
        quarter=draft.about.quarter,
        split=PulseSplit.NONE if named else draft.split,
        named=named,
        threshold=K,
        asked=len(invited),
        signed_by=letter.signed_by.strip(),
        language=letter.language,
        opened_on=today_here(act),
        closes_on=draft.closes_on,
        created_at=act.now,
        created_by=act.by,
    )
    change = Change(about=Pulse)
    change.add(act.session, pulse)
    for position, asked in enumerate(draft.questions, 1):
        change.add(act.session, _question(pulse.id, position, asked))
    act.session.add_all(_invitation(pulse, each) for each in invited)
    act.session.flush()
    change.record(
        act, pulse, "pulse.launch", f"Asked {people(len(invited))}: {pulse.title}"
    )
    if channels := channels_of_links(act.session):
        write_to(act, pulse, letter, channels)
    return pulse


def answer_pulse(
    act: Acting,
    invitation_id: int,
    values: Mapping[int, int],
    words: Mapping[int, str] | None = None,
) -> bool:
    """Take somebody's answer, sealed; tell whether it counts: twice counts once.

    Nothing of it reaches the audit trail. Raises ``Refused`` when the pulse is over, ``Invalid`` by
    the question's field.
    """
    invitation = one_locked(act.session, PulseInvitation, invitation_id)
    pulse = act.session.get_one(Pulse, invitation.pulse_id)
    if pulse.state is not PulseState.OPEN or today_here(act) > pulse.closes_on:
        raise Refused(said("This is over; nobody is asked any more. Thank you."))
    if invitation.answered:
        return False
    questions = questions_of(act.session, pulse.id)
    found = {
        "part": invitation.part,
        "name": invitation.name if pulse.named else "",
        "values": _scaled(questions, values),
        "words": _worded(questions, words or {}),
    }
    invitation.answered = True
    act.session.add(
        PulseBallot(
            id=drawn(),
            pulse_id=pulse.id,
            sealed=seal(act.settings.secret_key, found),
        )
    )
    return True


def revoke_pulse(act: Acting, pulse_id: int) -> Pulse:
    """Take an open pulse back: its links lead nowhere, what was answered is destroyed."""
    pulse = open_pulse(act.session, pulse_id)
    for ballot in act.session.scalars(
        select(PulseBallot).where(PulseBallot.pulse_id == pulse_id)
    ):
        act.session.delete(ballot)
    forget_who_answered(act.session, pulse_id)
    change = Change(about=Pulse)
    values = {"state": PulseState.REVOKED, "open_of": None, "closed_at": act.now}
    change.put(pulse, values)
    change.record(act, pulse, "pulse.revoke", f"Took the pulse back: {pulse.title}")
    return pulse


def open_pulse(session: Session, pulse_id: int) -> Pulse:
    """Return a pulse that is open, for a change. Raises ``NotFound``, ``Refused``."""
    pulse = one_locked(session, Pulse, pulse_id)
    if pulse.state is not PulseState.OPEN:
        raise Refused(said("The pulse is %(state)s already.", state=pulse.state))
    return pulse


def forget_who_answered(session: Session, pulse_id: int) -> None:
    """Let every invitation of a pulse look the same again."""
    mine = select(PulseInvitation).where(PulseInvitation.pulse_id == pulse_id)
    for invitation in session.scalars(mine):
        invitation.answered = None


def write_to(
    act: Acting,
    pulse: Pulse,
    letter: PulseLetter,
    channels: Sequence[int],
    *,
    unanswered: bool = False,
) -> Message:
    """Send a letter to everybody asked in a pulse, or to those who have not answered alone."""
    mine = select(PulseInvitation).where(PulseInvitation.pulse_id == pulse.id)
    if unanswered:
        mine = mine.where(PulseInvitation.answered.is_(False))
    whom = [
        Recipient(f"{PULSE}:{each.id}", each.name, each.person_id, each.mail)
        for each in act.session.scalars(mine.order_by(PulseInvitation.id))
    ]
    text = letter.text
    if LINK_HERE not in text:
        text = f"{text.rstrip()}\n\n{LINK_HERE}"
    draft = MessageDraft(
        MessageKind.PULSE,
        letter.subject,
        text,
        letter.signed_by,
        audience={"pulse": pulse.id, "count": len(whom)},
    )
    return send(act, draft, whom, channels)


def drawn() -> int:
    """Return a drawn number for a row, so that numbers tell no order."""
    return secrets.randbelow(LARGEST_DRAWN) + 1


def today_here(act: Acting) -> date:
    """Return the day it is where the installation stands."""
    return act.now.astimezone(ZoneInfo(act.settings.timezone)).date()


def _demand_askable(act: Acting, draft: PulseDraft, invited: Sequence[Invited]) -> None:
    """Raise ``Invalid`` or ``Refused`` where this cannot be asked now."""
    _demand_asks(draft)
    if not invited:
        raise Invalid(said("Nobody is asked. Say whom."), field="names")
    if draft.closes_on <= today_here(act):
        raise Invalid(said("Give people a day at least."), field="closes_on")
    if draft.closes_on > today_here(act) + LONGEST_OPEN:
        raise Invalid(said("Give an end within 60 days."), field="closes_on")
    same = select(Pulse).where(Pulse.open_of == draft.about.mark)
    if act.session.scalar(same.with_for_update()):
        raise Refused(said("This is asked already; read the answers first."))


def _demand_asks(draft: PulseDraft) -> None:
    if not draft.title.strip():
        raise Invalid(said("Say what it is about."), field="title")
    if not draft.questions:
        raise Invalid(said("Ask one question at least."), field="first")
    if len(draft.questions) > MOST_QUESTIONS:
        raise Invalid(said("Ask three questions at most."), field="first")
    worded = [one for one in draft.questions if one.kind is QuestionKind.WORDS]
    if len(worded) > 1:
        raise Invalid(said("One question is answered freely, not more."), field="free")


def _question(pulse_id: int, position: int, asked: Asked) -> PulseQuestion:
    return PulseQuestion(
        pulse_id=pulse_id,
        position=position,
        kind=asked.kind,
        words=asked.words.strip(),
        standard=asked.standard,
    )


def _invitation(pulse: Pulse, each: Invited) -> PulseInvitation:
    return PulseInvitation(
        pulse_id=pulse.id,
        person_id=each.person_id,
        name=each.name,
        mail=each.mail,
        part=each.part(pulse.split),
        link_mark=secrets.token_hex(8),
        answered=False,
    )


def _scaled(
    questions: Sequence[PulseQuestion], values: Mapping[int, int]
) -> dict[int, int]:
    found = {}
    for question in questions:
        if question.kind is QuestionKind.SCALE:
            value = values.get(question.id, 0)
            if value not in SCALE:
                raise Invalid(
                    said("Choose one from 1 to 5."), field=f"q{question.position}"
                )
            found[question.id] = value
    return found


def _worded(
    questions: Sequence[PulseQuestion], words: Mapping[int, str]
) -> dict[int, str]:
    found = {}
    for question in questions:
        text = words.get(question.id, "").strip()
        if question.kind is not QuestionKind.WORDS or not text:
            continue
        if len(text) > LONGEST_WORDS:
            raise Invalid(
                said("At most %(longest)s characters, please.", longest=LONGEST_WORDS),
                field=f"q{question.position}",
            )
        found[question.id] = text
    return found
