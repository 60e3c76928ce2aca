"""How improvements are found from everywhere, and the pages and deeds of their room."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from app.auth.queries import all_operators
from app.core.finding import (
    SHOWN,
    Deed,
    Finder,
    Hit,
    Hits,
    Place,
    Question,
    fits,
    named_hits,
)
from app.core.names import plain_words
from app.improvements.comments.rules import shortened
from app.models.improvements.improvement import Improvement
from app.models.improvements.talk import ImprovementComment
from app.models.improvements.words import IMPROVEMENT_ENDED
from app.people.finding import find_people, login_chosen


def find_improvements(
    session: Session, asked: Question, *where: ColumnElement[bool]
) -> Hits:
    """Find improvements by their title and the service they are about."""
    return named_hits(
        session,
        asked,
        (Improvement.id, Improvement.title, Improvement.state, Improvement.owner),
        lambda row: Hit(
            row.id,
            row.title,
            " · ".join(filter(None, (row.state.value, row.owner))),
            asked.is_name(row.title),
        ),
        where=where,
    )


def find_going_on(session: Session, asked: Question) -> Hits:
    """Find improvements another one can be a part of: those that have not ended."""
    going_on = () if asked.row else (Improvement.state.not_in(IMPROVEMENT_ENDED),)
    return find_improvements(session, asked, *going_on)


def find_owners(session: Session, asked: Question) -> Hits:
    """Find who can answer for an improvement: operators first, then people of the directory."""
    if asked.row:
        return find_people(session, asked)
    operators = [
        Hit(line.id, line.name, str(_("operator")), asked.is_name(line.name), line.name)
        for line in all_operators(session)
        if line.disabled_at is None and asked.words and fits(asked, line.name)
    ]
    people = find_people(session, asked)
    shown = (*operators[:SHOWN], *people.shown)[: 2 * SHOWN]
    return Hits(shown, len(operators) + people.total)


def find_comments(session: Session, asked: Question) -> Hits:
    """Find what was said about improvements by its words."""
    return named_hits(
        session,
        asked,
        (
            ImprovementComment.id,
            ImprovementComment.text,
            ImprovementComment.created_by,
            Improvement.title,
        ),
        lambda row: Hit(
            row.id,
            shortened(row.text, lambda word: _begins(word, asked)),
            f"{row.created_by} · {row.title}",
        ),
        where=(
            Improvement.id == ImprovementComment.improvement_id,
            ImprovementComment.deleted_at.is_(None),
        ),
    )


def _begins(word: str, asked: Question) -> bool:
    there = plain_words(word)
    return any(each.startswith(asked.words) for each in there)


PICKERS = (
    Finder(
        "larger",
        _("Improvements"),
        "trending-up",
        "improvements.improvement_new",
        "improvement_id",
        "improvements.register",
        find_going_on,
    ),
    Finder(
        "owners",
        _("Owners"),
        "users",
        "improvements.improvement_new",
        "person_id",
        "people.index",
        find_owners,
        key_in=login_chosen,
    ),
)
FINDERS = (
    Finder(
        "improvements",
        _("Improvements"),
        "trending-up",
        "improvements.improvement",
        "improvement_id",
        "improvements.register",
        find_improvements,
    ),
    Finder(
        "comments",
        _("Comments"),
        "message-square",
        "improvements.comment_there",
        "comment_id",
        "improvements.comments",
        find_comments,
    ),
)
PLACES = (
    Place("improvements.index", _("Improvements"), _("board backlog")),
    Place("improvements.register", _("List of improvements"), _("register")),
    Place("improvements.tasks", _("Tasks"), _("to do improvements")),
    Place("improvements.values_due", _("Values that are due"), _("measure sheet week")),
    Place("improvements.all_metrics", _("All metrics"), _("measures standing")),
    Place("improvements.progress", _("Progress"), _("forecast burn-up")),
    Place("improvements.predictions", _("Predictions"), _("results")),
    Place("improvements.comments", _("Comments"), _("said talk mentions")),
    Place("improvements.complaints", _("Complaints"), _("voices")),
    Place("improvements.templates", _("Templates"), _("improvements start from")),
)
DEEDS = (
    Deed(
        "improvements.improvement_new",
        _("Raise an improvement"),
        "trending-up",
        _("new idea"),
        new=2,
    ),
    Deed(
        "improvements.complaint_new",
        _("Write down a complaint"),
        "message-square",
        _("new"),
        new=3,
    ),
    Deed("improvements.register_import", _("Import improvements"), "upload", _("CSV")),
)
