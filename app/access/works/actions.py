"""Ask moved people by a link whether it still works; what they answer; give one right back."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.access.soak.actions import was_seen
from app.access.waves.queries import get_wave
from app.access.works.queries import TouchedService, to_be_asked, touched_by
from app.core.acting import Acting
from app.core.changes import Change
from app.core.errors import Invalid, NotFound, Refused
from app.core.figures import people
from app.core.said import said
from app.improvements.answers.queries import channels_of_links
from app.improvements.answers.rules import LONGEST_WORDS, link_lasts
from app.incidents.intake.actions import Report, report
from app.incidents.links.actions import link
from app.messages.actions.sending import MessageDraft, send
from app.messages.requester_links import LINK_HERE
from app.models.access.role import Role
from app.models.access.wave import Switch, Wave
from app.models.access.words import HOLDING
from app.models.access.works import WorksAnswer, WorksAsk
from app.models.incidents.words import LinkKind, Via
from app.models.messages import Message, MessageKind


@dataclass(frozen=True, slots=True)
class WorksLetter:
    """What is written to people who are asked; ``{link}`` stands for the link of each."""

    subject: str
    text: str
    signed_by: str


@dataclass(frozen=True, slots=True)
class WorksSent:
    """What was sent, to how many, and how many of them have no mail address."""

    message: Message
    asked: int
    without_mail: int


def ask_people(act: Acting, wave_id: int, letter: WorksLetter) -> WorksSent:
    """Send everybody of a wave who waits to be seen working a link of their own.

    Raises ``Refused`` when nobody waits, ``Invalid`` when no channel reaches people one by one.
    """
    wave = get_wave(
        act.session,
        wave_id,
    )
    asked = to_be_asked(
        act.session,
        wave_id,
    )
    if not asked:
        raise Refused(said("Nobody in this wave waits to be seen working."))
    channels = channels_of_links(act.session)
    if not channels:
        raise Invalid(
            said("No channel reaches people one by one; add one for mail first.")
        )
    for each in asked:
        ask = give_link(
            act,
            each.switch_id,
        )
        ask.sent_at = act.now
    text = letter.text
    if LINK_HERE not in text:
        text = f"{text.rstrip()}\n\n{LINK_HERE}"
    draft = MessageDraft(
        MessageKind.FEEDBACK,
        letter.subject,
        text,
        letter.signed_by,
        audience={
            "wave": wave_id,
            "count": len(asked),
        },
    )
    message = send(
        act,
        draft,
        [each.recipient for each in asked],
        channels,
    )
    sentence = (
        f"Asked {people(len(asked))} of wave {wave.number} of {wave.role.name} by link"
    )
    Change(after={"asked": len(asked)}).record(
        act, f"wave:{wave.id}", "wave.ask", sentence
    )
    without = sum(not each.recipient.mail for each in asked)
    return WorksSent(
        message,
        len(asked),
        without,
    )


def give_link(act: Acting, switch_id: int) -> WorksAsk:
    """Give somebody who was moved a link, or let the one they have open longer."""
    mine = select(WorksAsk).where(WorksAsk.switch_id == switch_id)
    ask = act.session.scalars(mine).one_or_none()
    if ask is None:
        ask = WorksAsk(
            switch_id=switch_id,
            link_mark="",
            cleared_by="",
        )
        act.session.add(ask)
    ask.link_mark = ask.link_mark or secrets.token_hex(8)
    ask.link_until = link_lasts(
        act.now,
        ask.link_until,
    )
    act.session.flush()
    return ask


def revoke_links(act: Acting, wave_id: int) -> int:
    """Make every link that was given to people of a wave worthless; returns how many."""
    mine = select(WorksAsk).join(Switch).where(Switch.wave_id == wave_id)
    asks = act.session.scalars(mine.where(WorksAsk.link_mark != "")).all()
    for ask in asks:
        ask.link_mark, ask.link_until = "", None
    if asks:
        sentence = f"Made {len(asks)} links of wave {wave_id} worthless"
        Change(after={"revoked": len(asks)}).record(
            act, f"wave:{wave_id}", "wave.revoke-links", sentence
        )
    return len(asks)


def said_by_link(name: str) -> str:
    """Return how somebody is called in the trail where operators are called by their names."""
    return f"{name} (by link)"


def says_it_works(act: Acting, ask_id: int, service_id: int | None) -> bool:
    """An application works, says somebody who was moved; tell whether all of them do now.

    Said twice it counts once. Raises ``Refused`` after an undo.
    """
    ask, wave = _answering(
        act.session,
        ask_id,
    )
    services = _services(
        act.session,
        ask,
        wave,
    )
    answer = _answer(
        act,
        ask,
        _among(
            services,
            service_id,
        ),
    )
    if answer.works is not True:
        answer.works, answer.said_at = True, act.now
        _heard(
            act,
            ask,
            services,
            service_id,
            said("it works"),
        )
    was_seen(
        act,
        ask.switch_id,
        "answer",
    )
    act.session.flush()
    return all(
        one.works
        for one in _services(
            act.session,
            ask,
            wave,
        )
    )


def says_it_does_not(
    act: Acting, ask_id: int, service_id: int | None, words: str = ""
) -> int:
    """An application does not work, says somebody who was moved: an incident is opened, filled in,
    and nobody confirms the person until it is settled; returns the number of the incident.

    Said twice it counts once. Raises ``Refused`` after an undo, ``Invalid`` for too many words.
    """
    words = words.strip()
    if len(words) > LONGEST_WORDS:
        raise Invalid(
            said(
                "At most %(longest)s characters, please.",
                longest=LONGEST_WORDS,
            ),
            field="words",
        )
    ask, wave = _answering(
        act.session,
        ask_id,
    )
    services = _services(
        act.session,
        ask,
        wave,
    )
    touched = _among(
        services,
        service_id,
    )
    answer = _answer(
        act,
        ask,
        touched,
    )
    was_seen(
        act,
        ask.switch_id,
        "answer",
    )
    if answer.works is False and answer.incident_id:
        return answer.incident_id
    answer.works, answer.words, answer.said_at = False, words, act.now
    ask.no_at, ask.cleared_at, ask.cleared_by = act.now, None, ""
    _heard(
        act,
        ask,
        services,
        service_id,
        said("it does not work"),
    )
    answer.incident_id = _opened(
        act,
        ask,
        wave,
        touched,
        words,
    )
    return answer.incident_id


def _opened(
    act: Acting, ask: WorksAsk, wave: Wave, touched: TouchedService, words: str
) -> int:
    person = ask.switch.person
    role = act.session.get_one(
        Role,
        wave.role_id,
    )
    what = touched.name or said("Something")
    rights = ", ".join(touched.rights)
    told = Report(
        title=str(
            said(
                "%(what)s does not work since the move to %(role)s",
                what=what,
                role=role.name,
            )
        ),
        description="\n\n".join(
            filter(
                None,
                [
                    words,
                    str(
                        said(
                            "Rights concerned: %(rights)s",
                            rights=rights,
                        )
                    )
                    if rights
                    else "",
                    str(
                        said(
                            "Wave %(number)s of %(role)s",
                            number=wave.number,
                            role=role.name,
                        )
                    ),
                ],
            )
        ),
        via=Via.PORTAL,
        person_id=person.id,
        requester=person.name,
        requester_mail=person.mail,
        service_id=touched.service_id,
    )
    by = act.by_another(said_by_link(person.name))
    incident = report(
        by,
        told,
    )
    link(
        by,
        incident.id,
        f"wave:{wave.id}",
        LinkKind.CAUSE,
    )
    return incident.id


def _heard(
    act: Acting,
    ask: WorksAsk,
    services: Collection[TouchedService],
    service_id: int | None,
    what: str,
) -> None:
    name = next(
        (one.name for one in services if one.service_id == service_id),
        "",
    )
    person = ask.switch.person.name
    sentence = f"{person}: {name}: {what}" if name else f"{person}: {what}"
    Change(
        after={
            "service": name,
            "answer": str(what),
        }
    ).record(
        act.by_another(said_by_link(person)),
        f"wave:{ask.switch.wave_id}",
        "switch.answer",
        sentence,
    )


def _services(
    session: Session, ask: WorksAsk, wave: Wave
) -> tuple[TouchedService, ...]:
    return touched_by(
        session,
        ask,
        wave,
        ask.switch.person.key,
    )


def _among(
    services: Collection[TouchedService], service_id: int | None
) -> TouchedService:
    found = next(
        (one for one in services if one.service_id == service_id),
        None,
    )
    if found is None:
        raise NotFound(said("This is none of the applications asked about."))
    return found


def _answer(act: Acting, ask: WorksAsk, touched: TouchedService) -> WorksAnswer:
    session, now = act.session, act.now
    same = WorksAnswer.service_id == touched.service_id
    if touched.service_id is None:
        same = WorksAnswer.service_id.is_(None)
    mine = select(WorksAnswer).where(
        WorksAnswer.ask_id == ask.id,
        same,
    )
    answer = session.scalars(mine).one_or_none()
    if answer is None:
        answer = WorksAnswer(
            ask_id=ask.id,
            service_id=touched.service_id,
            works=False,
            words="",
            said_at=now,
        )
        session.add(answer)
    return answer


def _answering(session: Session, ask_id: int) -> tuple[WorksAsk, Wave]:
    loaded = joinedload(WorksAsk.switch).joinedload(Switch.person)
    mine = select(WorksAsk).where(WorksAsk.id == ask_id).options(loaded)
    ask = session.scalars(mine.with_for_update(of=WorksAsk)).one()
    if ask.switch.state not in HOLDING:
        raise Refused(said("This is over. Thank you; please tell us in person."))
    return ask, session.get_one(
        Wave,
        ask.switch.wave_id,
    )
