"""Reviews for their pages: what is asked, what was said, and whether what was to go is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.reviews.rules import ASKED_AGAIN_AFTER, MayBeAsked
from app.core.changes import one
from app.core.errors import NotFound
from app.core.said import said
from app.messages.requester_links import read_review_token
from app.models.access.review import AccessReview, ReviewQuestion
from app.models.access.words import ReviewAnswer
from app.models.directory import (
    Entitlement,
    MemberKind,
    Membership,
    Reading,
    ReadingState,
)
from app.models.directory.asking import AskedGroup, DirectoryLog
from app.models.people import Person

GONE = said("This link leads nowhere any more. Ask for a new one, or answer in person.")


@dataclass(frozen=True, slots=True)
class QuestionShown:
    """One question with what the owner needs to answer it.

    ``held`` tells whether the person holds it by now; ``last_asked`` is of the right, and None
    where no log tells, or nobody asked.
    """

    id: int
    person: str
    person_id: int
    right: str
    right_id: int
    description: str
    since: datetime | None
    last_asked: date | None
    has_log: bool
    off: bool
    answer: ReviewAnswer
    answered_at: datetime | None
    held: bool


@dataclass(frozen=True, slots=True)
class ReviewShown:
    """A review with its questions; ``read_at``: the last complete reading of its directory."""

    review: AccessReview
    questions: tuple[QuestionShown, ...]
    read_at: datetime | None

    @property
    def answered(self) -> int:
        """Return how many questions were answered."""
        return sum(one.answer is not ReviewAnswer.OPEN for one in self.questions)

    @property
    def to_remove(self) -> tuple[QuestionShown, ...]:
        """Return the questions whose right is to go."""
        return tuple(one for one in self.questions if one.answer is ReviewAnswer.REMOVE)

    def proved(self, question: QuestionShown) -> bool:
        """Tell whether a reading after the answer found the right gone."""
        asked = question.answer is ReviewAnswer.REMOVE and question.answered_at
        seen = self.read_at and asked and self.read_at > asked
        return bool(seen) and not question.held


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One review in the list."""

    id: int
    owner: str
    started_at: datetime
    questions: int
    answered: int
    wave_id: int | None


def review_lines(session: Session, of: str = "") -> list[ReviewLine]:
    """Return the reviews of owners in whose name ``of`` stands, the newest first."""
    is_open = ReviewQuestion.answer == ReviewAnswer.OPEN
    counted = (
        select(AccessReview, func.count(), func.count().filter(~is_open))
        .join(ReviewQuestion, ReviewQuestion.review_id == AccessReview.id)
        .where(AccessReview.owner_name.icontains(of, autoescape=True))
        .group_by(AccessReview.id)
        .order_by(AccessReview.started_at.desc(), AccessReview.id.desc())
    )
    return [
        ReviewLine(
            review.id,
            review.owner_name,
            review.started_at,
            questions,
            answered,
            review.wave_id,
        )
        for review, questions, answered in session.execute(counted)
    ]


def review_behind(
    session: Session, secret: str, token: str, now: datetime
) -> AccessReview:
    """Return the review a link belongs to. Raises ``NotFound`` for a forged or expired one."""
    number, mark = read_review_token(secret, token) or (0, "")
    review = session.get(AccessReview, number)
    if review is None or review.link_mark != mark or review.link_until < now:
        raise NotFound(GONE)
    return review


