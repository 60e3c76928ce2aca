"""The list of what became other than promised, and what is decided about it."""

from __future__ import annotations

from flask import Response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.access.blueprint import bp
from app.access.drift.queries import LASTING, DriftFilter, count_drift, drift_lines
from app.auth import requires
from app.core.parts import parts
from app.core.web import asked_page
from app.core.web.lists import ListFilter, Listing, listed, remembered
from app.core.web.news import live
from app.core.web.words import give_words
from app.models.access.words import DriftKind, DriftState

KINDS = {
    DriftKind.LOST: _l("right lost"),
    DriftKind.CAME_BACK: _l("direct right came back"),
    DriftKind.TAKEN_OUT: _l("taken out of the role"),
    DriftKind.LINK_CUT: _l("role link cut"),
    DriftKind.GROUP_GONE: _l("group gone"),
    DriftKind.STRANGER: _l("stranger in the role"),
}
STATES = {
    DriftState.OPEN: _l("open"),
    DriftState.REPAIRED: _l("repaired"),
    DriftState.ACCEPTED: _l("accepted"),
    DriftState.UNDONE: _l("taken back"),
    DriftState.GONE: _l("gone by itself"),
}
give_words(bp, drift_kind_words=KINDS, drift_state_words=STATES)


@bp.get("/drift")
@requires("read")
@live
@remembered
def drift() -> Response:
    """List what others changed about people who were moved, the oldest first."""
    wanted, page = _wanted(), asked_page()
    with parts().database.read() as session:
        page = page.of(count_drift(session, wanted))
        lines = drift_lines(session, wanted, page.offset, page.size)
        still_open = count_drift(session, DriftFilter())
        ever = count_drift(session, DriftFilter(state=""))
    listing = Listing(
        "drift",
        _filters(wanted),
        page,
        marks={line.id: (line.state, line.repair_id) for line in lines},
        changing=still_open > 0,
        carried=("role", "wave", "person"),
    )
    return listed(
        "access/drift/drift.html",
        listing,
        lines=lines,
        still_open=still_open,
        ever=ever,
    )


def _wanted() -> DriftFilter:
    asked = request.args
    return DriftFilter(
        state=asked.get("state") or DriftState.OPEN,
        kind=asked.get("kind", ""),
        q=asked.get("q", "").strip(),
        role_id=asked.get("role", type=int),
        wave_id=asked.get("wave", type=int),
        person_id=asked.get("person", type=int),
    )


def _filters(wanted: DriftFilter) -> list[ListFilter]:
    others = [each for each in DriftState if each is not DriftState.OPEN]
    states = [
        ("", STATES[DriftState.OPEN]),
        (LASTING, _("open or accepted, still there")),
        *((each.value, STATES[each]) for each in others),
        ("all", _("all")),
    ]
    kinds = [("", _("all")), *((each.value, str(said)) for each, said in KINDS.items())]
    state = "" if wanted.state == DriftState.OPEN else wanted.state
    return [
        ListFilter("q", _("Person or right"), wanted.q),
        ListFilter("kind", _("What"), wanted.kind, kinds),
        ListFilter("state", _("State"), state, states),
    ]
