"""Stop all writing to directories, and lift that stop (design 5.9).

Several people may hang a freeze at the same time: writing goes on when the last one is lifted.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.queries import operator_named
from app.core.acting import Acting
from app.core.changes import Change
from app.core.errors import Refused
from app.core.said import asking, said
from app.models.directory import Freeze


def freeze(act: Acting, *, reason: str) -> Freeze:
    """Stop all writing before the next change; everyone keeps the access they have.

    Raises ``Refused`` if the same person stopped it already.
    """
    if any(one.by == act.by for one in _in_force(act.session)):
        raise Refused(said("Writing is already frozen, by %(by)s.", by=act.by))
    stop = Freeze(at=act.now, by=act.by, reason=reason.strip(), lifted_at=None)
    act.session.add(stop)
    act.session.flush()
    Change().record(
        act,
        f"freeze:{stop.id}",
        "freeze",
        "Froze all writing to directories",
        reason=stop.reason,
    )
    return stop


def unfreeze(act: Acting, *, of: str = "", reason: str = "") -> Freeze:
    """Lift one's own freeze, or that of somebody else with a reason.

    ``of`` names who hung it; without it, one's own, or the only one there is. Who looks after
    operators needs no reason. Raises ``Refused`` when nothing is frozen, and without a reason.
    """
    stop = _to_lift(act, of or act.by, named=bool(of))
    if stop.by != act.by and not (reason.strip() or _looks_after_all(act)):
        why = said(
            "%(by)s froze all writing; say why you lift it in their place.",
            by=stop.by,
        )
        raise Refused(asking("reason", why))
    stop.lifted_at, stop.lifted_by = act.now, act.by
    sentence = "Allowed writing to directories again"
    if stop.by != act.by:
        sentence = f"Lifted the freeze of {stop.by}"
    Change().record(
        act,
        f"freeze:{stop.id}",
        "unfreeze",
        sentence,
        reason=reason,
    )
    return stop


def _to_lift(act: Acting, by: str, *, named: bool) -> Freeze:
    stops = _in_force(act.session)
    if not stops:
        raise Refused(said("Writing is not frozen."))
    mine = [one for one in stops if one.by == by]
    if mine or (len(stops) == 1 and not named):
        return (mine or stops)[0]
    names = ", ".join(one.by for one in stops)
    if named:
        raise Refused(
            said(
                "%(by)s did not freeze it; %(names)s did.",
                by=by,
                names=names,
            )
        )
    raise Refused(said("Say whose freeze you lift: %(names)s.", names=names))


def _looks_after_all(act: Acting) -> bool:
    operator = operator_named(act.session, act.by)
    return operator is not None and "operators" in operator.permissions


def _in_force(session: Session) -> list[Freeze]:
    rows = select(Freeze).where(Freeze.lifted_at.is_(None)).order_by(Freeze.id)
    return list(session.scalars(rows))
