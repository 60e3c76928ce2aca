"""A pulse as a form or a terminal asks for it: whom it means, what it is about, its questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import one
from app.core.errors import Invalid
from app.core.said import said, spoken
from app.improvements.people.meaning import meant
from app.improvements.queries import get_improvement
from app.incidents.inform.queries import signature_of
from app.models.catalog.service import Service
from app.models.people import Site, Team
from app.models.sponsors.pulse import Pulse
from app.models.sponsors.words import PulseKind, PulseSplit, QuestionKind
from app.sponsors.pulses.actions import PulseAbout, PulseDraft, launch, today_here
from app.sponsors.pulses.queries import (
    Invited,
    invited_at,
    invited_by_number,
    invited_participants,
    invited_sponsor,
    rung_of,
)
from app.sponsors.pulses.rules import (
    USUAL_DAYS,
    Asked,
    is_by_name,
    quarter_of,
    standard_questions,
)
from app.sponsors.pulses.telling import asking_letter, usual_title


@dataclass(frozen=True, slots=True)
class PulseTyped:
    """What somebody typed to begin a pulse; what is left out is as proposed."""

    kind: PulseKind
    improvement_id: int | None = None
    service_id: int | None = None
    team_id: int | None = None
    site_id: int | None = None
    names: Sequence[str] = ()
    title: str = ""
    scales: Sequence[str] | None = None
    free: str | None = None
    closes_on: date | None = None
    split: PulseSplit = PulseSplit.NONE
    signed_by: str = ""
    language: str = ""


def launch_typed(act: Acting, typed: PulseTyped) -> Pulse:
    """Begin the pulse somebody asked for. Raises ``Invalid`` by field, ``Refused``."""
    session = act.session
    about, called = _about(act, typed)
    invited = invited_of(session, typed)
    usual = act.now.date() + timedelta(days=USUAL_DAYS)
    draft = PulseDraft(
        typed.kind,
        typed.title.strip() or spoken(usual_title(typed.kind, called)),
        about,
        questions_typed(typed),
        typed.closes_on or usual,
        typed.split,
    )
    signed_by = typed.signed_by.strip() or signature_of(session, act.by)
    letter = asking_letter(
        draft.title,
        signed_by,
        draft.closes_on,
        named=is_by_name(typed.kind, len(invited)),
        language=typed.language,
    )
    return launch(act, draft, invited, letter)


def invited_of(session: Session, typed: PulseTyped) -> list[Invited]:
    """Return whom a pulse asks. Raises ``Invalid`` for a name that may mean several."""
    number = typed.improvement_id or 0
    if typed.kind is PulseKind.PARTICIPANTS:
        return invited_participants(session, number)
    if typed.kind is PulseKind.SPONSOR and not typed.names:
        return invited_sponsor(session, number)
    named = [who for who in meant(session, typed.names, "names") if who.name]
    known = invited_by_number(
        session, {who.person_id for who in named if who.person_id}
    )
    others = [
        Invited(who.name, _mail_in(who.name)) for who in named if not who.person_id
    ]
    if not named and typed.site_id:
        return invited_at(session, one(session, Site, typed.site_id).name)
    return [*known, *others]


def questions_typed(typed: PulseTyped) -> list[Asked]:
    """Return the questions as typed; one that was left as proposed is read in any language."""
    usual = standard_questions(typed.kind)
    ours = {spoken(said(each.words)): each for each in usual}
    scales = [each.words for each in usual if each.kind is QuestionKind.SCALE]
    free = usual[-1].words
    wanted = [
        *((words, QuestionKind.SCALE) for words in _or(typed.scales, scales)),
        (free if typed.free is None else typed.free, QuestionKind.WORDS),
    ]
    return [
        ours.get(words.strip()) or Asked(words.strip(), kind)
        for words, kind in wanted
        if words.strip()
    ]


def _or(typed: Sequence[str] | None, usual: Sequence[str]) -> Sequence[str]:
    return usual if typed is None else typed


def _about(act: Acting, typed: PulseTyped) -> tuple[PulseAbout, str]:
    """Return what a pulse is about, and what that is called."""
    if typed.kind is not PulseKind.RELATIONSHIP:
        if typed.improvement_id is None:
            raise Invalid(said("Choose the improvement."), field="improvement_id")
        one_ = get_improvement(act.session, typed.improvement_id)
        rung = rung_of(act.session, one_.id)
        mark = f"{typed.kind}:{one_.id}"
        return PulseAbout(mark, one_.id, rung), one_.title
    mark, unit = _unit(act.session, typed)
    quarter = quarter_of(today_here(act))
    about = PulseAbout(f"{mark}:{quarter}", unit=unit, quarter=quarter)
    return about, unit


def _unit(session: Session, typed: PulseTyped) -> tuple[str, str]:
    if typed.service_id is not None:
        service = one(session, Service, typed.service_id)
        return f"service:{service.id}", service.name
    if typed.team_id is not None:
        team = one(session, Team, typed.team_id)
        return f"team:{team.id}", team.name
    if typed.site_id is not None:
        site = one(session, Site, typed.site_id)
        return f"site:{site.id}", site.name
    raise Invalid(said("Choose a service, a team or a site."), field="service_id")


def _mail_in(name: str) -> str:
    return name if "@" in name else ""
