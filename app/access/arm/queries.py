"""What is shown before a wave is armed: its limits, its people, and where its LDIF will lie."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.arm.drill import undo_told
from app.access.waves.armed import ldif_of
from app.access.waves.lines import LimitLine
from app.access.waves.queries import wave_alone
from app.access.waves.told import limits_of, told_of
from app.core.said import said
from app.core.settings import Settings
from app.messages.queries.channels import enabled_channels
from app.messages.rules.recipients import Recipient
from app.models.access.wave import Switch
from app.models.messages import ChannelKind
from app.models.people import Person


@dataclass(frozen=True, slots=True)
class ArmPage:
    """A wave that is about to be armed."""

    wave_id: int
    number: int
    role: str
    directory: str
    state: str
    people: tuple[Recipient, ...]
    limits: tuple[LimitLine, ...]
    files: tuple[Path, Path]
    can_mail: bool
    drill: str
    subject: str
    text: str

    @property
    def with_mail(self) -> int:
        """Return how many of the people have a mail address."""
        return sum(1 for one in self.people if one.mail)

    @property
    def over(self) -> tuple[LimitLine, ...]:
        """Return the limits that the plan would exceed now."""
        return tuple(limit for limit in self.limits if limit.over)


def arm_page(
    session: Session,
    wave_id: int,
    settings: Settings,
    now: datetime,
) -> ArmPage:
    """Return what is shown before a wave is armed. Raises ``NotFound``."""
    wave = wave_alone(session, wave_id)
    reach = told_of(wave).reach
    return ArmPage(
        wave_id=wave.id,
        number=wave.number,
        role=wave.role.name,
        directory=wave.role.directory.name,
        state=wave.state.value,
        people=people_told(session, wave_id),
        limits=limits_of(session, wave, reach, settings, now),
        files=ldif_of(settings.plans, wave_id),
        drill=undo_told(session, wave.role.directory_id, now),
        can_mail=bool(mail_channels(session)),
        subject=said("Your access is about to be moved"),
        text=_text(wave.role.name),
    )


def people_told(session: Session, wave_id: int) -> tuple[Recipient, ...]:
    """Return the people of a wave, as a message needs them."""
    people = select(Person).join(Switch, Switch.person_id == Person.id)
    mine = people.where(Switch.wave_id == wave_id).order_by(Switch.position)
    return tuple(
        Recipient(f"person:{one.id}", one.name, one.id, mail=one.mail)
        for one in session.scalars(mine)
    )


def mail_channels(session: Session) -> list[int]:
    """Return the channels in use that send mail."""
    enabled = enabled_channels(session)
    return [one.id for one in enabled if one.kind is ChannelKind.MAIL]


def _text(role: str) -> str:
    return said(
        "What you may use stays the same; from now on it comes through the role “%(role)s”. "
        "If something does not work, tell the service desk: it can be taken back at once.",
        role=role,
    )
