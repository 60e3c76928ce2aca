"""The list of what became other than promised, and what is decided about it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from app.access.blueprint import bp
from app.access.drift.queries import (
    LASTING,
    DriftFilter,
    DriftLine,
    count_drift,
    drift_lines,
    strange_roles,
)
from app.access.drift.shadow import ReverseShadow, shadows_in
from app.auth import requires
from app.core.errors import RungError
from app.core.htmx import done
from app.core.parts import parts
from app.core.web import asked_page
from app.core.web.lists import ListFilter, Listing, listed, remembered
from app.core.web.news import live
from app.core.web.words import give_words
from app.models.access.words import DriftKind, DriftState
from ldap_sync.deeds import DeedSource

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
WITNESSES = {
    DeedSource.ACCESS_LOG: _l("the directory's access log says so"),
    DeedSource.CHANGE_LOG: _l("the directory's changelog says so"),
    DeedSource.REPLICATION: _l("Active Directory's replication marks say so"),
    DeedSource.LAST_CHANGE: _l("whoever changed the group last"),
}
give_words(
    bp,
    drift_kind_words=KINDS,
    drift_state_words=STATES,
    drift_witness_words=WITNESSES,
)


@dataclass(frozen=True, slots=True)
class DriftPart:
    """What a page of a wave, a role or a person says of it: the first lines, and how many."""

    lines: list[DriftLine]
    count: int


@bp.app_template_global()
def drift_part(
    role_id: int | None = None, wave_id: int | None = None, person_id: int | None = None
) -> DriftPart:
    """Return what is open about a wave, a role or a person."""
    wanted = DriftFilter(
        role_id=role_id,
        wave_id=wave_id,
        person_id=person_id,
    )
    with parts().database.read() as session:
        lines = drift_lines(
            session,
            wanted,
            0,
            SHOWN,
        )
        few = len(lines) < SHOWN
        return DriftPart(
            lines,
            len(lines)
            if few
            else count_drift(
                session,
                wanted,
            ),
        )


@bp.app_template_global()
def shadows(wave_id: int, person_id: int | None = None) -> list[ReverseShadow]:
    """Return whom of a wave the old rights would give something else today."""
    with parts().database.read() as session:
        return shadows_in(session, wave_id, person_id)


SHOWN = 4


def to_repairs(waves: list[int]) -> AnyResponse:
    """Go to the wave that repairs, or to the list where there are several."""
    told = _(
        "The repair is planned. Nothing is changed yet; somebody else approves it."
    )
    if len(waves) == 1:
        return done(
            url_for(
                "access.wave",
                wave_id=waves[0],
            ),
            told,
        )
    return done(
        url_for("access.waves"),
        told,
    )


@bp.get("/drift")
@requires("read")
@live
@remembered
def drift() -> AnyResponse:
    """List what others changed about people who were moved, the oldest first."""
    return show_drift()


def show_drift(problem: RungError | None = None) -> Response:
    """Show the list, with what was not possible and what was chosen."""
    wanted, page = _wanted(), asked_page()
    with parts().database.read() as session:
        page = page.of(
            count_drift(
                session,
                wanted,
            )
        )
        lines = drift_lines(
            session,
            wanted,
            page.offset,
            page.size,
        )
        still_open = count_drift(
            session,
            DriftFilter(),
        )
        ever = count_drift(
            session,
            DriftFilter(state=""),
        )
        strange = strange_roles(session)
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
        strange=strange,
        problem=problem,
        chosen=set(
            request.form.getlist(
                "drift",
                type=int,
            )
        ),
    )


def _wanted() -> DriftFilter:
    asked = request.args
    return DriftFilter(
        state=asked.get("state") or DriftState.OPEN,
        kind=asked.get(
            "kind",
            "",
        ),
        q=asked.get(
            "q",
            "",
        ).strip(),
        role_id=asked.get(
            "role",
            type=int,
        ),
        wave_id=asked.get(
            "wave",
            type=int,
        ),
        person_id=asked.get(
            "person",
            type=int,
        ),
    )


def _filters(wanted: DriftFilter) -> list[ListFilter]:
    others = [each for each in DriftState if each is not DriftState.OPEN]
    states = [
        ("", STATES[DriftState.OPEN]),
        (LASTING, _("open or accepted, still there")),
        *((each.value, STATES[each]) for each in others),
        ("all", _("all")),
    ]
    kinds = [
        ("", _("all")),
        *((each.value, str(said)) for each, said in KINDS.items()),
    ]
    state = "" if wanted.state == DriftState.OPEN else wanted.state
    return [
        ListFilter(
            "q",
            _("Person or right"),
            wanted.q,
        ),
        ListFilter(
            "kind",
            _("What"),
            wanted.kind,
            kinds,
        ),
        ListFilter(
            "state",
            _("State"),
            state,
            states,
        ),
    ]
