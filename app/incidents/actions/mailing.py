"""Mail that comes in: a new incident, or an answer to one; once each, and never from a machine."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import Invalid, Refused
from app.incidents.actions.attaching import Offered, attach, incoming
from app.incidents.actions.calls import add_contact
from app.incidents.actions.ending import reopen
from app.incidents.actions.keeping_mail import LARGEST_RAW, drop, keep, raw_mail
from app.incidents.actions.reporting import Report, report
from app.incidents.actions.storing import Received
from app.incidents.actions.working import note
from app.incidents.queries.policy import desk_numbers
from app.incidents.rules.mail import Mail, cut_to_fit, parsed
from app.incidents.rules.mail_answers import is_forward, only_thanks, without_quotes
from app.incidents.rules.requester import REOPEN_WITHIN
from app.messages.actions.sending import Draft, send
from app.messages.queries.channels import enabled_channels
from app.messages.rules.recipients import Recipient
from app.models.incidents.desk import MailSeen
from app.models.incidents.incident import Incident
from app.models.incidents.words import OPEN, FileKind, IncidentState, Via
from app.models.messages import ChannelKind, MessageKind
from app.models.people import Person, Site
from app.parts import Parts

MOST_AN_HOUR = 20
MOST_CONFIRMED = 5
"""How many new incidents of one sender are confirmed within an hour: two programs that thank each other end there."""

TAKEN = ("new", "answer")
TOO_MANY = "too many within an hour"
AS_IT_CAME = "mail as it came.eml"
BY = "mail"
USUAL_ID = re.compile(r"<[!-;=?-~]{3,200}>")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a mail: ``new``, ``answer``, ``seen before``, ``set aside``, or why it was left alone."""

    outcome: str
    incident_id: int | None = None


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail that was read, with itself and its files on disk, not kept yet; ``lost`` says what is not among them."""

    mail: Mail
    raw: Received
    files: list[tuple[str, Received]]
    lost: list[str]


def take_mail(parts: Parts, raw: bytes, *, is_whole: bool = True) -> Taken:
    """Take one mail. A second time it changes nothing. ``is_whole``: not only its beginning was handed over."""
    now = parts.now()
    with arrived(parts, raw, is_whole=is_whole) as found, parts.database.write() as session:
        known = _known(session, found.mail)
        if known is not None:
            return Taken("seen before", known.incident_id)
        seen = _seen(session, found.mail, now)
        seen.outcome = _left_alone(session, found.mail, now)
        if seen.outcome:
            keep(session, parts.settings.files, seen, found.raw, now)
            return Taken(seen.outcome)
        return _taken(session, seen, found, now, BY)


def take_anyway(parts: Parts, mail_id: int, raw: bytes, *, by: str) -> Taken:
    """Make an incident of a mail that was left alone. Raises ``Refused`` when there is one already."""
    now = parts.now()
    with arrived(parts, raw, wanted=True) as found, parts.database.write() as session:
        seen = session.get_one(MailSeen, mail_id, with_for_update=True)
        if seen.incident_id is not None or seen.outcome in TAKEN:
            raise Refused("There is an incident of this mail already.")
        seen.settled_at, seen.settled_by = now, by
        taken = _taken(session, seen, found, now, by)
        drop(parts.settings.files, seen)
        return taken


@contextmanager
def arrived(parts: Parts, raw: bytes, *, wanted: bool = False, is_whole: bool = True) -> Iterator[Arrived]:
    """Read a mail and write it and its files to disk. ``wanted``: the files of a machine too."""
    mail = parsed(raw, own_addresses(parts.settings.desk_mail))
    with ExitStack() as stack:
        kept = stack.enter_context(raw_mail(parts, raw))
        files, lost = _received(parts, mail, stack) if wanted or not mail.machine else ([], [])
        if len(raw) > LARGEST_RAW or not is_whole:
            lost.append(f"all but the beginning: it is larger than {LARGEST_RAW // 1_000_000} MB")
        yield Arrived(mail, kept, files, lost)


def own_addresses(text: str) -> tuple[str, ...]:
    """Return the desk's own addresses as the setting lists them."""
    return tuple(address.strip().lower() for address in text.split(",") if address.strip())


