"""Give somebody a link to the status, and take it back."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from app.auth.queries import operator_named
from app.core.acting import Acting
from app.core.changes import Change, one_locked
from app.core.errors import Invalid
from app.core.figures import day
from app.core.said import said
from app.improvements.queries import get_improvement
from app.messages.rules.addresses import MAIL
from app.models.sponsors.link import StatusLink
from app.sponsors.links.rules import LASTS, LONGEST


@dataclass(frozen=True, slots=True)
class StatusLinkDraft:
    """For whom a link is, what it shows, until when, and whether it may answer what is asked;
    ``mail`` gets the same once a week.
    """

    for_whom: str
    improvement_id: int | None = None
    until: date | None = None
    decides: bool = True
    mail: str = ""
    language: str = ""


def give_status_link(act: Acting, draft: StatusLinkDraft) -> StatusLink:
    """Make a link to the status for one named person.

    Raises ``Invalid`` without a name, or for a day that is over or too far away.
    """
    whom = " ".join(draft.for_whom.split())
    if not whom:
        raise Invalid(said("Say for whom it is."), field="for_whom")
    mail = draft.mail.strip().lower()
    if mail and not MAIL.fullmatch(mail):
        raise Invalid(said("This is no mail address."), field="mail")
    shows = "everything"
    if draft.improvement_id is not None:
        shows = get_improvement(act.session, draft.improvement_id).title
    giver = operator_named(act.session, act.by)
    made = StatusLink(
        for_whom=whom,
        improvement_id=draft.improvement_id,
        decides=draft.decides,
        mark=secrets.token_hex(8),
        until=_end_of(draft.until, act.now),
        given_by_id=giver.id if giver else None,
        created_at=act.now,
        created_by=act.by,
        mail=mail,
        language=draft.language,
    )
    change = Change(StatusLink)
    change.add(act.session, made)
    until = day(made.until.date())
    sentence = f"Gave {whom} a link to the status of {shows} until {until}"
    change.record(act, made, "status-link.give", sentence)
    return made


def revoke_status_link(act: Acting, link_id: int) -> StatusLink:
    """Make a link worthless; what was answered with it stays."""
    link = one_locked(act.session, StatusLink, link_id)
    change = Change(StatusLink)
    if link.revoked_at is None:
        change.put(link, {"revoked_at": act.now, "revoked_by": act.by})
        sentence = f"Took the link of {link.for_whom} to the status back"
        change.record(act, link, "status-link.revoke", sentence)
    return link


def stop_status_mail(act: Acting, link_id: int) -> StatusLink:
    """Send no mails of the status any more; the link itself goes on."""
    link = one_locked(act.session, StatusLink, link_id)
    change = Change(StatusLink)
    if link.mail and link.mail_stopped_at is None:
        change.put(link, {"mail_stopped_at": act.now})
        sentence = f"Stopped the mail of the status to {link.for_whom}"
        change.record(act, link, "status-link.stop", sentence)
    return link


def _end_of(chosen: date | None, now: datetime) -> datetime:
    if chosen is None:
        return now + LASTS
    until = datetime.combine(chosen, time.max, UTC).replace(microsecond=0)
    if until < now:
        raise Invalid(said("That day is over."), field="until")
    if until > now + LONGEST:
        raise Invalid(said("At most a year; a link can be given anew."), field="until")
    return until
