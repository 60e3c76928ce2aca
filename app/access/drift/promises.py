"""What a kept plan promised to whom, taken from its text without reading it into its values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.access.document import SeenRight
from app.access.drift.rules import Promise
from app.access.rules import DIRECT_OFF, ROLE_ON


@dataclass(frozen=True, slots=True)
class PlanWords:
    """What is told of a kept plan to make promises of it: its people by key, the links of its role
    (right's key and name), and the values known to be in the role's group.
    """

    people: Mapping[str, Mapping[str, Any]]
    links: Mapping[str, str]
    known: frozenset[str]
    versions: bool = False
    single: bool = False


def words_of(text: str) -> PlanWords | None:
    """Return what a kept plan says, as far as promises need it; nothing where it is damaged.

    The plan is not read into its values: of thousands of people that takes seconds, and here it is
    only looked at.
    """
    try:
        plan = json.loads(text)
        people = {person["key"]: person for person in plan["people"]}
        links = {
            right["key"]: right["right"]
            for right in plan["rights"]
            if right["held"] == "nested"
        }
        group = plan["role_group"]
        known = frozenset(
            [
                *group["values"],
                *group["idle"],
            ]
        )
    except (json.JSONDecodeError, KeyError, TypeError):
        return None
    return PlanWords(
        people,
        links,
        known,
        bool(plan.get("versions")),
        bool(plan.get("single")),
    )


@dataclass(frozen=True, slots=True)
class PersonMoved:
    """A switch that is through: whose, in which wave of which role, and when."""

    switch_id: int
    wave_id: int
    role_id: int
    person_id: int
    key: str
    name: str
    at: datetime | None


def promise_of(moved: PersonMoved, words: PlanWords, rights: Rights) -> Promise | None:
    """Return what a plan promised to somebody who was moved by it; nothing where it is damaged."""
    said = words.people.get(moved.key)
    if said is None:
        return None
    steps = [step for step in said["steps"] if step["change"]["kind"] == "modify"]
    off = [step for step in steps if step["phase"] == DIRECT_OFF]
    return Promise(
        switch_id=moved.switch_id,
        wave_id=moved.wave_id,
        role_id=moved.role_id,
        person_id=moved.person_id,
        name=moved.name,
        sees=tuple(rights.of(right) for right in _promised(said, words)),
        removed={
            step["change"]["key"]: step["right"]
            for step in off
            if step["change"]["delete"]
        },
        added=frozenset(
            step["change"]["key"] for step in steps if step["phase"] == ROLE_ON
        ),
        lost=frozenset(
            loss["right"] for loss in said["losses"] if loss["still_seen"] == "no"
        ),
        kept=frozenset(
            [
                *said["proof"]["kept"],
                *said["proof"]["exceptions"],
            ]
        ),
    )


def _promised(said: Mapping[str, Any], words: PlanWords) -> list[Mapping[str, str]]:
    """Return the rights that a plan promised: of single rights what they gave alone, for the rest
    was only found there, and may be promised by another.
    """
    sees: list[Mapping[str, str]] = said["sees"]
    if not words.single:
        return sees
    gained = {gain["right"] for gain in said["gains"]}
    return [right for right in sees if right["right"] in gained]


class Rights:
    """Rights as plans name them: each is held once, however many people were promised it."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str, str], SeenRight] = {}

    def of(self, said: Mapping[str, str]) -> SeenRight:
        """Return the right that plain data describes."""
        parts = said["right"], said["key"], said["dn"], said["lens"]
        if parts not in self._known:
            self._known[parts] = SeenRight(*parts)
        return self._known[parts]
