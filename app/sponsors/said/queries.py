"""What is asked of whoever reads the status, and what they said."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.core.said import said
from app.models.improvements.improvement import CaseAsk, Improvement
from app.models.improvements.words import AskKind
from app.models.sponsors.link import SponsorAnswer
from app.sponsors.said.rules import seal_of

MOST = 5


@dataclass(frozen=True, slots=True)
class AskShown:
    """What the owner of an improvement asks for; ``seal`` stands for the words that were read."""

    ask: CaseAsk
    title: str
    sponsor: str

    @property
    def seal(self) -> str:
        """Return what an answer brings back, so that it counts for these words alone."""
        return seal_of(self.ask.kind, self.ask.text)

    @property
    def decides(self) -> bool:
        """Tell whether a decision is asked for, and nothing else."""
        return self.ask.kind is AskKind.DECIDE


@dataclass(frozen=True, slots=True)
class SaidLine:
    """One answer with what it was about: the title of an improvement, and what was asked."""

    answer: SponsorAnswer
    title: str
    asked: str


def one_thing(
    session: Session, improvement_ids: Collection[int] | None
) -> AskShown | None:
    """Return what is asked for soonest, among these improvements or among all."""
    wanted = (
        select(CaseAsk, Improvement.title, Improvement.sponsor)
        .join(Improvement, Improvement.id == CaseAsk.open_of)
        .order_by(CaseAsk.due, CaseAsk.id)
        .limit(1)
    )
    if improvement_ids is not None:
        wanted = wanted.where(CaseAsk.improvement_id.in_(improvement_ids))
    row = session.execute(wanted).one_or_none()
    return AskShown(*row) if row else None


def said_by(session: Session, link_id: int | None, name: str) -> list[SaidLine]:
    """Return what one reader said, with a link or signed in, the newest first, five at most."""
    mine = (
        _said()
        .where(SponsorAnswer.link_id == link_id, SponsorAnswer.whose == name)
        .limit(MOST)
    )
    return [SaidLine(*row) for row in session.execute(mine)]


def all_said(session: Session) -> list[SaidLine]:
    """Return what was said with all links and by operators, the newest first."""
    return [SaidLine(*row) for row in session.execute(_said())]


def one_said(session: Session, answer_id: int) -> SaidLine:
    """Return one answer. Raises ``NotFound``."""
    row = session.execute(_said().where(SponsorAnswer.id == answer_id)).one_or_none()
    if row is None:
        raise NotFound(said("There is no such answer."))
    return SaidLine(*row)


def _said() -> Select[SponsorAnswer, str, str]:
    return (
        select(SponsorAnswer, Improvement.title, CaseAsk.text)
        .outerjoin(Improvement, Improvement.id == SponsorAnswer.improvement_id)
        .outerjoin(CaseAsk, CaseAsk.id == SponsorAnswer.ask_id)
        .order_by(SponsorAnswer.id.desc())
    )
