"""What the demo shows of asking people: one pulse that was closed and answered, another is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.parts import Parts
from app.models.improvements.iteration import Iteration, Participation
from app.models.people import Person, Site
from app.models.sponsors.pulse import Pulse, PulseInvitation
from app.models.sponsors.words import PulseKind, PulseSplit, QuestionKind, ThemeAnswer
from app.sponsors.pulses.actions import answer_pulse
from app.sponsors.pulses.closing import close_pulse
from app.sponsors.pulses.queries import questions_of
from app.sponsors.pulses.starting import PulseTyped, launch_typed
from app.sponsors.pulses.themes import add_theme, answer_theme, sum_up
from app.upkeep.stories.looks import operator
from app.upkeep.stories.moving import as_of

ASKED, CLOSED, OPENED = timedelta(days=12), timedelta(days=3), timedelta(days=2)
MOST = 60
"""Of so many people at most the first improvement is taken."""
OURS = ("Lena Frei", "Omar Sayed", "Ruth Kern", "Tim Vogel", "Ines Roth", "Paul Haas")
"""Those of us whose work changes."""
UNSURE, BOUGHT_IN = (3, 3, 2, 4, 3, 1), (4, 5, 3, 5, 4, 4)
"""What they said at first, and later."""
GIVEN = (4, 5, 4, 3, 5, 2, 4, 5)
WORDS = (
    "No waiting on the phone any more.",
    "The code comes late when I am in the warehouse.",
    "I had no phone number on file, so I called all the same.",
    "Good as it is.",
    "In the warehouse there is no reception for the code.",
)


def tell_of_asking(parts: Parts) -> None:
    """Ask the people of an improvement, tell them what came of it, and ask a site."""
    with parts.database.read() as session:
        told = session.scalar(select(func.count()).select_from(Pulse))
        by, improvement = operator(session, "improve"), _improvement(session)
    if told or not by or improvement is None:
        return
    number = _asked(parts, by, improvement)
    if number is not None:
        _summed_up(parts, by, number)
    _open(parts, by)
    _own_people(parts, by, improvement)


def _improvement(session: Session) -> int | None:
    people = func.count(Participation.id)
    chosen = (
        select(Iteration.improvement_id)
        .join(Participation, Participation.iteration_id == Iteration.id)
        .group_by(Iteration.improvement_id)
        .having(people >= len(GIVEN), people <= MOST)
    )
    return session.scalars(chosen.order_by(people.desc())).first()


def _asked(parts: Parts, by: str, improvement: int) -> int | None:
    begun = as_of(parts, ASKED)
    typed = PulseTyped(
        PulseKind.PARTICIPANTS,
        improvement,
        split=PulseSplit.SITE,
        closes_on=(parts.now() - CLOSED).date(),
        language="en",
    )
    with begun.acting(by) as act:
        pulse = launch_typed(act, typed)
        number = pulse.id
    answering = as_of(parts, ASKED - timedelta(hours=5))
    with answering.acting("") as act:
        _answered(act, number, pulse.asked * 4 // 5)
    return number


def _answered(act: Acting, pulse_id: int, most: int) -> None:
    """Let the first people who were asked answer, some of them in words."""
    questions = questions_of(act.session, pulse_id)
    mine = select(PulseInvitation.id).where(PulseInvitation.pulse_id == pulse_id)
    asked = act.session.scalars(mine.order_by(PulseInvitation.id).limit(most)).all()
    for place, invitation in enumerate(asked):
        value = GIVEN[place % len(GIVEN)]
        values = {each.id: value for each in questions}
        free = questions[-1]
        words = {free.id: WORDS[place]} if place < len(WORDS) else {}
        if free.kind is not QuestionKind.WORDS:
            words = {}
        answer_pulse(act, invitation, values, words)


def _summed_up(parts: Parts, by: str, pulse_id: int) -> None:
    with as_of(parts, CLOSED).acting(by) as act:
        close_pulse(act, pulse_id)
        late = add_theme(act, pulse_id, "The code does not arrive in the warehouse")
        missing = add_theme(act, pulse_id, "Phone numbers were missing")
        why = "There is no reception there; the desk goes on helping, at once."
        answer_theme(act, late.id, ThemeAnswer.DID_NOT, why)
        did = "Everybody was asked for theirs on Monday; 31 of 37 are in."
        answer_theme(act, missing.id, ThemeAnswer.DID, did)
        sum_up(act, pulse_id, None)


def _open(parts: Parts, by: str) -> None:
    """Ask some people of a site how we work together; two of five have answered."""
    with parts.database.read() as session:
        site = session.scalars(select(Site).order_by(Site.weight.desc())).first()
        names = _people_at(session, site.name) if site else []
    if site is None or len(names) < len(WORDS):
        return
    typed = PulseTyped(
        PulseKind.RELATIONSHIP, site_id=site.id, names=names, language="en"
    )
    with as_of(parts, OPENED).acting(by) as act:
        pulse = launch_typed(act, typed)
        number = pulse.id
    with as_of(parts, OPENED - timedelta(hours=3)).acting("") as act:
        _answered(act, number, 3)


def _own_people(parts: Parts, by: str, improvement: int) -> None:
    """Ask our own people twice: unsure at first, bought in later."""
    for ago, given in ((ASKED, UNSURE), (OPENED, BOUGHT_IN)):
        typed = PulseTyped(
            PulseKind.STAFF,
            improvement,
            names=OURS,
            closes_on=(parts.now() - ago).date() + timedelta(days=7),
            language="en",
        )
        with as_of(parts, ago).acting(by) as act:
            pulse_id = launch_typed(act, typed).id
        with as_of(parts, ago - timedelta(hours=2)).acting("") as act:
            questions = questions_of(act.session, pulse_id)
            scales = [q.id for q in questions if q.kind is QuestionKind.SCALE]
            mine = select(PulseInvitation.id).where(
                PulseInvitation.pulse_id == pulse_id
            )
            asked = act.session.scalars(mine.order_by(PulseInvitation.id)).all()
            for invitation, value in zip(asked, given, strict=False):
                answer_pulse(act, invitation, dict.fromkeys(scales, value), {})
        with as_of(parts, ago - timedelta(hours=3)).acting(by) as act:
            close_pulse(act, pulse_id)
            sum_up(act, pulse_id, None)


def _people_at(session: Session, site: str) -> Sequence[str]:
    there = select(Person.uid).where(
        Person.site == site, Person.gone_at.is_(None), Person.disabled.is_(False)
    )
    return session.scalars(there.order_by(Person.id).limit(len(GIVEN))).all()
