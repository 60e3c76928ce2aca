"""Mail an owner the link of a review through the message board: tried again, and seen to arrive."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.reviews.rules import LINK_OPENS
from app.core.acting import Acting
from app.core.changes import Change, one, one_locked
from app.core.errors import Conflict, Invalid, Refused
from app.core.said import nsaid, said
from app.improvements.answers.queries import channels_of_links
from app.messages.actions.sending import MessageDraft, send
from app.messages.requester_links import LINK_HERE, REVIEW
from app.messages.rules.recipients import Recipient
from app.models.access.review import AccessReview, ReviewQuestion
from app.models.access.words import ReviewAnswer
from app.models.messages import Delivery, MessageKind
from app.models.people import Person


def mail_review(act: Acting, review_id: int) -> AccessReview:
    """Send the owner of a review the link, and open it for its whole time again.

    Raises ``Conflict`` once the removals are planned, ``Refused`` where the owner has no address,
    ``Invalid`` where no channel reaches people one by one.
    """
    review = one_locked(act.session, AccessReview, review_id)
    if review.wave_id is not None:
        raise Conflict(said("The removals are planned already."))
    owner = one(act.session, Person, review.owner_id) if review.owner_id else None
    if owner is None or not owner.mail:
        raise Refused(said("%(name)s has no mail address.", name=review.owner_name))
    channels = channels_of_links(act.session)
    if not channels:
        raise Invalid(
            said("No channel reaches people one by one; add one for mail first.")
        )
    change = Change(about=AccessReview)
    change.put(review, {"link_until": act.now + LINK_OPENS})
    draft = MessageDraft(
        MessageKind.FEEDBACK,
        said("Who still needs it?"),
        _letter(review, _open_questions(act.session, review_id)),
        signed_by=act.by,
        audience={"review": review.id},
    )
    recipient = Recipient(
        f"{REVIEW}:{review.id}", owner.name, owner.id, mail=owner.mail
    )
    send(act, draft, [recipient], channels, fall_back=False)
    told = f"Mailed {review.owner_name} the link of a review"
    change.record(act, review, "review.mail", told)
    return review


def last_mailed(session: Session, review_id: int) -> Delivery | None:
    """Return the last delivery of a review's link, if it was mailed."""
    mine = Delivery.recipient == f"{REVIEW}:{review_id}"
    rows = select(Delivery).where(mine).order_by(Delivery.id.desc())
    return session.scalars(rows.limit(1)).first()


def _open_questions(session: Session, review_id: int) -> int:
    rows = select(ReviewQuestion.id).where(
        ReviewQuestion.review_id == review_id,
        ReviewQuestion.answer == ReviewAnswer.OPEN,
    )
    return len(session.scalars(rows).all())


def _letter(review: AccessReview, count: int) -> str:
    asked = nsaid(
        "Hello %(name)s, you answer for rights of others. %(number)s question waits for you: "
        "does the person still need it? Nothing is removed at once.",
        "Hello %(name)s, you answer for rights of others. %(number)s questions wait for you: "
        "does each person still need it? Nothing is removed at once.",
        count,
        name=review.owner_name,
    )
    return f"{asked}\n\n{LINK_HERE}"
