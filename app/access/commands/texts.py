"""Waves as lines of text: losses first, then gains, then what is kept, then who is left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sized
from typing import Any

from app.access.rules import could_not
from app.core.terminal import table

Told = Mapping[str, Any]


def listed(headers: str, items: Iterable[Told], *keys: str) -> str:
    """Return a table of the values under ``keys``; headers are separated by ``|``."""
    return table(headers.split("|"), [[item[key] for key in keys] for item in items])


def counted(number: int, one: str, many: str) -> str:
    """Return a number with its noun, as in ``1 person`` and ``3 people``."""
    return f"{number:,} {one if number == 1 else many}"


def of_all(number: int, people: Sized) -> str:
    """Return how many of all people are somewhere, as in ``1 of 1 person is`` and ``2 of 3 people
    are``.
    """
    return f"{number} of {counted(len(people), 'person is', 'people are')}"


def wave_name(told: Told) -> str:
    """Return how a wave is called in a sentence."""
    return f"Wave {told['number']} of {told['role']}"


def plan_lines(told: Told) -> list[str]:
    """Return the plan of a wave: what it would do to whom."""
    steps = sum(person["steps"]["total"] for person in told["people"])
    kinds = (
        ("losses", "loss", "losses"),
        ("gains", "gain", "gains"),
        ("exceptions", "exception", "exceptions"),
    )
    counts = [counted(len(told[key]), one, many) for key, one, many in kinds]
    moved, out = (
        counted(len(told[key]), "person", "people") for key in ("people", "left_out")
    )
    return [
        f"{_head(told)}: {moved}, {counted(steps, 'change', 'changes')}.",
        f"{', '.join(counts)}; {out} left out.",
        *map(_lost, told["losses"]),
        *(f"Gains {_mine(item)} {item['how']}." for item in told["gains"]),
        *map(_kept, told["exceptions"]),
        *left_out_lines(told),
        *(f"Too much at once: {sentence}" for sentence in told["limits"]),
    ]


def left_out_lines(told: Told) -> list[str]:
    """Return who is left out of a plan, and why."""
    return [
        f"Left out {item['name']} ({item['person']}): {item['why']}"
        for item in told["left_out"]
    ]


def changes_table(people: Iterable[Told]) -> str:
    """Return what changes for each person of a plan."""
    rows = [
        (p["person"], p["name"], len(p["covered"]), _list(p["add"]), _list(p["remove"]))
        for p in people
    ]
    return table(("Person", "Name", "Covered", "Add to", "Take out of"), rows)


def standing_table(people: Iterable[Told]) -> str:
    """Return where each person of a wave stands."""
    rows = [(p["person"], p["name"], _stands(p), _done(p), _why(p)) for p in people]
    return table(("Person", "Name", "State", "Steps", "Why"), rows)


def _stands(person: Told) -> str:
    return f"{person['state']}, paused" if person["paused"] else str(person["state"])


def _why(person: Told) -> str:
    paused = person["paused"]
    why = f"Paused by {paused['by']}. {paused['why']}" if paused else ""
    return f"{person['reason']} {why}".strip()


def undo_lines(people: Iterable[Told]) -> list[str]:
    """Return how the undo of each person went, with what others changed and what stands in the
    way.
    """
    lines = []
    for person in people:
        lines.append(
            f"{person['name']} ({person['person']}): {person['state']}. {person['reason']}".strip()
        )
        lines += [
            f"  Changed by others meanwhile: {text}." for text in person["others"]
        ]
        lines += [
            f"  {text}: repair memberOf, see `rung directory repair-memberof`."
            for text in person["memberof"]
        ]
        lines += [
            f"  Conflict: {could_not(item['sentence'], item['text'])}"
            for item in person["conflicts"]
        ]
    return lines


def counts_text(states: Mapping[str, int]) -> str:
    """Return how many people stand where, as in ``3 soaking, 1 stale``."""
    return ", ".join(f"{count} {state}" for state, count in states.items())


def _head(told: Told) -> str:
    return f"{wave_name(told)} (W {told['wave']}), {told['state']}"


def _lost(item: Told) -> str:
    return f"Loses {_mine(item)}: {item['reason'].rstrip('.')}. Still seen: {item['still_seen']}."


def _kept(item: Told) -> str:
    return (
        f"Keeps {_mine(item)} until {item['until']}, {item['owner']}: {item['reason']}"
    )


def _mine(item: Told) -> str:
    return f"{item['right']} ({item['person']})"


def _done(person: Told) -> str:
    return f"{person['steps']['done']}/{person['steps']['total']}"


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
