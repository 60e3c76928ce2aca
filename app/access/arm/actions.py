"""Arm a wave and tell its people in one go; take back a wave that a rule stopped, where chosen."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.access.arm.queries import mail_channels, people_told
from app.access.undo.actions import undo
from app.access.waves.armed import BY, Window, arm
from app.access.waves.terms import Terms
from app.core.acting import Acting
from app.core.aside import Lane, each_row
from app.core.errors import Invalid
from app.core.parts import Parts
from app.core.said import said
from app.messages.actions.sending import MessageDraft, send
from app.models.access.wave import Wave
from app.models.access.words import WaveState
from app.models.messages import MessageKind


@dataclass(frozen=True, slots=True)
class ArmNotice:
    """What the people of a wave are told before it begins."""

    subject: str
    text: str


def arm_and_tell(
    act: Acting,
    wave_id: int,
    terms: Terms,
    window: Window,
    notice: ArmNotice | None,
) -> Wave:
    """Arm a wave, and send its people a notice where there is one.

    Raises ``Refused`` and ``Invalid`` as ``arm`` does, and where nobody can be told.
    """
    wave = arm(act, wave_id, terms, window)
    if notice is not None:
        _tell(act, wave, notice)
    return wave


def _tell(act: Acting, wave: Wave, notice: ArmNotice) -> None:
    channels = mail_channels(act.session)
    told = [one for one in people_told(act.session, wave.id) if one.mail]
    if not channels:
        raise Invalid(said("No channel for mail is in use."), field="notify")
    if not told:
        raise Invalid(said("Nobody in it has a mail address."), field="notify")
    if not notice.subject.strip() or not notice.text.strip():
        raise Invalid(said("Write what they are told."), field="text")
    draft = MessageDraft(
        MessageKind.PLANNED,
        notice.subject,
        notice.text,
        signed_by=act.by,
        audience={"wave": wave.id, "count": len(told)},
    )
    send(act, draft, told, channels, fall_back=False)


def take_back_stopped(parts: Parts) -> bool:
    """Take back everybody of waves that a rule stopped, where that was chosen when they were
    armed; tell whether there were any.
    """
    with parts.database.read() as session:
        mine = Wave.state == WaveState.PAUSED, Wave.paused_by == BY
        waves = session.scalars(select(Wave).where(*mine)).all()
        due = [wave.id for wave in waves if Terms.from_json(wave.terms).undo]

    def take_back(wave_id: int) -> None:
        with parts.database.write() as session:
            act = Acting(session, BY, parts.now(), parts.settings)
            undo(
                act,
                wave_id,
                reason=said("A rule stopped the wave."),
            )

    each_row(parts, STOPPED_WAVES, due, take_back)
    return bool(due)


STOPPED_WAVES: Lane[int] = Lane("stopped waves", "wave")
