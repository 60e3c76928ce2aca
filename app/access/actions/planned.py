"""What a plan says of one person, held against what is there now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.models.access import Phase
from ldap_sync.values import DirectoryPerson


def why_stale(planned: Mapping[str, Any], person: DirectoryPerson | None) -> str:
    """Return why a plan does not hold for a person any more, or nothing."""
    if person is None:
        return "Is no longer in the directory."
    if person.disabled:
        return "The account was disabled since the plan."
    if person.dn != planned["dn"]:
        return f"Was renamed or moved since the plan, to {person.dn}."
    return ""


def waits_for_memberof(lenses: list[dict[str, Any]]) -> bool:
    """Tell whether something is wrong that time alone may put right: what memberOf shows or does
    not show yet.
    """
    return any(
        line["lens"] == "memberof" and (line["missing"] or line["still_shown"]) for line in lenses
    )


def taken_away(planned: Mapping[str, Any]) -> frozenset[str]:
    """Return the keys of the groups that will no longer list a person when the plan is done."""
    return frozenset(
        step["change"]["key"]
        for step in planned["steps"]
        if step["phase"] == Phase.DIRECT_OFF.value
    )


def told_difference(before: list[dict[str, str]], direct: frozenset[str]) -> str:
    """Say how the rights a person holds differ from those of the plan, or nothing."""
    planned = {item["key"]: item["right"] for item in before}
    lost = sorted(name for key, name in planned.items() if key not in direct)
    more = len(direct - planned.keys())
    told = [f"no longer in {', '.join(lost)}"] if lost else []
    told += [f"in {more} more group{'s' if more > 1 else ''}"] if more else []
    return f"Changed since the plan: {' and '.join(told)}." if told else ""
