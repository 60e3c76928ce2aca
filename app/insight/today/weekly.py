"""One mail a week to whoever owns or pays for an improvement: what lapsed, is due or was decided,
and what is asked; only when there is something to say, never twice for the same week.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.addresses import public_address
from app.core.aside import Lane, each_row
from app.core.parts import Parts
from app.core.said import nsaid, said, spoken
from app.core.settings import Settings
from app.core.waiting import Waiter, WaitingLine
from app.core.web.speaking import lettered, writing_in
from app.improvements.case.stop_links import stop_link
from app.improvements.case.week import (
    WeekTold,
    owned_by,
    sponsor_mails,
    sponsored_by,
    weeks_of,
)
from app.insight.today.notices import BY, fresh_lines, mail_channel, remember
from app.messages.actions.sending import MessageDraft, send
from app.messages.requester_links import STATUS
from app.messages.rules.recipients import Recipient
from app.messages.rules.wording import LONGEST_SUBJECT
from app.models.auth import Operator
from app.models.improvements.improvement import Improvement
from app.models.insight import NoticeChoice, NoticeHow, WeeklyTold
from app.models.messages import MessageKind
from app.sponsors.links.queries import StatusLinkLine, weekly_links
from app.sponsors.status.mail import status_letter

LATEST = timedelta(days=3)
"""So long after its hour the mail of a week is still made, as when the worker was away."""

WEEKLY: Lane[str] = Lane("weekly", "reader")


@dataclass(frozen=True, slots=True)
class WeekReader:
    """Who reads the mail of a week, where, and in which language; an operator, a sponsor, or who
    has a link to the status.
    """

    key: str
    name: str
    mail: str
    language: str
    operator: Operator | None = None
    line: StatusLinkLine | None = None


def run_weekly(parts: Parts) -> bool:
    """Make the mails of this week that are due; tell whether there was any to look at."""
    week = due_week(parts.now(), parts.settings)
    if week is None:
        return False
    with parts.database.read() as session:
        readers = _readers(
            session,
            week,
            parts.now(),
            parts.settings,
        )
    known = {one.key: one for one in readers}

    def one(key: str) -> None:
        with parts.acting(BY) as act:
            tell_week(
                act,
                known[key],
                week,
            )

    each_row(
        parts,
        WEEKLY,
        list(known),
        one,
    )
    return bool(known)


def due_week(now: datetime, settings: Settings) -> date | None:
    """Return the Monday of the week whose mails are made at ``now``, or None outside of it."""
    here = now.astimezone(ZoneInfo(settings.timezone))
    monday = here.date() - timedelta(days=here.weekday())
    since = here - _hour_of(monday, settings)
    return monday if timedelta() <= since <= LATEST else None


def tell_week(act: Acting, reader: WeekReader, week: date) -> int:
    """Send one reader the mail of a week, and return of how much it tells.

    That it was made stands in the same transaction, so that it is made once.
    """
    channel = mail_channel(act.session)
    if channel is None or _is_told(
        act.session,
        reader.key,
        week,
    ):
        return 0
    act.session.add(WeeklyTold(reader=reader.key, week=f"{week}", at=act.now))
    if reader.line is not None:
        _send_status(act, reader, reader.line, channel)
        return 1
    weeks = weeks_of(
        act.session,
        _improvements(act.session, reader),
        act.now,
    )
    lines = _waiting(act, reader)
    if weeks or lines:
        whom = Recipient(
            reader.key,
            reader.name,
            mail=reader.mail,
        )
        with writing_in(reader.language):
            draft = _draft(
                act.settings,
                reader,
                weeks,
                lines,
            )
        send(
            act,
            draft,
            [whom],
            [channel],
            fall_back=False,
        )
    return len(weeks) + len(lines)


def _send_status(
    act: Acting, reader: WeekReader, line: StatusLinkLine, channel: int
) -> None:
    """Send the status of this week to who has a link to it, in the language said for them."""
    with writing_in(reader.language):
        letter = status_letter(act.session, line, act.now)
    draft = MessageDraft(
        MessageKind.STATUS,
        letter.subject[:LONGEST_SUBJECT],
        letter.text,
        signed_by=BY,
        audience={"status": line.link.id, "count": 1},
        headers={"Auto-Submitted": "auto-generated"},
        html=reader.language or "en",
    )
    whom = Recipient(reader.key, reader.name, mail=reader.mail)
    send(act, draft, [whom], [channel], fall_back=False)


def _is_told(session: Session, key: str, week: date) -> bool:
    same = (WeeklyTold.reader == key, WeeklyTold.week == f"{week}")
    return session.scalar(select(WeeklyTold.at).where(*same)) is not None


def _hour_of(monday: date, settings: Settings) -> datetime:
    days, hour = divmod(settings.weekly_hour, 24)
    day = monday + timedelta(days=days)
    return datetime.combine(
        day,
        time(hour),
        ZoneInfo(settings.timezone),
    )


def _readers(
    session: Session, week: date, now: datetime, settings: Settings
) -> list[WeekReader]:
    told = set(
        session.scalars(select(WeeklyTold.reader).where(WeeklyTold.week == f"{week}"))
    )
    chosen = session.execute(
        select(Operator, NoticeChoice.mail)
        .join(NoticeChoice, NoticeChoice.operator_id == Operator.id)
        .where(
            NoticeChoice.how == NoticeHow.WEEKLY,
            NoticeChoice.mail != "",
            NoticeChoice.changed_at <= _hour_of(week, settings),
            Operator.disabled_at.is_(None),
        )
    ).all()
    found = [
        WeekReader(f"operator:{one.id}", one.name, mail, one.language or "en", one)
        for one, mail in chosen
    ]
    found += [
        WeekReader(
            f"{STATUS}:{one.link.id}",
            one.link.for_whom,
            one.link.mail,
            one.link.language or "en",
            line=one,
        )
        for one in weekly_links(session, now)
    ]
    taken = {one.mail.lower() for one in found}
    found += [
        WeekReader(f"sponsor:{mail}", mail, mail, language)
        for mail, language in sorted(sponsor_mails(session).items())
        if mail not in taken
    ]
    return [one for one in found if one.key not in told]


def _improvements(session: Session, reader: WeekReader) -> list[Improvement]:
    sponsored = sponsored_by(session, reader.mail.lower())
    if reader.operator is None:
        return sponsored
    own = owned_by(
        session,
        reader.operator.id,
        reader.operator.name,
    )
    return list({one.id: one for one in (*own, *sponsored)}.values())


def _waiting(act: Acting, reader: WeekReader) -> list[WaitingLine]:
    one = reader.operator
    if one is None:
        return []
    who = Waiter(
        one.id,
        one.name,
        tuple(one.permissions),
        act.now,
        act.settings,
    )
    fresh = fresh_lines(act.session, who)
    remember(
        act,
        one.id,
        fresh,
    )
    return fresh


def _draft(
    settings: Settings,
    reader: WeekReader,
    weeks: Sequence[WeekTold],
    lines: Sequence[WaitingLine],
) -> MessageDraft:
    is_operator = reader.operator is not None
    told = [
        _told(
            settings,
            one,
            with_page=is_operator,
        )
        for one in weeks
    ]
    if lines:
        head = said("What else waits for you:")
        told.append(
            "\n".join([spoken(head), *(f"- {lettered(one.what)}" for one in lines)])
        )
    stop = stop_link(settings, reader.mail.lower())
    account = public_address(settings, "/account")
    end = said("Whether and how you are told: %(page)s", page=account)
    if not is_operator:
        end = said("You do not want this mail any more? %(page)s", page=stop)
    subject = nsaid(
        "Your improvements this week: %(number)s has something to say",
        "Your improvements this week: %(number)s have something to say",
        len(weeks),
    )
    return MessageDraft(
        MessageKind.ANSWER,
        spoken(subject if weeks else said("What waits for you this week")),
        "\n\n".join([*told, spoken(end)]),
        signed_by=BY,
        audience={"weekly": len(weeks), "count": 1},
        headers={
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{account if is_operator else stop}>",
        },
        html=reader.language or "en",
    )


def _told(settings: Settings, one: WeekTold, *, with_page: bool) -> str:
    asked = [f"→ {spoken(one.asked)}"] if one.asked else []
    page = public_address(settings, f"/improvements/{one.improvement_id}/case")
    lines = [f"- {spoken(line)}" for line in one.lines]
    return "\n".join([one.title, *lines, *asked, *([page] if with_page else [])])
