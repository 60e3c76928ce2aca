"""Tells a story of the demo: what stands in its file is done by the actions everybody uses, only
earlier.

A story names its actions in ``[actions]``, and what must not be there yet in ``unless``; it tells
in scenes one deed after the other: what is done (``do``), how long ago (``ago``, until another
one is told), in whose name (``by``), how the result is called later (``called``), what it takes
(``needs``, also of a scene), once for every entry of a list (``each``). All other keys are the
action's own values. In values, ``@name`` is what was called so before, ``@name.owner`` a value of
it, ``@team:Applications`` the number of the row of that name, ``7 days later`` counts from the
deed and ``in 2 hours`` from now.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from importlib import import_module
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from sqlalchemy import select

from app.core.acting import Acting
from app.models.catalog.service import Service
from app.models.improvements.improvement import Improvement
from app.models.incidents.incident import Incident
from app.models.messages import Channel
from app.models.people import Site, Team
from app.models.sponsors.rollout import RolloutItem
from app.upkeep.stories.looks import LOOKS

FOLDER = Path(__file__).parent
OWN = {"do", "ago", "by", "called", "needs", "each"}
NAMED = {
    "channel": Channel.name,
    "improvement": Improvement.title,
    "incident": Incident.title,
    "rollout item": RolloutItem.text,
    "service": Service.name,
    "site": Site.name,
    "team": Team.name,
}
LENGTH = re.compile(r"(?:in )?(\d+) (minutes|hours|days)(?: later)?")


def tell(act: Acting, name: str, given: Mapping[str, Any] | None = None) -> bool:
    """Tell a story unless it was told before or lacks what it is about; tell whether.

    ``given`` are values it may name, beside those of its own.
    """
    story = story_of(name)
    player = Player(act, dict(given or {}))
    if "unless" in story and _any(act, named(story["unless"])):
        return False
    if not player.has(story.get("needs", ())):
        return False
    for what, how in story.get("given", {}).items():
        player.known[what] = player.read(how)
    for scene in story["scene"]:
        if player.has(scene.get("needs", ())):
            for told in scene["told"]:
                player.play(told, story["actions"])
    return True


def _any(act: Acting, kind: Any) -> bool:
    return act.session.scalar(select(kind.id).limit(1)) is not None


def story_of(name: str) -> dict[str, Any]:
    """Return a story as it is written."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def named(path: str) -> Any:
    """Return what a dotted name stands for."""
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


class Player:
    """Plays the deeds of one story; ``at`` is where in the past it stands."""

    def __init__(self, act: Acting, known: dict[str, Any]) -> None:
        self.act, self.at, self.known = act, act.now, known

    def play(self, told: Mapping[str, Any], actions: Mapping[str, str]) -> None:
        """Do what is told, once or for each entry of its list, unless it lacks what it needs."""
        if "ago" in told:
            self.at = self.act.now - length_of(told["ago"])
        if not self.has(told.get("needs", ())):
            return
        action = named(actions[told["do"]])
        for more in self.read(told.get("each", [{}])):
            self._do(action, {**told, **more})

    def has(self, needs: Any) -> bool:
        """Tell whether nothing needed is missing; ``!`` asks for what must not be there."""
        return all(
            not self.read(need[1:]) if need.startswith("!") else self.read(need)
            for need in needs
        )

    def read(self, value: Any) -> Any:
        """Return a value as the action wants it, with what it names."""
        if isinstance(value, list):
            return [self.read(one) for one in value]
        if isinstance(value, dict):
            return {name: self.read(one) for name, one in value.items()}
        if isinstance(value, str):
            return self._said(value)
        return value

    def _do(self, action: Any, told: Mapping[str, Any]) -> None:
        kinds = get_type_hints(action)
        values = {
            name: fitted(self.read(value), kinds.get(name))
            for name, value in told.items()
            if name not in OWN
        }
        by = self.read(told.get("by", self.act.by))
        result = action(self.act.by_another(by).at(self.at), **values)
        if "called" in told:
            self.known[told["called"]] = result

    def _said(self, text: str) -> Any:
        year = {
            "{year}": str(self.act.now.year),
            "{next year}": str(self.act.now.year + 1),
        }
        for gap, filled in year.items():
            text = text.replace(gap, filled)
        if text.startswith("@"):
            return self._named(text[1:])
        if LENGTH.fullmatch(text):
            return (self.act.now if text.startswith("in ") else self.at) + length_of(
                text
            )
        if text.startswith("on ") and re.fullmatch(r"\d{4}-\d\d-\d\d", text[3:]):
            return date.fromisoformat(text[3:])
        return text

    def _named(self, name: str) -> Any:
        kind, _, title = name.partition(":")
        if title and kind in LOOKS:
            return LOOKS[kind](self.act.session, title)
        if title and kind in NAMED:
            title, _, field = title.partition("!")
            return self._row(kind, title, field or "id")
        first, *path = name.split(".")
        found = self.known[first]
        for step in path:
            found = found[int(step)] if step.isdigit() else getattr(found, step)
        return getattr(found, "id", found)

    def _row(self, kind: str, title: str, field: str) -> Any:
        column = NAMED[kind]
        wanted = getattr(column.class_, field)
        return self.act.session.scalars(
            select(wanted).where(column == title).limit(1)
        ).first()


def length_of(text: str) -> timedelta:
    """Return a length of time as a story says it: 7 days."""
    found = LENGTH.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no length of time")
    return timedelta(**{found[2]: int(found[1])})


def fitted(value: Any, kind: Any) -> Any:
    """Return a value as what an action is declared to take: a draft, a word, a day."""
    for one in _kinds(kind):
        if is_dataclass(one) and isinstance(value, dict):
            kinds = get_type_hints(one)
            return one(
                **{name: fitted(part, kinds[name]) for name, part in value.items()}
            )  # type: ignore[operator]
        if isinstance(one, type) and issubclass(one, Enum) and isinstance(value, str):
            return one(value)
    if isinstance(value, datetime) and datetime not in _kinds(kind):
        return value.date()
    if isinstance(value, dict):
        return {name: fitted(part, None) for name, part in value.items()}
    return value


def _kinds(kind: Any) -> Iterator[Any]:
    if get_origin(kind) in (Union, UnionType):
        yield from get_args(kind)
    else:
        yield kind
