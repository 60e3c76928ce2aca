"""How far people are who wait to be seen working, and the tick of the desk."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.access.blueprint import bp
from app.access.soak import actions
from app.access.soak.queries import SoakLine, SoakTerms, soak_of, soak_terms
from app.auth import requires
from app.auth.acting import acting
from app.core.errors import Refused
from app.core.htmx import done
from app.core.parts import parts
from app.core.web.words import give_words

give_words(
    bp,
    soak_then_words={
        "escalate": _l("overdue: the plan says to escalate"),
        "hold": _l("overdue: the plan says to hold"),
        "undo": _l("overdue: the plan proposes to undo"),
    },
    soak_plan_words={
        "escalate": _l("whoever approves is told"),
        "hold": _l("they are left where they are"),
        "undo": _l("they are to be taken back"),
    },
)


@bp.app_template_global()
def soak_lines(wave_id: int) -> dict[int, SoakLine]:
    """Return how far the people of a wave are who wait to be seen working."""
    with parts().database.read() as session:
        return soak_of(
            session,
            wave_id,
            parts().now(),
        )


@bp.app_template_global()
def soak_said(wave_id: int) -> SoakTerms | None:
    """Return what the plan of a wave says of the time after the move."""
    with parts().database.read() as session:
        return soak_terms(
            session,
            wave_id,
        )


@bp.post("/people/<int:person_id>/works")
@requires(
    "desk",
    "apply",
)
def person_works(person_id: int) -> Response:
    """Works for them, says the desk of a person who was moved."""
    there = url_for(
        "access.person",
        person_id=person_id,
    )
    try:
        with acting() as act:
            actions.seen_by_desk(
                act,
                person_id,
            )
    except Refused as error:
        return done(
            there,
            error.message,
        )
    return done(
        there,
        _("Noted: seen working today."),
    )