def attach_raw(session: Session, incident_id: int, raw: Received, *, by: str, now: datetime) -> None:
    """Keep a mail as it came with its incident, for as long as a recording is kept."""
    last = now.date() + timedelta(days=desk_numbers(session).recording_days)
    attach(session, incident_id, raw, Offered(AS_IT_CAME, delete_on=last), by=by, now=now, touches=False)


def _known(session: Session, mail: Mail) -> MailSeen | None:
    same = select(MailSeen).where(MailSeen.message_id == mail.message_id)
    # What was seen before digests were kept is told by its Message-ID alone.
    return session.scalars(same.where(MailSeen.digest.in_((mail.digest, ""))).limit(1)).first()


def _seen(session: Session, mail: Mail, now: datetime) -> MailSeen:
    seen = MailSeen(
        message_id=mail.message_id,
        digest=mail.digest,
        sender=mail.sender,
        subject=mail.subject,
        outcome="",
        at=now,
    )
    session.add(seen)
    session.flush()
    return seen


def _left_alone(session: Session, mail: Mail, now: datetime) -> str:
    """Say why a mail is left alone, or nothing."""
    if mail.machine:
        return mail.machine
    return TOO_MANY if _lately(session, mail.sender, now, TAKEN) >= MOST_AN_HOUR else ""


def _lately(session: Session, sender: str, now: datetime, outcomes: tuple[str, ...]) -> int:
    counted = select(func.count()).select_from(MailSeen).where(MailSeen.at > now - timedelta(hours=1))
    return session.scalar(counted.where(MailSeen.sender == sender, MailSeen.outcome.in_(outcomes))) or 0


def _taken(session: Session, seen: MailSeen, found: Arrived, now: datetime, by: str) -> Taken:
    mail = found.mail
    answered = _answered(session, mail)
    if answered is not None and _may_go_on(answered, now):
        taken, cut = _answer(session, answered, mail, now, by)
    else:
        taken, cut = _new(session, mail, now, by)
    seen.outcome, seen.incident_id = taken.outcome, taken.incident_id
    if taken.incident_id is not None:
        left_out = [*mail.left_out, *([cut] if cut else []), *found.lost]
        _attach(session, taken.incident_id, found, left_out, now, by)
        if taken.outcome == "new" and _is_to_be_confirmed(session, mail, now):
            _confirm(session, taken.incident_id, mail, left_out, now)
    session.flush()
    return taken


def _answered(session: Session, mail: Mail) -> Incident | None:
    for incident_id, token in mail.tokens:
        found = session.get(Incident, incident_id)
        if found is not None and found.mail_token == token:
            return _main(session, found)
    found_id = _thread(session, mail, sender=mail.sender) if mail.sender else None
    found = session.get(Incident, found_id) if found_id else None
    return _main(session, found) if found else None


def _thread(session: Session, mail: Mail, *, sender: str | None = None) -> int | None:
    """Return the incident of the nearest mail that this one answers, of anybody's or of one sender's mails."""
    if not mail.answers:
        return None
    before = select(MailSeen.message_id, MailSeen.incident_id).order_by(MailSeen.id)
    before = before.where(MailSeen.message_id.in_(mail.answers), MailSeen.incident_id.is_not(None))
    if sender is not None:
        before = before.where(MailSeen.sender == sender)
    found = {row.message_id: row.incident_id for row in session.execute(before)}
    return next((found[each] for each in mail.answers if each in found), None)


def _main(session: Session, incident: Incident) -> Incident:
    return (session.get(Incident, incident.merged_into_id) if incident.merged_into_id else None) or incident


def _may_go_on(incident: Incident, now: datetime) -> bool:
    if incident.state in (IncidentState.CANCELLED, IncidentState.MERGED):
        return False
    return incident.closed_at is None or now < incident.closed_at + REOPEN_WITHIN


