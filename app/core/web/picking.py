"""Whom or what a text in a field means: taken when only one can be meant, else offered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast

from flask import current_app

from app.core.finding import KEY, Findable, Finder, Hit, Question
from app.core.parts import parts
from app.core.texts import row_number

ROW = re.compile(r"row:(\d{1,10})")
"""What the choice of one of several that were offered sends."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was meant, or those that may be meant; neither when nothing is called so."""

    one: Hit | None = None
    offered: tuple[Hit, ...] = ()


def finder_of(kind: str) -> Finder | None:
    """Return how things of a kind are found."""
    found = cast(Findable, current_app.extensions[KEY])
    return next(
        (each for each in (*found.finders, *found.pickers) if each.key == kind), None
    )


def pick(kind: str, text: str, *, loose: bool = False) -> Choice:
    """Return what a text means.

    ``loose``: other texts are welcome too, so only what was chosen counts.
    """
    finder = finder_of(kind)
    if finder is None:
        return Choice()
    row = ROW.fullmatch(text)
    number = row_number(row[1]) if row else None
    asked = Question.of(finder.key_in(text)) if not row else Question("", row=number)
    with parts().database.read() as session:
        found = finder.find(session, asked)
    same = [hit for hit in found.shown if row or hit.filled == text]
    exact = same or [hit for hit in found.shown if hit.exact and not loose]
    if len(exact) == 1:
        return Choice(exact[0])
    if loose:
        return Choice()
    return Choice(found.shown[0]) if found.total == 1 else Choice(None, found.shown)


def filled(kind: str, key: str) -> str:
    """Return what stands in the field for what is kept as ``key``; the key for what is gone."""
    finder = finder_of(kind)
    if finder is None or not key:
        return key
    with parts().database.read() as session:
        found = finder.find(session, Question.of(key)).shown
    return next((hit.filled for hit in found if hit.key == key), key)


def filled_row(kind: str, number: int) -> str:
    """Return what stands in the field for the row of a number; nothing when there is none."""
    finder = finder_of(kind)
    if finder is None:
        return ""
    with parts().database.read() as session:
        found = finder.find(session, Question("", row=number)).shown
    return found[0].filled if found else ""
