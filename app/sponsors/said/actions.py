"""Answer on the status page: decide, ask, object; and reply to that."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.core.acting import Acting
from app.core.changes import Change, one_locked
from app.core.errors import Conflict, Invalid, Refused
from app.core.said import said
from app.improvements.case.actions import answer_ask
from app.improvements.case.queries import asked_now
from app.improvements.queries import get_improvement
from app.models.sponsors.link import SponsorAnswer
from app.models.sponsors.words import DECIDED, SponsorAnswerKind
from app.sponsors.objections.actions import object_by_link
from app.sponsors.said.rules import ANSWERED, LONGEST_WORDS, once, seal_of


@dataclass(frozen=True, slots=True)
class SponsorReader:
    """Who answers: the name it stands under, the link it comes by, and whether it may decide."""

    name: str
    decides: bool
    link_id: int | None = None

    @property
    def key(self) -> str:
        """Return what tells this reader from others."""
        return f"link:{self.link_id}" if self.link_id else f"operator:{self.name}"

    @property
    def said_as(self) -> str:
        """Return how the trail calls the reader, where operators are called by their names."""
        return f"{self.name} (by link)" if self.link_id else self.name


@dataclass(frozen=True, slots=True)
class SponsorSays:
    """What is said, and about which improvement; ``seal`` is of what was asked."""

    kind: SponsorAnswerKind
    improvement_id: int | None = None
    words: str = ""
    seal: str = ""


def decide(act: Acting, reader: SponsorReader, says: SponsorSays) -> SponsorAnswer:
    """Say yes or no to what the owner of an improvement asks; said twice it counts once.

    Raises ``Refused`` for who may not decide, ``Conflict`` when what was read is not what is asked
    any more.
    """
    if not reader.decides:
        raise Refused(said("This link only reads; a decision is not taken with it."))
    number = says.improvement_id or 0
    improvement, asked = get_improvement(act.session, number), None
    before = _last_decided(act, reader, number)
    asked = asked_now(act.session, number)
    if asked is None and before is not None and before.kind is says.kind:
        return before
    if asked is None or seal_of(asked.kind, asked.text) != says.seal:
        raise Conflict(said("What is asked changed meanwhile; please read it again."))
    words = _words(says)
    by = act.by_another(reader.said_as)
    told = f"{ANSWERED[says.kind]} {words}".strip()
    answer_ask(by, improvement.id, told)
    made = _answer(act, reader, says)
    made.ask_id = asked.id
    return _kept(by, made, f"“{asked.text}” {told}")


def say(act: Acting, reader: SponsorReader, says: SponsorSays) -> SponsorAnswer:
    """Ask back, or object; said twice it counts once, other words are added until somebody replies.

    Raises ``Invalid`` for words beyond measure.
    """
    words = _words(says)
    by = act.by_another(reader.said_as)
    if says.kind is SponsorAnswerKind.OBJECTS and says.improvement_id and words:
        object_by_link(by, says.improvement_id, reader.name, words)
    key = once(reader.key, says.kind, says.improvement_id)
    mine = select(SponsorAnswer).where(SponsorAnswer.open_as == key).with_for_update()
    known = act.session.scalars(mine).one_or_none()
    if known is None:
        made = _answer(act, reader, says)
        made.open_as = key
        return _kept(by, made, words)
    if words and words not in known.words:
        change = Change(SponsorAnswer)
        longer = f"{known.words}\n\n{words}".strip()[: 2 * LONGEST_WORDS]
        change.put(known, {"words": longer})
        sentence = f"{reader.name} {known.kind}: {words}"
        change.record(by, known, "sponsor-answer.add", sentence)
    return known


def reply(act: Acting, answer_id: int, words: str) -> SponsorAnswer:
    """Reply to what was said; who said it reads that on the status page. A yes or a no needs no
    words.

    Raises ``Invalid`` for a question or an objection without any.
    """
    answer = one_locked(act.session, SponsorAnswer, answer_id)
    if not words.strip() and answer.kind not in DECIDED:
        raise Invalid(said("Say what you answer, or what is done."), field="reply")
    change = Change(SponsorAnswer)
    values = {"reply": words.strip(), "replied_at": act.now, "replied_by": act.by}
    change.put(answer, {**values, "open_as": None})
    sentence = f"Replied to {answer.whose}: {words.strip() or 'noted'}"
    change.record(act, answer, "sponsor-answer.reply", sentence)
    return answer


def _last_decided(
    act: Acting, reader: SponsorReader, improvement_id: int
) -> SponsorAnswer | None:
    mine = select(SponsorAnswer).where(
        SponsorAnswer.improvement_id == improvement_id,
        SponsorAnswer.kind.in_(DECIDED),
        SponsorAnswer.link_id == reader.link_id,
        SponsorAnswer.whose == reader.name,
    )
    return act.session.scalars(mine.order_by(SponsorAnswer.id.desc()).limit(1)).first()


def _answer(act: Acting, reader: SponsorReader, says: SponsorSays) -> SponsorAnswer:
    return SponsorAnswer(
        link_id=reader.link_id,
        improvement_id=says.improvement_id,
        kind=says.kind,
        words=says.words.strip(),
        whose=reader.name,
        created_at=act.now,
    )


def _kept(act: Acting, made: SponsorAnswer, told: str) -> SponsorAnswer:
    change = Change(SponsorAnswer)
    change.add(act.session, made)
    sentence = (
        f"{made.whose} {made.kind}: {told}" if told else f"{made.whose} {made.kind}"
    )
    change.record(act, made, "sponsor-answer.give", sentence)
    return made


def _words(says: SponsorSays) -> str:
    words = says.words.strip()
    if len(words) > LONGEST_WORDS:
        told = said("At most %(longest)s characters, please.", longest=LONGEST_WORDS)
        raise Invalid(told, field="words")
    return words
