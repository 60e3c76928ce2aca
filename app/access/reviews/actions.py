"""Start a review, take the owner's answers, and plan what is to go."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import select

from app.access.reviews.queries import (
    answered_lately,
    may_be_asked,
    review_shown,
)
from app.access.reviews.rules import LINK_OPENS, worth_asking
from app.access.single.actions import plan_one_by_one
from app.access.single.rules import OneByOne
from app.core.acting import Acting
from app.core.changes import Change, one, one_locked, word
from app.core.errors import Conflict, Refused
from app.core.said import said
from app.models.access.review import AccessReview, ReviewQuestion
from app.models.access.wave import Wave
from app.models.access.words import ReviewAnswer, WaveState
from app.models.people import Person


def start_review(act: Acting, owner_id: int) -> AccessReview:
    """Ask the owner of rights about at most ten people who hold them directly.

    Raises ``Refused`` where nothing is left to ask about.
    """
    owner = one(act.session, Person, owner_id)
    lately = answered_lately(act.session, act.now)
    asked = worth_asking(may_be_asked(act.session, owner), lately)
    if not asked:
        raise Refused(
            said(
                "Nothing is left to ask %(name)s about: nobody holds one of their rights "
                "directly, or all of it was asked within half a year.",
                name=owner.name,
            )
        )
    change = Change(about=AccessReview)
    review = change.add(
        act.session,
        AccessReview(
            directory_id=owner.directory_id,
            owner_id=owner.id,
            owner_name=owner.name,
            link_mark=secrets.token_urlsafe(12),
            link_until=act.now + LINK_OPENS,
            started_at=act.now,
            started_by=act.by,
        ),
    )
    change.after.pop("link_mark", None)
    for each in asked:
        question = ReviewQuestion(
            review_id=review.id,
            person_id=each.person_id,
            entitlement_id=each.right_id,
            answer=ReviewAnswer.OPEN,
        )
        change.add(act.session, question)
    told = f"Asked {owner.name} about {len(asked)} rights people hold"
    change.record(
        act,
        review,
        "review.start",
        told,
    )
    return review


def answer_review(act: Acting, review_id: int, answers: Mapping[int, str]) -> int:
    """Take what the owner says of questions, by their number; returns how many were new.

    Raises ``Conflict`` once the removals are planned, ``Invalid`` for an answer that is none.
    """
    review = one_locked(act.session, AccessReview, review_id)
    if review.wave_id is not None:
        raise Conflict(
            said("What is to be removed is planned already; please tell us in person.")
        )
    mine = select(ReviewQuestion).where(ReviewQuestion.review_id == review_id)
    change, count = Change(about=AccessReview), 0
    for question in act.session.scalars(mine):
        said_now = answers.get(question.id, "")
        if not said_now:
            continue
        answer = word(ReviewAnswer, said_now, "answer")
        if answer is question.answer:
            continue
        count += change.put(
            question,
            {"answer": answer, "answered_at": act.now},
        )
    if count:
        by = act.by_another(f"{review.owner_name} (link)")
        told = f"{review.owner_name} answered {count} questions about rights"
        change.record(
            by,
            review,
            "review.answer",
            told,
        )
    return count


def plan_removals(act: Acting, review_id: int) -> Wave:
    """Plan to remove what the owner no longer finds needed; it is approved as every plan is.

    Raises ``Refused`` where nothing is to go, ``Conflict`` where it is planned already.
    """
    review = one_locked(act.session, AccessReview, review_id)
    if review.wave_id is not None and not _is_void(act, review.wave_id):
        raise Conflict(said("The removals are planned already."))
    takes: dict[int, dict[int, str]] = defaultdict(dict)
    for each in review_shown(act.session, review_id).to_remove:
        if each.held:
            why = f"{review.owner_name}: no longer needed (review {review.id})"
            takes[each.person_id][each.right_id] = why
    if not takes:
        raise Refused(said("The owner wants nothing removed that is still held."))
    orders = [OneByOne(person, take=rights) for person, rights in takes.items()]
    wave = plan_one_by_one(
        act,
        review.directory_id,
        orders,
    )
    change = Change(about=AccessReview)
    change.put(review, {"wave_id": wave.id})
    told = f"Planned what {review.owner_name} no longer finds needed"
    change.record(
        act,
        review,
        "review.plan",
        told,
    )
    return wave


def _is_void(act: Acting, wave_id: int) -> bool:
    return one(act.session, Wave, wave_id).state is WaveState.WITHDRAWN


def renew_link(act: Acting, review_id: int) -> AccessReview:
    """Give the owner a new link; every older one leads nowhere any more."""
    review = one_locked(act.session, AccessReview, review_id)
    review.link_mark = secrets.token_urlsafe(12)
    change = Change(about=AccessReview)
    change.put(review, {"link_until": act.now + LINK_OPENS})
    told = f"Gave {review.owner_name} a new link"
    change.record(
        act,
        review,
        "review.link",
        told,
    )
    return review
