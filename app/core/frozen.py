"""Frozen values as the plain data that JSON holds, and back; what is damaged is named with its
place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Self, TypeVar, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


class Damaged(ValueError):
    """The data does not say what the value needs; the sentence names the place."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A frozen value that is kept as JSON: texts, numbers, and tuples of such values.

    A field that is None is left out, and one that may be None may be missing. Words nobody knows
    are passed over: what has to be exactly as it was is compared by its hash.
    """

    def to_json(self) -> dict[str, Any]:
        """Return the value as plain data."""
        return {field.name: _plain(getattr(self, field.name)) for field in _said(self)}

    @classmethod
    def from_json(cls, data: object, place: str = "") -> Self:
        """Return the value that ``to_json`` wrote. Raises ``Damaged``."""
        return read(cls, data, place)


def read(kind: type[T], data: object, place: str = "") -> T:
    """Return the frozen value of a kind that plain data describes. Raises ``Damaged``."""
    if not isinstance(data, Mapping):
        raise Damaged(f"{place or 'The whole'} is no object.")
    values = {
        name: _value(wanted, data.get(name), f"{place}.{name}".lstrip("."))
        for name, (wanted, optional) in _kinds(cast(Any, kind)).items()
        if name in data or not optional
    }
    try:
        return kind(**values)
    except ValueError as error:
        raise Damaged(f"{place or 'The whole'} cannot be: {error}.") from error


def _plain(value: object) -> Any:
    if isinstance(value, Kept):
        return value.to_json()
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _said(value: Kept) -> list[Field[Any]]:
    return [field for field in fields(value) if getattr(value, field.name) is not None]


@cache
def _kinds(kind: Any) -> dict[str, tuple[Any, bool]]:
    """Return what each field of a kind holds, and whether it may be missing."""
    hints = get_type_hints(kind)
    return {field.name: (hints[field.name], field.default is not MISSING) for field in fields(kind)}


def _value(wanted: Any, data: object, place: str) -> Any:
    if isinstance(wanted, UnionType):
        wanted = next(kind for kind in get_args(wanted) if kind is not NoneType)
    if get_origin(wanted) is tuple:
        return _items(get_args(wanted), data, place)
    if issubclass(wanted, Kept):
        return wanted.from_json(data, place)
    if is_dataclass(wanted):
        return read(cast(type[Any], wanted), data, place)
    if type(data) is not wanted:
        raise Damaged(f"{place} is {'missing' if data is None else f'no {_WORDS[wanted]}'}.")
    return data


def _items(kinds: tuple[Any, ...], data: object, place: str) -> tuple[Any, ...]:
    if not isinstance(data, list | tuple):
        raise Damaged(f"{place} is {'missing' if data is None else 'no list'}.")
    wanted = kinds[:1] * len(data) if kinds[-1] is Ellipsis else kinds
    if len(wanted) != len(data):
        raise Damaged(f"{place} has {len(data)} entries, not {len(wanted)}.")
    places = (f"{place}[{number}]" for number in range(len(data)))
    return tuple(map(_value, wanted, data, places))


_WORDS = {str: "text", int: "number", bool: "yes or no"}
