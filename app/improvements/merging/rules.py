"""Which improvements may be called duplicates, and which made one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.core.said import said
from app.models.improvements.words import IMPROVEMENT_ENDED, ImprovementState


@dataclass(frozen=True, slots=True)
class OneOfTwo:
    """One of two improvements that ask for the same; ``ran`` tells that a rung of it started,
    ``has_role`` that a role of access stands under it, ``above`` names everything it stands under.
    """

    id: int
    title: str
    state: ImprovementState
    ran: bool = False
    open_rung: bool = False
    has_role: bool = False
    above: frozenset[int] = frozenset()


def duplicate_objections(one: OneOfTwo, other: OneOfTwo) -> tuple[str, ...]:
    """Return every reason why one cannot be a duplicate of the other."""
    if one.id == other.id:
        return (said("Name another improvement; this is the same one."),)
    found = []
    if one.state in IMPROVEMENT_ENDED:
        found.append(_ended(one))
    if other.state in (ImprovementState.REJECTED, ImprovementState.DUPLICATE):
        found.append(_ended(other))
    if one.open_rung:
        found.append(said("A rung of it is open; decide or abort it first."))
    return tuple(found)


def merge_objections(one: OneOfTwo, other: OneOfTwo) -> tuple[str, ...]:
    """Return every reason why one cannot go into the other."""
    if one.id == other.id:
        return duplicate_objections(one, other)
    found = [_ended(each) for each in (one, other) if each.state in IMPROVEMENT_ENDED]
    if one.ran and other.ran:
        found.append(
            said(
                "A rung ran in both; what was measured in two ways cannot be made one. "
                "Mark one as a duplicate instead."
            )
        )
    if one.open_rung:
        found.append(said("A rung of it is open; decide or abort it first."))
    if one.has_role:
        found.append(said("A role stands under it, and stays there."))
    if one.id in other.above or other.id in one.above:
        found.append(said("One of them stands under the other."))
    return tuple(found)


def free_name(name: str, taken: Iterable[str]) -> str:
    """Return a name that is not taken: itself, or with the next free number."""
    used = {each.casefold() for each in taken}
    number, found = 2, name
    while found.casefold() in used:
        found, number = f"{name} ({number})", number + 1
    return found


def _ended(one: OneOfTwo) -> str:
    return str(
        said(
            "“%(title)s” is %(state)s.",
            title=one.title,
            state=one.state,
        )
    )
