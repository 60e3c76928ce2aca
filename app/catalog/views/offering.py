"""What forms of services offer to choose from, and how two people who write at once lose
nothing.
"""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.catalog.forms.services import RunningForm
from app.catalog.queries.offers import calendar_choices, team_choices
from app.catalog.queries.services import who_can_sign_in
from app.core.plain import plain
from app.core.web import choices
from app.core.web.fields import Typed
from app.models.catalog.service import Service


def offer(session: Session, form: Typed, one: Service) -> None:
    """Fill in what a form lets choose from."""
    if not isinstance(form, RunningForm):
        return
    names = who_can_sign_in(session)
    gone = (
        [(one.owner, _("%(name)s (cannot sign in)", name=one.owner))]
        if one.owner not in ("", *names)
        else []
    )
    form.owner.choices = choices([("", _("nobody yet")), *gone, *((name, name) for name in names)])
    form.team_id.choices = choices([("", _("not said")), *team_choices(session)])
    form.calendar_id.choices = choices([("", _("round the clock")), *calendar_choices(session)])


def saved_meanwhile(form: Typed, one: Service) -> dict[str, Any]:
    """Return by field what somebody else saved and differs from what was typed; saving again is
    then a choice.
    """
    theirs = {
        name: plain(getattr(one, name))
        for name, mine in form.values().items()
        if plain(mine) != plain(getattr(one, name))
    }
    form.revision.data, form.revision.raw_data = one.revision, None
    return theirs or {"": ""}
