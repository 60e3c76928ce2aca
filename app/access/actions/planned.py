"""What a plan says of one person, held against what is there now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.access.rules.document import HeldBefore, PlannedPerson
from ldap_sync.values import DirectoryPerson


def why_stale(planned: PlannedPerson, person: DirectoryPerson | None) -> str:
    """Return why a plan does not hold for a person any more, or nothing."""
    if person is None:
        return "Is no longer in the directory."
    if person.disabled:
        return "The account was disabled since the plan."
    if person.dn != planned.dn:
        return f"Was renamed or moved since the plan, to {person.dn}."
    return ""


def waits_for_memberof(lenses: list[dict[str, Any]]) -> bool:
    """Tell whether something is wrong that time alone may put right: what memberOf shows or does
    not show yet.
    """
    return any(
        line["lens"] == "memberof" and (line["missing"] or line["still_shown"]) for line in lenses
    )


def told_difference(before: Iterable[HeldBefore], direct: frozenset[str]) -> str:
    """Say how the rights a person holds differ from those of the plan, or nothing."""
    planned = {held.key: held.right for held in before}
    lost = sorted(name for key, name in planned.items() if key not in direct)
    more = len(direct - planned.keys())
    told = [f"no longer in {', '.join(lost)}"] if lost else []
    told += [f"in {more} more group{'s' if more > 1 else ''}"] if more else []
    return f"Changed since the plan: {' and '.join(told)}." if told else ""
