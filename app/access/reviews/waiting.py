"""What of reviews waits for whom: the owner has the link, the rest the page of the review tells."""

from __future__ import annotations

from app.core.waiting import declare, declare_moments
from app.models.access.words import ReviewAnswer

PAGE = "the page of the review offers the plan"

declare(
    ReviewAnswer,
    {
        ReviewAnswer.OPEN: "the owner has the link",
        ReviewAnswer.KEEP: "it is over",
        ReviewAnswer.REMOVE: PAGE,
        ReviewAnswer.NOT_MINE: PAGE,
    },
)
declare_moments(
    {
        "access_review.link_until": "the link opens nothing then",
        "review_question.answered_at": PAGE,
    }
)
