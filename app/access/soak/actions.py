"""Note that a moved person was seen working."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.access.soak.queries import BY_SOMEBODY
from app.core.acting import Acting
from app.core.changes import Change, one
from app.core.errors import Refused
from app.core.said import said
from app.models.access.wave import Switch
from app.models.access.words import SwitchState
from app.models.access.works import SeenDay
from app.models.people import Person


def was_seen(act: Acting, switch_id: int, how: str, day: date | None = None) -> bool:
    """Note a day on which somebody was seen, once; tell whether it was new."""
    when = day or act.now.date()
    mine = SeenDay.switch_id == switch_id, SeenDay.day == when
    known = act.session.scalars(select(SeenDay).where(*mine)).one_or_none()
    if known is not None:
        # What somebody says of a day tells more than a sign-in.
        known.how = how if known.how not in BY_SOMEBODY else known.how
        return False
    act.session.add(
        SeenDay(
            switch_id=switch_id,
            day=when,
            how=how,
        )
    )
    return True


def seen_by_desk(act: Acting, person_id: int) -> Switch:
    """Works for them, says the desk of somebody who waits to be seen working.

    Raises ``Refused`` where nobody waits for that.
    """
    person = one(
        act.session,
        Person,
        person_id,
    )
    soaking = select(Switch).where(
        Switch.person_id == person_id, Switch.state == SwitchState.SOAKING
    )
    switch = act.session.scalars(soaking.order_by(Switch.id.desc())).first()
    if switch is None:
        raise Refused(
            said(
                "%(name)s does not wait to be seen working.",
                name=person.name,
            )
        )
    if was_seen(
        act,
        switch.id,
        "desk",
    ):
        sentence = said(
            "The desk saw %(name)s working",
            name=person.name,
        )
        Change(after={"how": "desk"}).record(
            act, f"wave:{switch.wave_id}", "switch.seen", sentence
        )
    return switch
