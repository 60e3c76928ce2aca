"""Links of people as the terminal and other programs see them, and the letter that is proposed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.said import said
from app.improvements.answers.actions import (
    LinkLetter,
    LinksSent,
    give_links,
    revoke_link,
)
from app.improvements.answers.queries import asked_by_link
from app.improvements.crowd.naming import CrowdTyped, numbers_typed
from app.improvements.crowd.queries import chosen_people, crowd_page
from app.improvements.rules import WORDS
from app.incidents.inform.queries import signature_of
from app.messages.requester_links import answer_link
from app.models.improvements.iteration import Participation


def proposed_letter(session: Session, iteration_id: int, operator: str) -> LinkLetter:
    """Return what may be written beside the links of a rung, signed by who sends it.

    Raises ``NotFound``.
    """
    page = crowd_page(session, iteration_id)
    text = said(
        "Hello,\n\n%(what)s\n\nDoes it work for you? One tap is enough, no account is "
        "needed:\n{link}",
        what=page.rung.what_changes or page.one.title,
    )
    subject = said("Does it work for you? %(title)s", title=page.one.title)
    return LinkLetter(subject, text, signature_of(session, operator))


def written_letter(
    session: Session,
    iteration_id: int,
    operator: str,
    subject: str = "",
    text: str = "",
    signed_by: str = "",
) -> LinkLetter:
    """Return the letter that was written; what was left out is as proposed."""
    offered = proposed_letter(session, iteration_id, operator)
    return LinkLetter(
        subject.strip() or str(offered.subject),
        text.strip() or str(offered.text),
        signed_by.strip() or offered.signed_by,
    )


def would_be_sent(
    session: Session, iteration_id: int, letter: LinkLetter
) -> dict[str, Any]:
    """Return whom a letter would go to, and what it says; nothing is sent."""
    asked = asked_by_link(session, iteration_id)
    return {
        "asked": len(asked),
        "without_mail": sum(not each.recipient.mail for each in asked),
        "people": [each.recipient.name for each in asked],
        "subject": letter.subject,
        "text": letter.text,
        "signed_by": letter.signed_by,
        "message": None,
    }


def sent_told(sent: LinksSent) -> dict[str, Any]:
    """Return what was sent as programs see it."""
    return {
        "asked": sent.asked,
        "without_mail": sent.without_mail,
        "message": sent.message.id,
    }


def links_given(
    act: Acting, iteration_id: int, names: Sequence[str]
) -> list[dict[str, Any]]:
    """Give the people named a link each and return the links.

    Raises ``Invalid`` for who does not take part.
    """
    numbers = numbers_typed(act.session, iteration_id, CrowdTyped(names=names))
    give_links(act, iteration_id, numbers)
    people = chosen_people(act.session, iteration_id, numbers)
    return [_link(act, one) for one in people]


def links_revoked(act: Acting, iteration_id: int, names: Sequence[str]) -> list[str]:
    """Make every link of the people named worthless and return their names.

    Raises ``Invalid`` for who does not take part.
    """
    numbers = numbers_typed(act.session, iteration_id, CrowdTyped(names=names))
    return [revoke_link(act, number).name for number in sorted(numbers)]


def _link(act: Acting, one: Participation) -> dict[str, Any]:
    until = one.link_until
    return {
        "name": one.name,
        "state": WORDS[one.state],
        "link": answer_link(act.settings, one),
        "until": until.isoformat() if until else None,
    }
