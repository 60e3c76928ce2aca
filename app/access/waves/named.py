"""The named duties of a wave: who of them said go, and who is still in the way."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, contains_eager

from app.core.errors import Refused
from app.core.said import said
from app.models.access.duties import WaveDuty
from app.models.access.wave import Wave
from app.models.access.words import DutyAnswer, DutyMoment


def duties_named(
    session: Session, wave_id: int, moment: DutyMoment | None = None
) -> Sequence[WaveDuty]:
    """Return the duties named for a wave with their people, in the order they were named."""
    asked = select(WaveDuty).join(WaveDuty.person).where(WaveDuty.wave_id == wave_id)
    if moment is not None:
        asked = asked.where(WaveDuty.moment == moment)
    loaded = asked.options(contains_eager(WaveDuty.person))
    return session.scalars(loaded.order_by(WaveDuty.id)).all()


def asks(moment: DutyMoment) -> ColumnElement[bool]:
    """Tell of each wave whether duties are named for a moment: their line on Today tells of it."""
    return exists().where(WaveDuty.wave_id == Wave.id, WaveDuty.moment == moment)


def demand_go(session: Session, wave: Wave) -> None:
    """Raise ``Refused`` with every duty that has not said go to the start of a wave; of one that
    began nobody is asked any more.
    """
    if wave.started_at is not None:
        return
    named = duties_named(session, wave.id, DutyMoment.START)
    missing = tuple(duty_said(duty) for duty in named if not duty.lets_go)
    if missing:
        told = " ".join(missing)
        raise Refused(said("It does not begin: %(told)s", told=told), details=missing)


def duty_name(duty: WaveDuty) -> str:
    """Return a duty with its person."""
    return f"{duty.duty} ({duty.person.name})"


def duty_said(duty: WaveDuty) -> str:
    """Say in one sentence how a named duty stands."""
    name = duty_name(duty)
    if duty.waived_at is not None:
        return said(
            "%(by)s went on without %(name)s: %(why)s",
            by=duty.waived_by,
            name=name,
            why=duty.waived_why,
        )
    if duty.answer is DutyAnswer.GO:
        return said("%(name)s said go.", name=name)
    if duty.answer is DutyAnswer.OPEN:
        return said("%(name)s has not said go yet.", name=name)
    if duty.words:
        return said("%(name)s said no-go: %(words)s", name=name, words=duty.words)
    return said("%(name)s said no-go.", name=name)
