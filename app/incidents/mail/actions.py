"""Mail that comes in: a new incident, or an answer to one; once each, and never from a machine."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.errors import Invalid, Refused
from app.core.parts import Parts
from app.core.said import said
from app.incidents.calls.actions import add_contact
from app.incidents.files.actions import Offered, attach, incoming
from app.incidents.files.store import Received
from app.incidents.intake.actions import Report, report
from app.incidents.letters.answers import is_forward, only_thanks, without_quotes
from app.incidents.letters.rules import AUTOMATIC, BY_PROGRAM, Mail, cut_to_fit, parsed
from app.incidents.mail.keeping import LARGEST_RAW, drop, keep, raw_mail
from app.incidents.mail.queries import TAKEN, Thread, answers_own_mail, thread_of
from app.incidents.queries import desk_numbers
from app.incidents.requester.rules import REOPEN_WITHIN
from app.incidents.restoration.actions import reopen
from app.incidents.work.actions import note
from app.messages.actions.sending import MessageDraft, send
from app.messages.queries.channels import enabled_channels
from app.messages.rules.recipients import Recipient
from app.models.incidents.desk import MailSeen
from app.models.incidents.incident import Incident
from app.models.incidents.words import OPEN, FileKind, IncidentState, Via
from app.models.messages import ChannelKind, Delivery, Message, MessageKind
from app.models.people import Person, Site

LONGEST_TITLE = 170
MOST_AN_HOUR = 20
MOST_CONFIRMED = 5
"""How many new incidents of one sender are confirmed within an hour: two programs that thank each
other end there.
"""

TOO_MANY = "too many within an hour"
AS_IT_CAME = "mail as it came.eml"
BY = "mail"
USUAL_ID = re.compile(r"<[!-;=?-~]{3,200}>")


@dataclass(frozen=True, slots=True)
class TakenMail:
    """What became of a mail: ``new``, ``answer``, ``seen before``, ``set aside``, or why it was
    left alone.
    """

    outcome: str
    incident_id: int | None = None


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail that was read, with itself and its files on disk, not kept yet; ``lost`` says what is
    not among them.
    """

    mail: Mail
    raw: Received
    files: list[tuple[str, Received]]
    lost: list[str]


def take_mail(parts: Parts, raw: bytes, *, is_whole: bool = True) -> TakenMail:
    """Take one mail.

    A second time it changes nothing. ``is_whole``: not only its beginning was handed over.
    """
    now = parts.now()
    with arrived(parts, raw, is_whole=is_whole) as found, parts.acting(BY) as act:
        known = _known(act.session, found.mail)
        if known is not None:
            return TakenMail("seen before", known.incident_id)
        seen = _seen(act.session, found.mail, now)
        seen.outcome = _left_alone(act.session, found.mail, now)
        if seen.outcome:
            keep(act.session, parts.settings.files, seen, found.raw, now)
            return TakenMail(seen.outcome)
        return _taken(act, seen, found)


def take_anyway(parts: Parts, mail_id: int, raw: bytes, *, by: str) -> TakenMail:
    """Make an incident of a mail that was left alone.

    Raises ``Refused`` when there is one already.
    """
    now = parts.now()
    with arrived(parts, raw, wanted=True) as found, parts.acting(by) as act:
        seen = act.session.get_one(MailSeen, mail_id, with_for_update=True)
        if seen.incident_id is not None or seen.outcome in TAKEN:
            raise Refused(said("There is an incident of this mail already."))
        seen.settled_at, seen.settled_by = now, by
        taken = _taken(act, seen, found)
        drop(parts.settings.files, seen)
        return taken


@contextmanager
def arrived(
    parts: Parts, raw: bytes, *, wanted: bool = False, is_whole: bool = True
) -> Iterator[Arrived]:
    """Read a mail and write it and its files to disk. ``wanted``: the files of a machine too."""
    mail = parsed(raw, own_addresses(parts.settings.desk_mail))
    with ExitStack() as stack:
        kept = stack.enter_context(raw_mail(parts, raw))
        files, lost = (
            _received(parts, mail, stack) if wanted or not mail.machine else ([], [])
        )
        if len(raw) > LARGEST_RAW or not is_whole:
            lost.append(
                f"all but the beginning: it is larger than {LARGEST_RAW // 1_000_000} MB"
            )
        yield Arrived(mail, kept, files, lost)


