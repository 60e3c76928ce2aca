"""Answer who reported an incident: by mail, in the thread of their own, with files and articles
that help.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import Change
from app.core.errors import Invalid
from app.core.said import said
from app.incidents.answering.queries import goes_to, mail_channels, mails_of
from app.incidents.events import happened, locked
from app.incidents.files.rules import place_of
from app.incidents.inform.queries import signature_of
from app.incidents.mail.actions import LONGEST_TITLE, answering
from app.incidents.queries import children_of
from app.incidents.work.actions import note
from app.messages.actions.sending import MessageDraft, send
from app.messages.rules.recipients import Recipient
from app.models.incidents.incident import Attachment, Incident
from app.models.incidents.words import EventKind
from app.models.knowledge import Article, ArticleState, Audience
from app.models.messages import Message, MessageKind

LARGEST_FILES = 15_000_000
"""Bytes of all files of one mail: what most mail servers take, before it grows by a third."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the requester is answered.

    ``files`` and ``articles`` go along, by their numbers; ``told``: it was said to them in person
    or by phone, so it needs no mail to count.
    """

    text: str
    files: Sequence[int] = ()
    articles: Sequence[int] = ()
    told: bool = False


def reply(act: Acting, incident_id: int, given: Reply) -> Message | None:
    """Answer the requester on their page, and by mail where one reaches them; return that mail.

    The first response counts when the mail has left, or now where they were told in person.
    Raises ``Invalid`` by field.
    """
    incident = locked(act.session, incident_id)
    if not given.text.strip():
        raise Invalid(said("Write something."), field="text")
    text = _with_articles(act.session, given)
    to = None if given.told else goes_to(act.session, incident)
    if to is None:
        note(act, incident_id, text, public=True)
        if given.told:
            _count(act, incident)
        return None
    message = _mailed(act, incident, to, text, given.files)
    happened(
        act,
        incident,
        EventKind.NOTE,
        f"Answer on {incident.title}",
        text=text,
        data={"message": message.id},
        public=True,
    )
    return message


def count_response(act: Acting, *, message: Message) -> None:
    """Count the first response of the incidents a message answers: it has left."""
    if not message.audience.get("response") or message.incident_id is None:
        return
    incident = act.session.get_one(Incident, message.incident_id)
    for each in (incident, *children_of(act.session, incident.id)):
        if each.first_response_at is None:
            _count(act, each)


def _count(act: Acting, incident: Incident) -> None:
    if incident.first_response_at is not None:
        return
    change = Change(about=Incident)
    change.put(incident, {"first_response_at": act.now})
    sentence = f"First response: {incident.title}"
    change.record(act, incident, "incident.answered", sentence)


def _with_articles(session: Session, given: Reply) -> str:
    """Return the text with what its articles tell a requester to do."""
    wanted = select(Article).where(Article.id.in_(given.articles)).order_by(Article.id)
    told = [
        f"{one.title}\n{one.resolution}".strip()
        for one in session.scalars(wanted)
        if one.audience is not Audience.INTERNAL
        and one.state is not ArticleState.ARCHIVED
    ]
    return "\n\n".join([given.text.strip(), *told])


def _mailed(
    act: Acting, incident: Incident, to: Recipient, text: str, files: Sequence[int]
) -> Message:
    mails = mails_of(act.session, incident.id)
    signed = signature_of(act.session, act.by)
    audience: dict[str, Any] = {"response": True, "count": 1}
    if going_along := _going_along(act, incident, files):
        audience["files"] = going_along
    draft = MessageDraft(
        MessageKind.ANSWER,
        f"Re: {incident.title}"[:LONGEST_TITLE],
        text,
        signed,
        incident_id=incident.id,
        headers=answering([one.message_id for one in mails]),
        audience=audience,
        marked=True,
        linked=_is_own_mailbox(incident, [one.sender for one in mails]),
        from_name=signed,
    )
    channels = mail_channels(act.session)[:1]
    return send(act, draft, [to], channels, fall_back=False)


def _is_own_mailbox(incident: Incident, senders: Sequence[str]) -> bool:
    """Tell whether the requester's link may go along: whoever has it acts for the requester, so
    it goes nowhere but to an address that wrote to us, or that somebody at the desk typed.
    """
    return not senders or incident.requester_mail.lower() in senders


def _going_along(
    act: Acting, incident: Incident, files: Sequence[int]
) -> list[list[str]]:
    """Return place and name of each file that goes along. Raises ``Invalid``."""
    wanted = select(Attachment).where(
        Attachment.incident_id == incident.id,
        Attachment.id.in_(files),
        Attachment.deleted_at.is_(None),
    )
    found = list(act.session.scalars(wanted.order_by(Attachment.id)))
    if sum(one.size for one in found) > LARGEST_FILES:
        raise Invalid(
            said(
                "These files are too large for one mail: at most %(value)s MB.",
                value=LARGEST_FILES // 1_000_000,
            ),
            field="files",
        )
    folder = act.settings.files
    places = [
        (place_of(folder, one.sha256, one.id).relative_to(folder), one.name)
        for one in found
    ]
    return [[place.as_posix(), name] for place, name in places]
