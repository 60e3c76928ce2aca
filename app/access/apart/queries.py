"""Who holds rights together that should not meet, now or after a plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.access.document import PlanDocument, keys_of
from app.access.rules import people_below
from app.core.said import said
from app.directory.queries import load_graph
from app.models.access.apart import RightsApart
from app.models.directory import Entitlement


@dataclass(frozen=True, slots=True)
class PairApart:
    """Two rights that should not meet, and who holds both, directly or through groups inside."""

    id: int
    one_id: int
    one: str
    other_id: int
    other: str
    reason: str
    noted_by: str
    noted_at: datetime
    people: tuple[tuple[int, str], ...]


def pairs_apart(session: Session) -> list[PairApart]:
    """Return all pairs of rights that are there, those with most people first."""
    found = [_shown(session, pair) for pair in _pairs(session)]
    return sorted(found, key=lambda pair: (-len(pair.people), pair.one.lower()))


def meetings_after(
    session: Session, directory_id: int, plan: Callable[[], PlanDocument]
) -> list[str]:
    """Return a sentence for each pair that people of a plan would hold together after it.

    ``plan`` is only asked for where the directory has such pairs.
    """
    pairs = [pair for pair in _pairs(session) if pair.one.directory_id == directory_id]
    if not pairs:
        return []
    seen = [(one.name, keys_of(one.sees)) for one in plan().people]
    told = []
    for pair in pairs:
        both = {pair.one.key, pair.other.key}
        names = [name for name, keys in seen if both <= keys]
        if names:
            told.append(_sentence(pair, names))
    return told


def _sentence(pair: RightsApart, names: list[str]) -> str:
    return said(
        "%(one)s and %(other)s should not meet (%(reason)s), and do for: %(names)s.",
        one=pair.one.cn,
        other=pair.other.cn,
        reason=pair.reason,
        names=", ".join(names),
    )


def _pairs(session: Session) -> list[RightsApart]:
    both = joinedload(RightsApart.one), joinedload(RightsApart.other)
    found = session.scalars(select(RightsApart).options(*both).order_by(RightsApart.id))
    return [pair for pair in found if not pair.one.gone_at and not pair.other.gone_at]


def _shown(session: Session, pair: RightsApart) -> PairApart:
    graph = load_graph(session, pair.one.directory_id)
    there = [right for right in (pair.one_id, pair.other_id) if right in graph.rights]
    held = [people_below(graph, right) for right in there]
    both = held[0] & held[1] if len(held) > 1 else frozenset()
    people = sorted((graph.people[number].name, number) for number in both)
    return PairApart(
        id=pair.id,
        one_id=pair.one_id,
        one=_name(pair.one),
        other_id=pair.other_id,
        other=_name(pair.other),
        reason=pair.reason,
        noted_by=pair.noted_by,
        noted_at=pair.noted_at,
        people=tuple((number, name) for name, number in people),
    )


def _name(right: Entitlement) -> str:
    return right.cn
