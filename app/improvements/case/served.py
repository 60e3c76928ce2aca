"""What a business case shows to each of those it is for: their good day, what it brings, whether
they see it.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.core.said import said
from app.improvements.case.gathering import sum_text
from app.improvements.case.records import Fields, Records, day_of, standing
from app.improvements.case.rules import Noted
from app.models.improvements.words import ImprovementNoteKind, Side

SEEN = {True: said("seen"), False: said("not seen"), None: said("not asked yet")}
Kind = ImprovementNoteKind


def served(records: Records) -> Iterator[Noted]:
    """Yield what there is to show, one audience after another in the order they were written
    down.
    """
    lines = [*_noted(records), *_brought(records)]
    names = dict.fromkeys(name.casefold() for name, _ in lines)
    for wanted in names:
        yield from (line for name, line in lines if name.casefold() == wanted)


def _noted(records: Records) -> Iterator[tuple[str, Noted]]:
    for one in standing(records.notes):
        who, text = one["who"], one["text"].rstrip(".")
        if one["kind"] == Kind.PICTURE:
            told = said("%(who)s: a good day is: %(text)s", who=who, text=text)
            yield who, _line(one, told)
        elif one["kind"] == Kind.STAKEHOLDER:
            told = said(
                "%(who)s: success is: %(text)s (%(seen)s)",
                who=who,
                text=text,
                seen=SEEN[one["answer"]],
            )
            yield who, _line(one, told)


def _brought(records: Records) -> Iterator[tuple[str, Noted]]:
    for one in standing(records.costs):
        if one["side"] == Side.BENEFIT and one["for_whom"]:
            who = one["for_whom"]
            told = said(
                "%(who)s: it brings: %(sum)s",
                who=who,
                sum=sum_text({**one, "for_whom": ""}),
            )
            yield who, _line(one, told)


def _line(one: Fields, told: str) -> Noted:
    return Noted(told, one["ref"], day_of(one["created_at"]))
