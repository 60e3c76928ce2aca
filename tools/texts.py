"""What of Rung's Python is text for people: what is said in calls, and what states are called.

`babel.cfg` names this as the reader of texts.
"""

from __future__ import annotations

import ast
import io
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

from babel.messages.extract import extract_python

Found = tuple[int, str, Any, list[str]]


def extract(
    file: IO[bytes],
    keywords: Mapping[str, Any],
    comment_tags: Collection[str],
    options: Mapping[str, Any],
) -> Iterator[Found]:
    """Yield the texts of a module."""
    source = file.read()
    yield from extract_python(io.BytesIO(source), keywords, comment_tags, options)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef) and _is_enumeration(node):
            yield from _words(node)


def _is_enumeration(node: ast.ClassDef) -> bool:
    return any(getattr(base, "id", "") == "StrEnum" for base in node.bases)


def _words(node: ast.ClassDef) -> Iterator[Found]:
    for line in node.body:
        value = getattr(line, "value", None)
        if isinstance(line, ast.Assign) and isinstance(value, ast.Constant):
            yield line.lineno, "_", value.value, []
