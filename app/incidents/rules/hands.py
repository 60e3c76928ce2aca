"""In whose hands an incident is: who may move it, what is a bounce, and who is finally responsible
for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

AWAY = ("cancelled", "merged")


@dataclass(frozen=True, slots=True)
class Hold:
    """What holds an incident where it is.

    ``owner`` is finally responsible, ``service_owner`` owns its service now.
    """

    open: bool
    owner: str = ""
    owner_fixed_at: datetime | None = None
    locked_at: datetime | None = None
    service: str = ""
    service_owner: str = ""

    @property
    def decides(self) -> str:
        """Return who alone decides: the fixed owner until restoration, else the owner of the
        service.
        """
        return self.owner if self.fixed else self.service_owner

    @property
    def fixed(self) -> bool:
        """Tell whether the owner is finally responsible just now."""
        return self.open and bool(self.owner) and self.owner_fixed_at is not None


def objections(
    hold: Hold, before: Mapping[str, Any], after: Mapping[str, Any], by: str
) -> list[str]:
    """Say why these fields of an incident may not become so; the one rule on every way an incident
    is changed.

    A fixed owner stays responsible until restoration: nobody moves, re-sorts, cancels or merges the
    incident away from him. He cannot push it away either; only the service's present owner can take
    it upon himself. A bounce lock leaves the next move to the owner.
    """
    changed = {name for name, value in after.items() if before.get(name) != value}
    return [*_about_owner(hold, changed, after, by), *_about_place(hold, changed, after, by)]


def _about_owner(hold: Hold, changed: set[str], after: Mapping[str, Any], by: str) -> Iterable[str]:
    if not hold.fixed or not changed & {"owner", "owner_fixed_at"}:
        return
    takes_over = after.get("owner") == by == hold.service_owner and "owner_fixed_at" not in changed
    if not takes_over:
        yield (
            f"{hold.owner} is finally responsible until it is restored; that cannot be given "
            "to somebody else. "
            "Only the present owner of the service can take it upon himself."
        )


def _about_place(hold: Hold, changed: set[str], after: Mapping[str, Any], by: str) -> Iterable[str]:
    leaves = changed & {"team_id", "service_id"} or str(after.get("state", "")) in AWAY
    if hold.fixed and leaves and by != hold.owner:
        yield (
            f"{hold.owner} is finally responsible until it is restored; only {hold.owner} moves it."
        )
    elif (
        hold.locked_at
        and changed & {"team_id", "bounce_locked_at"}
        and (by != hold.decides or not by)
    ):
        yield _locked(hold)


def _locked(hold: Hold) -> str:
    if hold.decides:
        return f"It went to and fro, so only the service owner moves it now. Ask {hold.decides}."
    what = f"{hold.service} has no owner" if hold.service else "it has no service, so no owner"
    return (
        f"It went to and fro, so only the service owner moves it now; but {what}. Name one in the "
        "catalogue first."
    )


@dataclass(frozen=True, slots=True)
class Move:
    """The incident went from one team to another; ``returned``: because a fact was missing."""

    source: int | None
    goal: int | None
    returned: bool = False


def teams_that_had_it(moves: Iterable[Move]) -> set[int]:
    """Return the teams it would be a bounce to hand it to.

    Who sent it back for a fact is still waiting for it.
    """
    had: set[int] = set()
    for move in moves:
        if move.source is None:
            continue
        had = had - {move.source} if move.returned else had | {move.source}
    return had


def why_locked(goal: int, had: Collection[int], hand_overs: int, most: int) -> str:
    """Say why the incident is locked after this hand-over, the ``hand_overs``-th, or nothing."""
    if goal in had:
        return "It came back to a team that already had it."
    return f"It was handed over {hand_overs} times; {most} are usual." if hand_overs > most else ""


def responsible_service(
    path: Iterable[int], service_id: int, parts: Mapping[int, Collection[int]]
) -> int:
    """Return whose owner is responsible: the first service it was reported for that needs the
    present one as a part.

    ``path`` are the services it was sorted under, oldest first; ``parts`` what each service is made
    of, directly. Whoever owns a composite answers for it, whichever part fails.
    """
    whole = (earlier for earlier in path if service_id in _all_parts(earlier, parts))
    return next(whole, service_id)


def _all_parts(service_id: int, parts: Mapping[int, Collection[int]]) -> set[int]:
    found: set[int] = set()
    ahead = list(parts.get(service_id, ()))
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead += parts.get(one, ())
    return found
