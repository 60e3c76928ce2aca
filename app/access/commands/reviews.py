"""``review``: ask owners of rights about a few people, and plan what is to go."""

from __future__ import annotations

from typing import Any

import click

from app.access.reviews.actions import plan_removals, start_review
from app.access.reviews.mailing import mail_review
from app.access.reviews.queries import ReviewShown, review_lines, review_shown
from app.auth.console import actor
from app.core.parts import parts
from app.core.terminal import emit, group, table
from app.messages.requester_links import review_link
from app.people.queries import find_person

NUMBER = click.argument("review_id", metavar="N", type=click.IntRange(1))


@group("review")
def review() -> None:
    """Access reviews: at most ten concrete questions to the owner of rights."""


@review.command("start")
@click.argument("owner")
def start(owner: str) -> None:
    """Ask OWNER about people who hold the rights he or she answers for; prints the link."""
    with parts().acting(actor()) as act:
        person = find_person(act.session, owner)
        made = start_review(act, person.id).id
    _tell(made)


@review.command("list")
def list_reviews() -> None:
    """List the reviews, the newest first."""
    with parts().database.read() as session:
        lines = review_lines(session)
    rows = [(one.id, one.owner, f"{one.answered}/{one.questions}") for one in lines]
    shown = table(("Review", "Owner", "Answered"), rows)
    emit({"reviews": lines}, shown or "No reviews yet.")


@review.command("show")
@NUMBER
def show(review_id: int) -> None:
    """Show review N: its link, what was said, and whether what was to go is gone."""
    _tell(review_id)


@review.command("mail")
@NUMBER
def mail(review_id: int) -> None:
    """Mail the owner of review N the link."""
    with parts().acting(actor()) as act:
        owner = mail_review(act, review_id).owner_name
    parts().ring()
    emit({"review": review_id, "mailed": owner}, f"The link goes to {owner} by mail.")


@review.command("plan")
@NUMBER
def plan(review_id: int) -> None:
    """Plan to remove what the owner of review N no longer finds needed."""
    with parts().acting(actor()) as act:
        wave = plan_removals(act, review_id).id
    told = f"Another operator approves it: `rung wave approve {wave} --as OPERATOR`."
    emit({"review": review_id, "wave": wave}, told)


def _tell(review_id: int) -> None:
    with parts().database.read() as session:
        page = review_shown(session, review_id)
    link = review_link(parts().settings, page.review)
    rows = [
        (
            one.person,
            one.right,
            one.answer.value,
            _outcome(page, one),
        )
        for one in page.questions
    ]
    head = f"Review {page.review.id} of {page.review.owner_name}: {link}"
    shown = table(("Person", "Right", "Answer", "Outcome"), rows)
    emit(_data(page, link), [head, shown])


def _outcome(page: ReviewShown, question: Any) -> str:
    return "gone" if page.proved(question) else ""


def _data(page: ReviewShown, link: str) -> dict[str, Any]:
    return {
        "review": page.review.id,
        "owner": page.review.owner_name,
        "link": link,
        "wave": page.review.wave_id,
        "questions": [
            {
                "person": one.person,
                "right": one.right,
                "since": one.since,
                "last_asked": one.last_asked,
                "answer": one.answer,
                "gone": page.proved(one),
            }
            for one in page.questions
        ],
    }
