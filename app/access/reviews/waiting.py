"""What of reviews waits for whom: questions for the owner, who has the link too, and what is to be
removed for whoever may plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.core.waiting import (
    ME,
    MOST,
    NOW,
    Wait,
    Waiter,
    WaitingFound,
    WaitingLine,
    asked_for,
    declare,
    declare_moments,
    tells,
)
from app.messages.requester_links import review_path
from app.models.access.review import AccessReview, ReviewQuestion
from app.models.access.words import ReviewAnswer
from app.models.auth import Operator
from app.models.people import Person

declare(
    ReviewAnswer,
    {
        ReviewAnswer.OPEN: Wait.REVIEW,
        ReviewAnswer.KEEP: "it is over",
        ReviewAnswer.REMOVE: Wait.REVIEW,
        ReviewAnswer.NOT_MINE: "the page of the review tells it",
    },
)
declare_moments(
    {
        "access_review.link_until": "the link opens nothing then",
        "review_question.answered_at": Wait.REVIEW,
    }
)


@tells(Wait.REVIEW)
def reviews_waiting(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find questions for the owner of rights who is an operator too, and removals to be planned."""
    rows = session.execute(_reviews_asked(), asked_for(who)).all()
    found = (_line(who, *row) for row in rows)
    lines = tuple(line for line in found if line is not None)
    yield WaitingFound(lines, len(lines))


@cache
def _reviews_asked() -> Select[*tuple[Any, ...]]:
    count = func.count().filter
    mine = select(Operator.person_uid).where(
        Operator.name == ME, Operator.person_uid != ""
    )
    return (
        select(
            AccessReview,
            count(ReviewQuestion.answer == ReviewAnswer.OPEN),
            count(ReviewQuestion.answer == ReviewAnswer.REMOVE),
            func.max(ReviewQuestion.answered_at),
            func.coalesce(Person.uid.in_(mine), False),
        )
        .join(ReviewQuestion, ReviewQuestion.review_id == AccessReview.id)
        .outerjoin(Person, Person.id == AccessReview.owner_id)
        .where(AccessReview.wave_id.is_(None), AccessReview.link_until > NOW)
        .group_by(AccessReview.id, Person.uid)
        .order_by(AccessReview.id)
        .limit(MOST)
    )


def _line(
    who: Waiter, review: AccessReview, left: int, remove: int, at: Any, mine: bool
) -> WaitingLine | None:
    if mine and left:
        return WaitingLine(
            Wait.REVIEW,
            _("Who still needs it?"),
            review.started_at,
            review_path(who.settings, review),
            f"review:{review.id}:owner",
            why=_("%(count)s questions about rights you answer for", count=left),
        )
    if remove and not left and who.may("plan"):
        return WaitingLine(
            Wait.REVIEW,
            _("Review of %(name)s", name=review.owner_name),
            at or review.started_at,
            f"/reviews/{review.id}",
            f"review:{review.id}",
            why=_("%(count)s rights are to be removed", count=remove),
        )
    return None
