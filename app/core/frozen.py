"""Frozen values as the plain data that JSON holds, and back; what is damaged is named with its
place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, Self, TypeVar, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
Reader = Callable[[object], Any]
WORDS = {str: "text", int: "number", bool: "yes or no"}


class Damaged(ValueError):
    """The data does not say what the value needs; the sentence names the place."""

    def __init__(self, what: str, *place: str | int) -> None:
        super().__init__(what, *place)
        self.what, self.place = what, place

    def __str__(self) -> str:
        """Say what is wrong, and where: ``people[0].dn is missing.``"""
        parts = (
            f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.place
        )
        return f"{''.join(parts).lstrip('.') or 'The whole'} {self.what}."

    def within(self, part: str | int) -> Damaged:
        """Return the same, seen from what holds it."""
        return Damaged(self.what, part, *self.place)


@dataclass(frozen=True, slots=True)
class Kept:
    """A frozen value that is kept as JSON: texts, numbers, and tuples of such values.

    A field that is None is left out, and one with a usual value may be missing. Words nobody knows
    are passed over: what has to be exactly as it was is compared by its hash.
    """

    def parts(self) -> dict[str, Any]:
        """Return what is kept of the value, each part as the value it is."""
        named = _readers(cast(Any, type(self)))
        found = {name: getattr(self, name) for name in named}
        return {name: value for name, value in found.items() if value is not None}

    def to_json(self) -> dict[str, Any]:
        """Return the value as plain data."""
        return {name: _plain(value) for name, value in self.parts().items()}

    @classmethod
    def from_json(cls, data: object) -> Self:
        """Return the value that ``to_json`` wrote. Raises ``Damaged``."""
        return read(cls, data)


def read(kind: type[T], data: object) -> T:
    """Return the frozen value of a kind that plain data describes. Raises ``Damaged``."""
    if not isinstance(data, Mapping):
        raise Damaged("is no object")
    values, name = {}, ""
    try:  # around all fields at once: plans hold them by the ten thousand
        for name, (reader, may_be_missing) in _readers(cast(Any, kind)).items():
            if name in data or not may_be_missing:
                values[name] = reader(data.get(name))
    except Damaged as error:
        raise error.within(name) from error
    try:
        return kind(**values)
    except ValueError as error:
        raise Damaged(f"cannot be: {error}") from error


def inside(part: str | int, reader: Callable[[object], T], data: object) -> T:
    """Read one part of something; what is damaged there is named with its place."""
    try:
        return reader(data)
    except Damaged as error:
        raise error.within(part) from error


def _plain(value: object) -> Any:
    if isinstance(value, Kept):
        return value.to_json()
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


@cache
def _readers(kind: Any) -> dict[str, tuple[Reader, bool]]:
    """Return how each field of a kind is read, and whether it may be missing."""
    hints = get_type_hints(kind)
    return {
        field.name: (_reader(hints[field.name]), field.default is not MISSING)
        for field in fields(kind)
    }


@cache
def _reader(wanted: Any) -> Reader:
    if isinstance(wanted, UnionType):
        wanted = next(kind for kind in get_args(wanted) if kind is not NoneType)
    if get_origin(wanted) is tuple:
        first, *others = get_args(wanted)
        if others == [Ellipsis]:
            return partial(_all, _reader(first))
        return partial(_each, [_reader(kind) for kind in (first, *others)])
    if issubclass(wanted, Kept):
        return cast(Reader, wanted.from_json)
    return partial(read if is_dataclass(wanted) else _word, wanted)


def _word(kind: type, data: object) -> object:
    if type(data) is not kind:
        raise Damaged("is missing" if data is None else f"is no {WORDS[kind]}")
    return data


def _all(reader: Reader, data: object) -> tuple[Any, ...]:
    items = _listed(data)
    try:
        return tuple(map(reader, items))
    except Damaged:  # once more, to name the place: whole plans pass here
        return tuple(inside(number, reader, item) for number, item in enumerate(items))


def _each(readers: Iterable[Reader], data: object) -> tuple[Any, ...]:
    items, wanted = _listed(data), list(readers)
    if len(items) != len(wanted):
        raise Damaged(f"has {len(items)} entries, not {len(wanted)}")
    return tuple(map(inside, range(len(items)), wanted, items))


def _listed(data: object) -> list[object]:
    if not isinstance(data, list):
        raise Damaged("is missing" if data is None else "is no list")
    return data
