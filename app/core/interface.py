"""What programs may send, in one description a room: checked against it, and printed from it as
OpenAPI.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from app.core.errors import Invalid
from app.core.said import said
from app.core.texts import LARGEST_NUMBER, without_controls

LONGEST = {
    "title": 400,
    "requester": 400,
    "who": 400,
    "reason": 4000,
    "what": 8000,
    "cause": 8000,
}
LONGEST_TEXT = 100_000
"""Characters of a string, where no other limit is named above."""

TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "number": (int, float),
}
Fields = Mapping[str, tuple[str, bool]]
NUMBERS = re.compile(r"{(\w+)}")
SIGNED = ("X-Rung-Timestamp", "X-Rung-Signature")
"""The headers of who signs what he sends instead of showing a key."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing a program can ask for.

    ``body`` names each field with its type and whether it must be sent; a number in the path is
    written as ``{incident_id}``.
    """

    method: str
    path: str
    summary: str
    scope: str = "desk"
    body: Fields | None = None
    query: tuple[str, ...] = ()


def checked(fields: Fields, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was sent.

    Raises ``Invalid`` naming the field that is unknown, missing or of another type.
    """
    for name, value in sent.items():
        if name not in fields:
            raise Invalid(said("There is no field %(name)s.", name=name), field=name)
        if type(value) not in TYPES[fields[name][0]]:
            raise Invalid(
                said(
                    "%(name)s has to be of type %(value)s.",
                    name=name,
                    value=fields[name][0],
                ),
                field=name,
            )
        if objection := _objection(name, value):
            raise Invalid(
                said(
                    "%(name)s %(objection)s",
                    name=name,
                    objection=objection,
                ),
                field=name,
            )
    for name, (_, must) in fields.items():
        if must and name not in sent:
            raise Invalid(said("%(name)s is missing.", name=name), field=name)
    return dict(sent)


def demand_known(
    operations: Iterable[Operation], path: str, asked: Iterable[str]
) -> None:
    """Raise ``Invalid`` for a query parameter that nobody reads: a slip in its name would return
    everything.
    """
    known = {name for each in operations if each.path == path for name in each.query}
    for name in asked:
        if name not in known:
            raise Invalid(
                said(
                    "There is no parameter %(name)s. Known: %(value)s.",
                    name=name,
                    value=", ".join(sorted(known)) or "none",
                ),
                field=name,
            )


def _objection(name: str, value: Any) -> str:
    if type(value) is int and abs(value) > LARGEST_NUMBER:
        return f"is too large: at most {LARGEST_NUMBER}."
    if isinstance(value, float) and not isfinite(value):
        return "is no number."
    if not isinstance(value, str):
        return ""
    if value != without_controls(value):
        return "holds control characters or halves of letters; send text."
    longest = LONGEST.get(name, LONGEST_TEXT)
    return (
        f"is too long: at most {longest:,} characters." if len(value) > longest else ""
    )


def described(operations: Iterable[Operation]) -> dict[str, Any]:
    """Return the description of all that can be asked for as an OpenAPI 3.1 document."""
    paths: dict[str, Any] = {}
    for each in operations:
        paths.setdefault(each.path, {})[each.method] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Rung", "version": "1"},
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}
        },
        "security": [{"token": []}],
    }


def _operation(each: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {
        "summary": each.summary,
        "description": f"Scope: {each.scope}",
        "parameters": [
            {"name": name, "in": "query", "schema": {"type": "string"}}
            for name in each.query
        ],
        "responses": {
            "200": {"description": "Done"},
            "429": {"description": "Too often; Retry-After says for how long to wait"},
            "default": {"description": "A problem (RFC 9457)"},
        },
    }
    for name in NUMBERS.findall(each.path):
        schema = {"type": "integer"}
        found["parameters"].append(
            {"name": name, "in": "path", "required": True, "schema": schema}
        )
    if each.scope == "signature":
        found["security"] = []
        found["parameters"] += [
            {
                "name": name,
                "in": "header",
                "required": True,
                "schema": {"type": "string"},
            }
            for name in SIGNED
        ]
    if each.body is not None:
        schema_of = {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                name: _schema(name, kind) for name, (kind, _) in each.body.items()
            },
            "required": [name for name, (_, must) in each.body.items() if must],
        }
        found["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema_of}},
        }
    return found


def _schema(name: str, kind: str) -> dict[str, Any]:
    longest = {"maxLength": LONGEST.get(name, LONGEST_TEXT)} if kind == "string" else {}
    largest = {"maximum": LARGEST_NUMBER} if kind == "integer" else {}
    return {"type": kind, **longest, **largest}
