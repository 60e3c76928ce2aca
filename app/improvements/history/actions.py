"""Two people who edit the same thing: what does not clash is joined, what does is told with both
texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.core.errors import Conflict
from app.core.figures import listed
from app.core.plain import plain, ref
from app.improvements.history.queries import as_they_were, edits_since
from app.improvements.history.rules import Clash, merge
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration


class Overtaken(Conflict):
    """Others saved the same fields meanwhile; ``clashes`` hold both texts of each, so that nothing
    is lost.
    """

    def __init__(self, clashes: tuple[Clash, ...], who: str) -> None:
        names = listed([spoken(clash.field) for clash in clashes])
        super().__init__(
            f"{who} changed {names} while you were writing. Nothing of yours was saved; "
            "choose or join the texts.",
            details=tuple(_both(clash) for clash in clashes),
        )
        self.clashes = clashes


def onto_now(
    session: Session,
    row: Improvement | Iteration,
    wanted: Mapping[str, Any],
    revision: int | None,
) -> dict[str, Any]:
    """Return what is left to change of an edit that began at ``revision``.

    Raises ``Overtaken`` where it clashes.
    """
    if revision is None or revision == row.revision:
        return dict(wanted)
    own = isinstance(row, Improvement)
    improvement_id, record = (
        (row.id, "") if isinstance(row, Improvement) else (row.improvement_id, ref(row))
    )
    events = edits_since(session, improvement_id, revision, record)
    current = {name: plain(getattr(row, name)) for name in wanted}
    base = as_they_were({record: current}, events)[record]
    found = merge(base, current, {name: plain(value) for name, value in wanted.items()})
    if found.clashes:
        keys = {
            clash.field if own else f"{record}.{clash.field}" for clash in found.clashes
        }
        raise Overtaken(
            found.clashes,
            next(event.actor for event in events if keys & event.after.keys()),
        )
    return {name: wanted[name] for name in found.changes}


def spoken(name: str) -> str:
    """Return a field's name as people say it."""
    return name.removesuffix("_id").removesuffix("_on").replace("_", " ")


def _both(clash: Clash) -> str:
    return (
        f"{spoken(clash.field).capitalize()}: yours “{clash.mine}”, saved meanwhile "
        f"“{clash.theirs}”."
    )
