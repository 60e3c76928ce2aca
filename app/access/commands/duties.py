"""``wave duty …``: named duties say go or no-go to a wave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from sqlalchemy.orm import Session

from app.access.commands.lookup import WAVE
from app.access.duties import actions
from app.access.duties.mailing import mail_duties
from app.access.duties.queries import DutiesPage, DutyLine, duties_page
from app.access.waves.named import duties_named
from app.access.waves.queries import wave_alone
from app.auth.console import actor
from app.core.acting import Acting
from app.core.errors import NotFound
from app.core.parts import parts
from app.core.terminal import REFUSED, emit, group
from app.models.access.words import DutyAnswer
from app.people.queries import find_person

DUTY = click.option("--duty", required=True, help="The duty, as it was named.")


@group("duty")
def duty() -> None:
    """Named duties: who says go or no-go to a wave, by a link of their own."""


@duty.command("list")
@WAVE
@click.option("--check", is_flag=True, help="Exit 1 while one has not said go.")
def list_duties(wave_id: int, check: bool) -> int:
    """Show the named duties of wave W: who has each, what was said and when, and the link."""
    with parts().database.read() as session:
        page = duties_page(session, wave_id, parts().settings)
    _emit(page)
    return REFUSED if check and page.missing else 0


@duty.command("name")
@WAVE
@DUTY
@click.option("--person", metavar="PERSON", required=True, help="Who has it.")
def name(wave_id: int, duty: str, person: str) -> None:
    """Ask a duty and its person before wave W begins or, once it is moved, before more follow."""
    with parts().acting(actor()) as act:
        home = wave_alone(act.session, wave_id).role.directory_id
        chosen = find_person(act.session, person, home)
        actions.name_duty(act, wave_id, duty, chosen.id)
        page = _page(act.session, wave_id)
    _emit(page)


@duty.command("mail")
@WAVE
def mail(wave_id: int) -> None:
    """Mail everybody named for wave W who said nothing yet the link."""
    with parts().acting(actor()) as act:
        sent = mail_duties(act, wave_id)
    parts().ring()
    told = {"wave": wave_id, "asked": sent.asked, "without_mail": sent.without_mail}
    lines = [f"The link goes to {', '.join(sent.asked) or 'nobody'}."]
    if sent.without_mail:
        lines.append(f"No mail address: {', '.join(sent.without_mail)}.")
    emit(told, lines)


@duty.command("link")
@WAVE
@DUTY
@click.option("--revoke", is_flag=True, help="Make the link worthless instead.")
def link(wave_id: int, duty: str, revoke: bool) -> None:
    """Give a named duty of wave W a new link; older ones lead nowhere any more."""
    _done(wave_id, duty, actions.revoke_link if revoke else actions.renew_link)


@duty.command("without")
@WAVE
@DUTY
@click.option("--reason", required=True, help="Why it goes on without them.")
def without(wave_id: int, duty: str, reason: str) -> None:
    """Go on with wave W without the go of a named duty; your name and the reason stay."""

    def deed(act: Acting, number: int) -> object:
        return actions.go_without(act, number, reason=reason)

    _done(wave_id, duty, deed)


@duty.command("out")
@WAVE
@DUTY
def out(wave_id: int, duty: str) -> None:
    """Ask a named duty of wave W no longer, as long as nothing was said."""
    _done(wave_id, duty, actions.let_out)


def _done(wave_id: int, duty: str, deed: Callable[[Acting, int], object]) -> None:
    with parts().acting(actor()) as act:
        deed(act, _number(act.session, wave_id, duty))
        act.session.flush()
        page = _page(act.session, wave_id)
    _emit(page)


def _number(session: Session, wave_id: int, duty: str) -> int:
    """Return the number of a duty of a wave by its name; of two, the one named last."""
    wanted = duty.strip().casefold()
    named = duties_named(session, wave_id)
    found = [one.id for one in named if one.duty.casefold() == wanted]
    if not found:
        raise NotFound(f"{duty} is not named for wave {wave_id}.")
    return found[-1]


def _page(session: Session, wave_id: int) -> DutiesPage:
    return duties_page(session, wave_id, parts().settings)


def _emit(page: DutiesPage) -> None:
    data = {
        "wave": page.wave_id,
        "asked_before": page.moment.value if page.moment else None,
        "missing": page.missing,
        "duties": [_data(one) for one in page.lines],
    }
    emit(data, [_told(one) for one in page.lines] or "Nobody is asked yet.")


def _data(one: DutyLine) -> dict[str, Any]:
    return {
        "duty": one.duty,
        "person": one.name,
        "asked_before": one.moment.value,
        "answer": one.answer.value,
        "words": one.words,
        "said_at": one.said_at,
        "sent_at": one.sent_at,
        "link": one.link or None,
        "link_until": one.link_until,
        "without": (
            {"by": one.waived_by, "at": one.waived_at, "why": one.waived_why}
            if one.waived_at
            else None
        ),
    }


def _told(one: DutyLine) -> str:
    said = {DutyAnswer.OPEN: "has not said go yet"}.get(one.answer, one.answer.value)
    words = f" ({one.words})" if one.words else ""
    without = f"; {one.waived_by} went on without" if one.waived_at else ""
    link = f"  {one.link}" if one.link and one.answer is DutyAnswer.OPEN else ""
    return f"{one.duty}, {one.name}: {said}{words}{without}{link}"