def _answer(session: Session, incident: Incident, mail: Mail, now: datetime, by: str) -> tuple[Taken, str]:
    new = mail.text if is_forward(mail.subject) else without_quotes(mail.text)
    text, cut = cut_to_fit(new or mail.subject or "(empty mail)")
    add_contact(session, incident.id, mail.name or "unknown sender", text, via=Via.MAIL, by=by, now=now)
    if incident.state not in OPEN and not only_thanks(text):
        reopen(session, incident.id, text, by=by, now=now)
    return Taken("answer", incident.id), cut


def _new(session: Session, mail: Mail, now: datetime, by: str) -> tuple[Taken, str]:
    person = _person(session, mail.sender)
    site = session.scalar(select(Site.id).where(Site.name == person.site)) if person and person.site else None
    text, cut = cut_to_fit(mail.text)
    title = mail.subject or next(iter(text.splitlines()), "")[:120] or "(no subject)"
    told = Report(
        title,
        text,
        via=Via.MAIL,
        person_id=person.id if person else None,
        requester=person.name if person else mail.name or "unknown sender",
        requester_mail=mail.sender,
        site_id=site,
    )
    other = _thread(session, mail)
    made = report(session, told, by=by, now=now)
    if other is not None:
        text = f"It answers a mail of incident {other}, from another sender. Merge the two if they belong together."
        note(session, made.id, text, by=BY, now=now)
    return Taken("new", made.id), cut


def _person(session: Session, address: str) -> Person | None:
    found = session.scalars(
        select(Person).where(func.lower(Person.mail) == address, Person.gone_at.is_(None)).limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def _received(parts: Parts, mail: Mail, stack: ExitStack) -> tuple[list[tuple[str, Received]], list[str]]:
    kept: list[tuple[str, Received]] = []
    lost: list[str] = []
    for file in mail.files:
        try:
            source = incoming(parts.settings.files, io.BytesIO(file.content), FileKind.FILE)
            kept.append((file.name, stack.enter_context(source)))
        except Invalid as error:
            lost.append(f"{file.name}: {error.message}")
    return kept, lost


def _attach(session: Session, incident_id: int, found: Arrived, left_out: list[str], now: datetime, by: str) -> None:
    for name, file in found.files:
        attach(session, incident_id, file, Offered(name), by=by, now=now, touches=False)
    attach_raw(session, incident_id, found.raw, by=by, now=now)
    if left_out:
        text = f"Not shown here: {'; '.join(left_out)}. The mail as it came is attached."
        note(session, incident_id, text, by=BY, now=now)


def _is_to_be_confirmed(session: Session, mail: Mail, now: datetime) -> bool:
    if mail.machine or mail.quiet or not mail.sender:
        return False
    return _lately(session, mail.sender, now, ("new",)) <= MOST_CONFIRMED


def _confirm(session: Session, incident_id: int, mail: Mail, left_out: list[str], now: datetime) -> None:
    channels = [one.id for one in enabled_channels(session) if one.kind is ChannelKind.MAIL]
    if not channels:
        return
    incident = session.get_one(Incident, incident_id)
    text = "We have your message and look after it. To add something, answer this mail and leave its subject as it is."
    if left_out:
        text += f"\n\nNot everything of your mail is shown to us at once: {'; '.join(left_out)}."
    draft = Draft(
        MessageKind.ANSWER,
        f"[#{incident.id}-{incident.mail_token}] {incident.title}"[:190],
        text,
        "Service desk",
        incident_id=incident.id,
        headers=_headers(mail),
    )
    key = f"person:{incident.person_id}" if incident.person_id else f"mail:{incident.requester_mail}"
    to = Recipient(key, incident.requester, incident.person_id, mail=incident.requester_mail)
    send(session, draft, [to], channels, by=BY, now=now, fall_back=False)


def _headers(mail: Mail) -> dict[str, str]:
    """Return what lets programs know that a program answers, and what."""
    answered = {"In-Reply-To": mail.message_id, "References": mail.message_id}
    return {"Auto-Submitted": "auto-replied", **(answered if USUAL_ID.fullmatch(mail.message_id) else {})}