def review_shown(session: Session, review_id: int) -> ReviewShown:
    """Return a review with its questions. Raises ``NotFound``."""
    review = one(session, AccessReview, review_id)
    wanted = (
        select(ReviewQuestion, Person, Entitlement, func.min(Membership.since))
        .join(Person, Person.id == ReviewQuestion.person_id)
        .join(Entitlement, Entitlement.id == ReviewQuestion.entitlement_id)
        .outerjoin(
            Membership,
            (Membership.person_id == ReviewQuestion.person_id)
            & (Membership.entitlement_id == ReviewQuestion.entitlement_id),
        )
        .where(ReviewQuestion.review_id == review_id)
        .group_by(ReviewQuestion.id, Person.id, Entitlement.id)
        .order_by(ReviewQuestion.id)
    )
    asked = last_asked_days(session, review.directory_id)
    questions = (_shown(*row, asked=asked) for row in session.execute(wanted))
    done = Reading.state == ReadingState.COMPLETE
    last = select(func.max(Reading.ended_at)).where(
        Reading.directory_id == review.directory_id, done
    )
    return ReviewShown(review, tuple(questions), session.scalar(last))


def _shown(
    question: ReviewQuestion,
    person: Person,
    right: Entitlement,
    since: datetime | None,
    *,
    asked: dict[int, date] | None,
) -> QuestionShown:
    return QuestionShown(
        id=question.id,
        person=person.name,
        person_id=person.id,
        right=right.cn,
        right_id=right.id,
        description=right.description,
        since=since,
        last_asked=(asked or {}).get(right.id),
        has_log=asked is not None,
        off=person.disabled,
        answer=question.answer,
        answered_at=question.answered_at,
        held=since is not None,
    )


def last_asked_days(session: Session, directory_id: int) -> dict[int, date] | None:
    """Return the day each right was last asked about; None where no log was read."""
    of = DirectoryLog.directory_id == directory_id
    if not session.scalar(select(func.count()).select_from(DirectoryLog).where(of)):
        return None
    days = (
        select(AskedGroup.entitlement_id, func.max(AskedGroup.last_day))
        .join(DirectoryLog, DirectoryLog.id == AskedGroup.log_id)
        .where(of, AskedGroup.entitlement_id.is_not(None))
        .group_by(AskedGroup.entitlement_id)
    )
    found = session.execute(days)
    return {right: day for right, day in found if right is not None and day is not None}


def may_be_asked(session: Session, owner: Person) -> list[MayBeAsked]:
    """Return who holds directly what this person answers for."""
    held = (
        select(Membership.person_id, Entitlement, func.min(Membership.since), Person)
        .join(Entitlement, Entitlement.id == Membership.entitlement_id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Entitlement.owner_id == owner.id,
            Entitlement.gone_at.is_(None),
            Entitlement.is_role.is_(False),
            Membership.kind == MemberKind.PERSON,
            Person.gone_at.is_(None),
        )
        .group_by(Membership.person_id, Entitlement.id, Person.id)
    )
    asked = last_asked_days(session, owner.directory_id) or {}
    return [
        MayBeAsked(
            person.id,
            right.id,
            since,
            person.disabled,
            right.is_privileged,
            asked.get(right.id),
        )
        for _, right, since, person in session.execute(held)
    ]


def answered_lately(session: Session, now: datetime) -> set[tuple[int, int]]:
    """Return the people and rights that were answered about lately, or are being asked about."""
    wanted = (
        select(ReviewQuestion.person_id, ReviewQuestion.entitlement_id)
        .join(AccessReview, AccessReview.id == ReviewQuestion.review_id)
        .where(AccessReview.started_at > now - ASKED_AGAIN_AFTER)
    )
    return {(person, right) for person, right in session.execute(wanted)}


def owners(session: Session) -> Sequence[tuple[int, str, int]]:
    """Return who answers for rights somebody holds, with how many; most first."""
    count = func.count(func.distinct(Entitlement.id))
    wanted = (
        select(Person.id, Person.name, count)
        .join(Entitlement, Entitlement.owner_id == Person.id)
        .join(Membership, Membership.entitlement_id == Entitlement.id)
        .where(
            Entitlement.gone_at.is_(None),
            Entitlement.is_role.is_(False),
            Person.gone_at.is_(None),
        )
        .group_by(Person.id, Person.name)
        .order_by(count.desc(), Person.name)
    )
    return list(session.execute(wanted))
