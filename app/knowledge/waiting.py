"""What of articles waits for a person: nothing on its own; the list counts what was flagged."""

from __future__ import annotations

from app.core.waiting import declare, declare_moments
from app.models.knowledge import ArticleState

LIST = "the list of articles shows it; whoever uses an article fixes it"

declare(
    ArticleState,
    {
        ArticleState.IN_PROGRESS: LIST,
        ArticleState.NOT_VALIDATED: LIST,
        ArticleState.VALIDATED: "it is in use",
        ArticleState.ARCHIVED: "it is over",
    },
)
declare_moments({"article_flag.settled_at": LIST})
