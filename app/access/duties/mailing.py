"""Mail named duties their links."""

from __future__ import annotations

from dataclasses import dataclass

from app.access.duties.queries import moment_of_wave
from app.access.waves.named import duties_named
from app.access.waves.queries import wave_alone
from app.core.acting import Acting
from app.core.changes import Change
from app.core.errors import Invalid, Refused
from app.core.figures import people
from app.core.said import said, spoken
from app.improvements.answers.queries import channels_of_links
from app.improvements.answers.rules import link_lasts
from app.incidents.inform.queries import signature_of
from app.messages.actions.sending import MessageDraft, send
from app.messages.requester_links import DUTY, LINK_HERE
from app.messages.rules.recipients import Recipient
from app.models.access.duties import WaveDuty
from app.models.access.wave import Wave
from app.models.access.words import DutyAnswer, DutyMoment
from app.models.messages import MessageKind
from app.models.people import Person


@dataclass(frozen=True, slots=True)
class DutiesMailed:
    """Whom the links were sent, and who has no mail address, by name."""

    asked: tuple[str, ...]
    without_mail: tuple[str, ...]


def mail_duties(act: Acting, wave_id: int) -> DutiesMailed:
    """Send each duty of a wave that said nothing yet its link by mail.

    Raises ``Refused`` where nobody is left to ask, ``Invalid`` where no channel reaches people.
    """
    wave = wave_alone(act.session, wave_id)
    moment = moment_of_wave(act.session, wave)
    named = duties_named(act.session, wave_id, moment) if moment else ()
    silent = [duty for duty in named if _is_silent(duty)]
    if not silent:
        raise Refused(said("Nobody is left to ask."))
    channels = channels_of_links(act.session)
    if not channels:
        raise Invalid(
            said("No channel reaches people one by one; add one for mail first.")
        )
    asked = [duty for duty in silent if duty.person.mail]
    for duty in asked:
        duty.sent_at = act.now
        duty.link_until = link_lasts(act.now, duty.link_until)
        recipient = _recipient(duty.id, duty.person)
        send(act, _letter(act, wave, duty), [recipient], channels, fall_back=False)
    if asked:
        told = f"Asked {people(len(asked))} for go or no-go to wave {wave.number}"
        Change(after={"asked": len(asked)}).record(
            act, f"wave:{wave.id}", "wave.ask-duties", told
        )
    return DutiesMailed(
        tuple(duty.person.name for duty in asked),
        tuple(duty.person.name for duty in silent if not duty.person.mail),
    )


def _is_silent(duty: WaveDuty) -> bool:
    silent = duty.answer is DutyAnswer.OPEN and duty.waived_at is None
    return silent and bool(duty.link_mark)


def _recipient(number: int, person: Person) -> Recipient:
    return Recipient(f"{DUTY}:{number}", person.name, person.id, mail=person.mail)


def _letter(act: Acting, wave: Wave, duty: WaveDuty) -> MessageDraft:
    asked = {"name": duty.person.name, "duty": duty.duty, "role": wave.role.name}
    if duty.moment is DutyMoment.START:
        subject = said("Go or no-go? %(role)s", role=wave.role.name)
        text = said(
            "Hello %(name)s, people are about to be moved to the role %(role)s. You are asked as "
            "%(duty)s: may it begin? One tap is enough, no account is needed.",
            **asked,
        )
    else:
        subject = said("Go or no-go to more people? %(role)s", role=wave.role.name)
        text = said(
            "Hello %(name)s, the first people work with the role %(role)s. You are asked as "
            "%(duty)s: may more people follow? One tap is enough, no account is needed.",
            **asked,
        )
    return MessageDraft(
        MessageKind.FEEDBACK,
        spoken(subject),
        f"{spoken(text)}\n\n{LINK_HERE}",
        signed_by=signature_of(act.session, act.by) or act.by,
        audience={"wave": wave.id, "count": 1},
    )