def own_addresses(text: str) -> tuple[str, ...]:
    """Return the desk's own addresses as the setting lists them."""
    return tuple(
        address.strip().lower() for address in text.split(",") if address.strip()
    )


def attach_raw(act: Acting, incident_id: int, raw: Received) -> None:
    """Keep a mail as it came with its incident, for as long as a recording is kept."""
    last = act.now.date() + timedelta(days=desk_numbers(act.session).recording_days)
    attach(
        act,
        incident_id,
        raw,
        Offered(AS_IT_CAME, delete_on=last),
        touches=False,
    )


def _known(session: Session, mail: Mail) -> MailSeen | None:
    same = select(MailSeen).where(MailSeen.message_id == mail.message_id)
    # What was seen before digests were kept is told by its Message-ID alone.
    return session.scalars(
        same.where(MailSeen.digest.in_((mail.digest, ""))).limit(1)
    ).first()


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
    if mail.quiet == BY_PROGRAM and answers_own_mail(session, mail):
        return AUTOMATIC
    return TOO_MANY if _lately(session, mail.sender, now, TAKEN) >= MOST_AN_HOUR else ""


def _lately(
    session: Session, sender: str, now: datetime, outcomes: tuple[str, ...]
) -> int:
    counted = (
        select(func.count())
        .select_from(MailSeen)
        .where(MailSeen.at > now - timedelta(hours=1))
    )
    return (
        session.scalar(
            counted.where(MailSeen.sender == sender, MailSeen.outcome.in_(outcomes))
        )
        or 0
    )


def _taken(act: Acting, seen: MailSeen, found: Arrived) -> TakenMail:
    mail = found.mail
    thread = thread_of(act.session, mail)
    if thread is not None and thread.involved and _may_go_on(thread.incident, act.now):
        taken, cut = _answer(act, thread.incident, mail)
    else:
        taken, cut = _new(act, mail, thread)
    seen.outcome, seen.incident_id = taken.outcome, taken.incident_id
    if taken.incident_id is not None:
        left_out = [*mail.left_out, *([cut] if cut else []), *found.lost]
        _attach(act, taken.incident_id, found, left_out)
        if taken.outcome == "new" and _is_to_be_confirmed(act.session, mail, act.now):
            _confirm(act, taken.incident_id, mail, left_out)
    act.session.flush()
    return taken


def _may_go_on(incident: Incident, now: datetime) -> bool:
    if incident.state in (IncidentState.CANCELLED, IncidentState.MERGED):
        return False
    return incident.closed_at is None or now < incident.closed_at + REOPEN_WITHIN


def _answer(act: Acting, incident: Incident, mail: Mail) -> tuple[TakenMail, str]:
    new = mail.text if is_forward(mail.subject) else without_quotes(mail.text)
    text, cut = cut_to_fit(new or mail.subject or "(empty mail)")
    add_contact(act, incident.id, mail.name or "unknown sender", text, via=Via.MAIL)
    _note_others(act, incident.id, mail, answers=False)
    if incident.state not in OPEN and not only_thanks(text):
        reopen(act, incident.id, text)
    return TakenMail("answer", incident.id), cut


def _new(act: Acting, mail: Mail, thread: Thread | None) -> tuple[TakenMail, str]:
    person = _person(act.session, mail.sender)
    site = (
        act.session.scalar(select(Site.id).where(Site.name == person.site))
        if person and person.site
        else None
    )
    text, cut = cut_to_fit(mail.text)
    title = mail.subject or next(iter(text.splitlines()), "")[:120] or "(no subject)"
    told = Report(
        title,
        text,
        via=Via.MAIL,
        person_id=person.id if person else None,
        requester=person.name if person else mail.name or "unknown sender",
        requester_mail=mail.reply_to or mail.sender,
        site_id=site,
    )
    made = report(act, told)
    if thread is not None and not thread.involved:
        _note_stranger(act, thread, made.id, mail)
    _note_others(act, made.id, mail, answers=True)
    return TakenMail("new", made.id), cut


def _note_stranger(act: Acting, thread: Thread, made_id: int, mail: Mail) -> None:
    """Say in the new incident what it answers, and in the other one who answered a mail of ours."""
    other = thread.incident.id
    text = (
        f"It answers a mail of incident {other}, from another sender. Merge the two if they "
        "belong together."
    )
    note(act.by_another(BY), made_id, text)
    if thread.own:
        who = f"{mail.name} <{mail.sender}>"
        text = (
            f"{who}, who was not written to, answers a mail of this incident: that is incident "
            f"{made_id}."
        )
        note(act.by_another(BY), other, text)


