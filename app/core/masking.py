"""Secrets in recorded values: which columns hold them, and how they look where they would be
read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from app.core.db import Base
from app.core.plain import noun

MASK = "…"
MARK = re.compile(r"\[#(\d{1,9})-[0-9a-f]{10}\]")
"""What stands in the subject of a mail to a requester: the number of the incident, and its
secret.
"""


def masked(subject: str, values: Any) -> Any:
    """Return recorded values of ``subject``, such as ``incident:17``, without the content of secret
    columns.
    """
    if isinstance(values, Mapping):
        return {
            name: _masked_part(subject, str(name), part)
            for name, part in values.items()
        }
    if isinstance(values, list | tuple):
        return [masked(subject, part) for part in values]
    return without_marks(values) if isinstance(values, str) else values


def without_marks(text: str) -> str:
    """Return a text without the secret in the marks of incidents: ``[#12-…]``."""
    return MARK.sub(rf"[#\1-{MASK}]", text)


def is_secret(subject: str, name: str) -> bool:
    """Tell whether ``name`` in the values of ``subject`` stands for a column that holds a
    secret.
    """
    about, _, column = name.rpartition(".")
    kind = (about or subject).partition(":")[0].replace("-", " ")
    secret, harmless = _declared()
    return (kind, column) in secret or (
        column in _names(secret) and column not in _names(harmless)
    )


def secret_columns() -> list[tuple[type[Base], str]]:
    """Return table and name of every column that holds a secret."""
    return [
        (mapper.class_, column.key)
        for mapper in Base.registry.mappers
        for column in mapper.local_table.c
        if column.info.get("secret")
    ]


def _masked_part(subject: str, name: str, part: Any) -> Any:
    if is_secret(subject, name):
        return MASK if part else part
    return masked(subject, part)


def _names(columns: frozenset[tuple[str, str]]) -> set[str]:
    return {name for _, name in columns}


@lru_cache(maxsize=1)
def _declared() -> tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]:
    every = [
        (noun(mapper.class_), column.key, bool(column.info.get("secret")))
        for mapper in Base.registry.mappers
        for column in mapper.local_table.c
    ]
    secret = frozenset((kind, name) for kind, name, is_one in every if is_one)
    return secret, frozenset((kind, name) for kind, name, is_one in every if not is_one)
