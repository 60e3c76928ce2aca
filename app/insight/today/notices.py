"""Tell operators by mail of what began to wait for them: at once or daily, never twice, and not of
what they did themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.addresses import public_address
from app.core.aside import Lane, each_row
from app.core.errors import Invalid
from app.core.parts import Parts
from app.core.said import said
from app.core.waiting import Waiter, WaitingLine, waiting_for
from app.messages.actions.sending import MessageDraft, send
from app.messages.queries.channels import enabled_channels
from app.messages.rules.addresses import MAIL, per_person
from app.messages.rules.recipients import Recipient
from app.models.auth import Operator
from app.models.insight import NoticeChoice, NoticeHow, NoticeTold
from app.models.messages import ChannelKind, MessageKind

BY = "Rung"
DAILY_FROM = 7
"""The hour, in the zone of the settings, from which the daily mail is made."""
REMEMBERED = timedelta(days=180)
"""So long it is kept what somebody was told of."""
NOTICES: Lane[int] = Lane("notices", "operator")


def choose(
    act: Acting, operator_id: int, how: NoticeHow, mail: str, here: bool
) -> None:
    """Keep how an operator wants to be told; by mail only with an address."""
    address = mail.strip()
    if address and not MAIL.fullmatch(address):
        raise Invalid(said("This is no mail address."), field="mail")
    if how is not NoticeHow.NEVER and not address:
        raise Invalid(said("Say to which address."), field="mail")
    known = act.session.get(NoticeChoice, operator_id)
    if known is None:
        known = NoticeChoice(operator_id=operator_id, daily_on=None)
        act.session.add(known)
    known.how, known.mail, known.here, known.changed_at = how, address, here, act.now


def run_due_notices(parts: Parts) -> bool:
    """Tell everybody who wants to be told of what began to wait; tell whether there was any."""
    with parts.database.read() as session:
        wanted = session.scalars(
            select(NoticeChoice.operator_id)
            .join(Operator, Operator.id == NoticeChoice.operator_id)
            .where(
                NoticeChoice.how.in_((NoticeHow.AT_ONCE, NoticeHow.DAILY)),
                NoticeChoice.mail != "",
                Operator.disabled_at.is_(None),
            )
        ).all()
    told: list[int] = []

    def one(operator_id: int) -> None:
        with parts.acting(BY) as act:
            if tell(act, operator_id):
                told.append(operator_id)

    each_row(parts, NOTICES, wanted, one)
    return bool(told)


def tell(act: Acting, operator_id: int) -> int:
    """Send one operator what is new, as one mail; returns how many things it names.

    What was told stands in the same transaction as the mail, so that it is told once.
    """
    choice = act.session.get_one(NoticeChoice, operator_id)
    operator = act.session.get_one(Operator, operator_id)
    channel = mail_channel(act.session)
    if channel is None or not _is_time(act, choice):
        return 0
    who = Waiter(
        operator.id, operator.name, tuple(operator.permissions), act.now, act.settings
    )
    fresh = fresh_lines(act.session, who)
    remember(act, operator_id, fresh)
    choice.daily_on = act.now.astimezone(ZoneInfo(act.settings.timezone)).date()
    lines = [line for line in fresh if line.by != operator.name]
    if lines:
        recipient = Recipient(
            f"operator:{operator.name}", operator.name, mail=choice.mail
        )
        send(act, _draft(act, lines), [recipient], [channel], fall_back=False)
    return len(lines)


def mail_channel(session: Session) -> int | None:
    """Return the number of the first channel that sends mail to one person."""
    return next(
        (
            one.id
            for one in enabled_channels(session)
            if one.kind is ChannelKind.MAIL and per_person(one.kind, one.url)
        ),
        None,
    )


def _is_time(act: Acting, choice: NoticeChoice) -> bool:
    if choice.how is NoticeHow.AT_ONCE:
        return True
    here = act.now.astimezone(ZoneInfo(act.settings.timezone))
    return here.hour >= DAILY_FROM and choice.daily_on != here.date()


def fresh_lines(session: Session, who: Waiter) -> list[WaitingLine]:
    """Return what waits for an operator and was not told yet."""
    lines = waiting_for(session, who).lines
    known = set(
        session.scalars(
            select(NoticeTold.key).where(
                NoticeTold.operator_id == who.operator_id,
                NoticeTold.key.in_([line.key for line in lines]),
            )
        )
    )
    return [line for line in lines if line.key not in known]


def remember(act: Acting, operator_id: int, lines: Sequence[WaitingLine]) -> None:
    """Keep what an operator was told of, so that it is told once."""
    act.session.add_all(
        NoticeTold(operator_id=operator_id, key=line.key, at=act.now) for line in lines
    )
    if lines:
        old = NoticeTold.at < act.now - REMEMBERED
        act.session.execute(
            delete(NoticeTold).where(NoticeTold.operator_id == operator_id, old)
        )


def _draft(act: Acting, lines: Sequence[WaitingLine]) -> MessageDraft:
    subject = ngettext(
        "%(num)s thing waits for you", "%(num)s things wait for you", len(lines)
    )
    told = [
        f"{line.what}{f' – {line.why}' if str(line.why) else ''}\n"
        f"{public_address(act.settings, line.page)}"
        for line in lines
    ]
    end = _(
        "Whether and how you are told: %(page)s",
        page=public_address(act.settings, "/account"),
    )
    return MessageDraft(
        MessageKind.ANSWER,
        subject,
        "\n\n".join([*told, end]),
        signed_by=BY,
        audience={"notice": len(lines), "count": 1},
        headers={"Auto-Submitted": "auto-generated"},
    )
