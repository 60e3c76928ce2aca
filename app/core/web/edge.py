"""What every request goes through before a view reads it: numbers a table can hold, texts a table
can keep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from flask import Flask, Request
from werkzeug.datastructures import FileStorage, ImmutableMultiDict
from werkzeug.routing import IntegerConverter, Rule, UnicodeConverter, ValidationError

from app.core.texts import LARGEST_NUMBER, without_controls

LONGEST_NAME = 200


class RowNumber(IntegerConverter):
    """The number of a row in an address; a larger one than any row can have is no page."""

    regex = r"[0-9]{1,10}"

    def __init__(self, map: Any, max: int = LARGEST_NUMBER, **more: Any) -> None:
        super().__init__(map, max=max, **more)


class PlainPart(UnicodeConverter):
    """A text in an address; one with control characters is no page."""

    def to_python(self, value: str) -> str:
        """Return the part as it is.

        Raises ``ValidationError`` for what no address of ours holds.
        """
        if value != without_controls(value):
            raise ValidationError
        return value


class LateRule(Rule):
    """A route that learns how to write its address when it is written first.

    Werkzeug compiles two functions a route as soon as it is added: a tenth of a second for all of
    ours, in every command and every start, of which a command uses next to none.
    """

    def _compile_builder(
        self, append_unknown: bool = True
    ) -> Callable[..., tuple[str, str]]:
        learn = super()._compile_builder

        @cache
        def learned() -> Callable[..., tuple[str, str]]:
            return learn(append_unknown)

        def write(rule: Rule, /, **values: Any) -> tuple[str, str]:
            return learned()(rule, **values)

        return write


class SentTexts(ImmutableMultiDict[str, Any]):
    """Query arguments, form fields and files, without the characters that nobody can type or see.

    Numbers that no column holds count as not given, like any other text that is no number.
    """

    def __init__(self, sent: Any = None) -> None:
        super().__init__(_cleaned(_pairs(sent)))

    def get(  # type: ignore[override]  # werkzeug declares four overloads of this one
        self, key: str, default: Any = None, type: Callable[[Any], Any] | None = None
    ) -> Any:
        """Return one value, converted by ``type`` when it can be."""
        return super().get(key, default, _bounded(type) or _as_it_is)

    def getlist(self, key: str, type: Callable[[Any], Any] | None = None) -> list[Any]:
        """Return all values of a name, without those that ``type`` cannot convert."""
        return super().getlist(key, _bounded(type) or _as_it_is)


class EdgeRequest(Request):
    """A request whose texts are clean."""

    parameter_storage_class = SentTexts


def init_edge(app: Flask) -> None:
    """Put the cleaner before all views; the rooms' addresses have to be added afterwards."""
    app.request_class = EdgeRequest
    app.url_rule_class = LateRule
    app.url_map.converters |= {
        "int": RowNumber,
        "string": PlainPart,
        "default": PlainPart,
    }


def whole_number(text: str) -> int:
    """Return a number that a column holds. Raises ``ValueError``."""
    value = int(text)
    if abs(value) > LARGEST_NUMBER:
        raise ValueError(text)
    return value


def _bounded(kind: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    return whole_number if kind is int else kind


def _as_it_is(value: Any) -> Any:
    return value


def _pairs(sent: Any) -> Iterable[tuple[str, Any]]:
    if sent is None:
        return ()
    if isinstance(sent, dict):
        return ImmutableMultiDict(sent).items(multi=True)
    return sent  # type: ignore[no-any-return]


def _cleaned(pairs: Iterable[tuple[str, Any]]) -> Iterable[tuple[str, Any]]:
    for name, value in pairs:
        if isinstance(value, FileStorage):
            value.filename = without_controls(value.filename or "")[-LONGEST_NAME:]
            yield name, value
        else:
            yield without_controls(name), without_controls(value)
