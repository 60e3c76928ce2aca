"""Name duties that are asked about a wave, take what they say, and go on without one of them."""

from __future__ import annotations

import secrets

from app.access.duties.queries import moment_of_wave
from app.access.duties.rules import LONGEST_DUTY
from app.access.waves.named import duties_named, duty_name
from app.access.waves.queries import wave_alone
from app.core.acting import Acting
from app.core.changes import Change, one, one_locked
from app.core.errors import Invalid, Refused
from app.core.said import said
from app.improvements.answers.rules import LONGEST_WORDS, link_lasts
from app.models.access.duties import WaveDuty
from app.models.access.wave import Wave
from app.models.access.words import DutyAnswer
from app.models.people import Person


def name_duty(act: Acting, wave_id: int, duty: str, person_id: int) -> WaveDuty:
    """Name a duty and its person, who is asked by a link before the wave begins, or before more
    people follow.

    Raises ``Refused`` once that is over, ``Invalid`` without a duty or for one named already.
    """
    wave, duty = wave_alone(act.session, wave_id), " ".join(duty.split())
    moment = moment_of_wave(act.session, wave)
    if moment is None:
        raise Refused(said("This wave is over: nobody is asked any more."))
    if not duty or len(duty) > LONGEST_DUTY:
        raise Invalid(
            said("Say in a few words which duty it is."),
            field="duty",
        )
    person = one(act.session, Person, person_id)
    known = duties_named(act.session, wave_id, moment)
    if any(each.duty.casefold() == duty.casefold() for each in known):
        raise Invalid(
            said("%(duty)s is named already.", duty=duty),
            field="duty",
        )
    named = WaveDuty(
        wave_id=wave_id,
        moment=moment,
        duty=duty,
        person_id=person.id,
        named_by=act.by,
        named_at=act.now,
        answer=DutyAnswer.OPEN,
        link_mark=secrets.token_hex(8),
        link_until=link_lasts(act.now),
    )
    act.session.add(named)
    act.session.flush()
    after = {"duty": duty, "person": person.uid, "moment": moment.value}
    told = f"Named {duty} ({person.name}) for {_wave(wave)}"
    Change(after=after).record(act, f"wave:{wave_id}", "wave.name-duty", told)
    return named


def let_out(act: Acting, duty_id: int) -> WaveDuty:
    """Ask a named duty no longer. Raises ``Refused`` once it said something."""
    duty, wave = _of(act, duty_id)
    if duty.answer is not DutyAnswer.OPEN:
        raise Refused(
            said("%(name)s said something; that stays.", name=duty_name(duty))
        )
    told = f"Asks {duty_name(duty)} no longer about {_wave(wave)}"
    Change(before={"duty": duty.duty}).record(
        act, f"wave:{wave.id}", "wave.drop-duty", told
    )
    act.session.delete(duty)
    return duty


def renew_link(act: Acting, duty_id: int) -> WaveDuty:
    """Give a named duty a new link; older ones lead nowhere any more."""
    return _linked(act, duty_id, secrets.token_hex(8))


def revoke_link(act: Acting, duty_id: int) -> WaveDuty:
    """Make every link of a named duty worthless."""
    return _linked(act, duty_id, "")


def _linked(act: Acting, duty_id: int, mark: str) -> WaveDuty:
    duty, wave = _of(act, duty_id)
    duty.link_mark = mark
    duty.link_until = link_lasts(act.now) if mark else None
    told = f"Gave {duty_name(duty)} a new link" if mark else ""
    told = told or f"Made the links of {duty_name(duty)} worthless"
    Change(after={"link": bool(mark)}).record(
        act, f"wave:{wave.id}", "wave.duty-link", told
    )
    return duty


def go_without(act: Acting, duty_id: int, *, reason: str) -> WaveDuty:
    """Go on without the go of a named duty; who did, and why, stays with the wave.

    Raises ``Invalid`` without a reason, ``Refused`` where the duty is not in the way or it is over.
    """
    duty, wave = _of(act, duty_id)
    if not reason.strip():
        raise Invalid(said("Say why it goes on without them."), field="reason")
    _demand_asked(act, duty, wave)
    if duty.lets_go:
        raise Refused(said("%(name)s is not in the way.", name=duty_name(duty)))
    duty.waived_by, duty.waived_at = act.by, act.now
    duty.waived_why = reason.strip()
    told = f"Goes on with {_wave(wave)} without {duty_name(duty)}"
    Change(after={"duty": duty.duty, "said": duty.answer.value}).record(
        act, f"wave:{wave.id}", "wave.go-without", told, reason=reason
    )
    return duty


def says_go(act: Acting, duty_id: int) -> WaveDuty:
    """Go, says a named duty. Said twice it counts once. Raises ``Refused`` once it is over."""
    return _says(act, duty_id, DutyAnswer.GO, "")


def says_no_go(act: Acting, duty_id: int, words: str = "") -> WaveDuty:
    """No-go, says a named duty, with or without a reason; whoever went on without it before has to
    say so again.

    Said twice it counts once. Raises ``Refused`` once it is over, ``Invalid`` for too many words.
    """
    words = words.strip()
    if len(words) > LONGEST_WORDS:
        raise Invalid(
            said("At most %(longest)s characters, please.", longest=LONGEST_WORDS),
            field="words",
        )
    return _says(act, duty_id, DutyAnswer.NO_GO, words)


def _says(act: Acting, duty_id: int, answer: DutyAnswer, words: str) -> WaveDuty:
    duty, wave = _of(act, duty_id)
    _demand_asked(act, duty, wave)
    if (duty.answer, duty.words) == (answer, words):
        return duty
    duty.answer, duty.words, duty.said_at = answer, words, act.now
    if answer is DutyAnswer.NO_GO:
        duty.waived_by, duty.waived_at, duty.waived_why = "", None, ""
    by = act.by_another(f"{duty.person.name} (by link)")
    told = f"{duty_name(duty)} says {answer.value} to {_wave(wave)}"
    Change(after={"duty": duty.duty, "answer": answer.value}).record(
        by, f"wave:{wave.id}", "wave.duty-answer", told, reason=words
    )
    return duty


def _of(act: Acting, duty_id: int) -> tuple[WaveDuty, Wave]:
    """Return a duty with its person, locked, and its wave. Raises ``NotFound``."""
    duty = one_locked(act.session, WaveDuty, duty_id)
    act.session.refresh(duty, ["person"])
    return duty, wave_alone(act.session, duty.wave_id)


def _demand_asked(act: Acting, duty: WaveDuty, wave: Wave) -> None:
    if moment_of_wave(act.session, wave) is not duty.moment:
        raise Refused(said("This is over. Thank you; please tell us in person."))


def _wave(wave: Wave) -> str:
    return f"wave {wave.number} of {wave.role.name}"