def _note_others(act: Acting, incident_id: int, mail: Mail, *, answers: bool) -> None:
    """Write down who got a copy, and where answers go when that is another place than the
    sender's.
    """
    told = []
    if mail.reply_to and answers:
        told.append(
            f"Answers go to {mail.reply_to}, as the mail asks; it came from {mail.sender}. Is "
            "that one person?"
        )
    if mail.copied:
        listed = ", ".join(
            name if name == address else f"{name} <{address}>"
            for name, address in mail.copied
        )
        told.append(f"The mail went to others too: {listed}.")
    if told:
        note(act.by_another(BY), incident_id, " ".join(told))


def _person(session: Session, address: str) -> Person | None:
    found = session.scalars(
        select(Person)
        .where(func.lower(Person.mail) == address, Person.gone_at.is_(None))
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def _received(
    parts: Parts, mail: Mail, stack: ExitStack
) -> tuple[list[tuple[str, Received]], list[str]]:
    kept: list[tuple[str, Received]] = []
    lost: list[str] = []
    for file in mail.files:
        try:
            source = incoming(
                parts.settings.files, io.BytesIO(file.content), FileKind.FILE
            )
            kept.append((file.name, stack.enter_context(source)))
        except Invalid as error:
            lost.append(f"{file.name}: {error.message}")
    return kept, lost


def _attach(act: Acting, incident_id: int, found: Arrived, left_out: list[str]) -> None:
    for name, file in found.files:
        attach(act, incident_id, file, Offered(name), touches=False)
    attach_raw(act, incident_id, found.raw)
    if left_out:
        text = (
            f"Not shown here: {'; '.join(left_out)}. The mail as it came is attached."
        )
        note(act.by_another(BY), incident_id, text)


def _is_to_be_confirmed(session: Session, mail: Mail, now: datetime) -> bool:
    if mail.machine or mail.quiet or not mail.sender:
        return False
    if _lately(session, mail.sender, now, ("new",)) > MOST_CONFIRMED:
        return False
    return (
        _confirmed_lately(session, mail.reply_to, now) < MOST_CONFIRMED
        if mail.reply_to
        else True
    )


def _confirmed_lately(session: Session, address: str, now: datetime) -> int:
    """Return how many confirmations went to an address within an hour, whoever asked for them."""
    sent = (
        select(func.count())
        .select_from(Delivery)
        .join(Message, Message.id == Delivery.message_id)
    )
    sent = sent.where(
        Message.created_by == BY, Message.created_at > now - timedelta(hours=1)
    )
    return session.scalar(sent.where(Delivery.address == address)) or 0


def _confirm(act: Acting, incident_id: int, mail: Mail, left_out: list[str]) -> None:
    channels = [
        one.id for one in enabled_channels(act.session) if one.kind is ChannelKind.MAIL
    ]
    if not channels:
        return
    incident = act.session.get_one(Incident, incident_id)
    text = (
        "We have your message and look after it. To add something, answer this mail and leave its "
        "subject as it is."
    )
    if left_out:
        text += f"\n\nNot everything of your mail is shown to us at once: {'; '.join(left_out)}."
    draft = MessageDraft(
        MessageKind.ANSWER,
        incident.title[:LONGEST_TITLE],
        text,
        "Service desk",
        incident_id=incident.id,
        headers=_headers(mail),
        marked=True,
        # whoever has the link acts for the requester: only the sender's own mailbox gets it
        linked=not mail.reply_to,
    )
    key = (
        f"person:{incident.person_id}"
        if incident.person_id
        else f"mail:{incident.requester_mail}"
    )
    to = Recipient(
        key, incident.requester, incident.person_id, mail=incident.requester_mail
    )
    send(act.by_another(BY), draft, [to], channels, fall_back=False)


def _headers(mail: Mail) -> dict[str, str]:
    """Return what lets programs know that a program answers, and what."""
    return {"Auto-Submitted": "auto-replied", **answering([mail.message_id])}


def answering(message_ids: Sequence[str]) -> dict[str, str]:
    """Return the headers by which mail programs put an answer under the mails it answers, the
    latest first (RFC 5322, 3.6.4).
    """
    usual = [one for one in message_ids if USUAL_ID.fullmatch(one)]
    if not usual:
        return {}
    return {"In-Reply-To": usual[0], "References": " ".join(reversed(usual))}
