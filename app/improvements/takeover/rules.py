"""The register as CSV: which columns it has, what others call them, and what each cell means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.core.errors import Invalid
from app.core.numbers_in import number_of
from app.core.table_columns import Column, Layout, Said, TableIn, TableRow
from app.core.tables_in import plain_heading, plain_word, read_table
from app.core.texts import quoted
from app.improvements.takeover.words import (
    SCALE,
    SIZES,
    SOURCES,
    STATES,
    effort_of,
    hours_in,
)
from app.models.improvements.words import (
    ImprovementKind,
    ImprovementSize,
    ImprovementSource,
    ImprovementState,
)

COLUMNS: Mapping[str, str] = {
    "title": "title",
    "kind": "kind",
    "state": "state",
    "source": "source",
    "source text": "source_text",
    "raised by": "source_who",
    "owner": "owner",
    "sponsor": "sponsor",
    "service": "service",
    "objective": "objective",
    "for whom": "audience",
    "vision": "vision",
    "where we are": "where_now",
    "where we want to be": "where_to",
    "how": "how",
    "size": "size",
    "value": "value",
    "urgency": "urgency",
    "risk": "risk",
    "job size": "job_size",
    "required by": "required_by",
    "cost of doing nothing": "nothing_cost",
    "risk of doing nothing": "nothing_risk",
    "eligible people": "eligible",
    "time budget in hours": "budget_hours",
}
"""Column of the file by field; further columns of an export tell what is computed and are not read
back.
"""

ALIASES: Mapping[str, tuple[str, ...]] = {
    "title": ("name", "improvement", "opportunity", "summary", "subject"),
    "where_now": ("description", "details"),
    "kind": ("type", "category"),
    "state": ("status",),
    "source_who": ("submitted by", "requested by", "reported by"),
    "owner": ("assigned to", "responsible", "to be actioned by", "assignee"),
    "where_to": ("benefit",),
    "objective": ("justification", "business objective"),
    "urgency": ("priority",),
    "job_size": ("effort",),
    "required_by": ("target date", "due date", "due", "date required by"),
}
BESIDE: Mapping[str, tuple[str, ...]] = {
    "ref": ("opportunity number", "opportunity no", "ref", "id"),
    "timescale": ("timescale", "time scale"),
    "kpi": ("kpi metric", "kpi", "metric kpi"),
}
"""What a CSI register says besides (ITIL, Continual Service Improvement, appendix B): it stays in
the words of where it came from.
"""
RAISED_ON = ("raised on", "date raised", "created", "date created", "raised")
COMPUTED = (
    "number",
    "score",
    "next step",
    "next step by",
    "next step due",
    "votes",
    "iterations",
    "metric",
    "latest value",
    "target",
    "needs attention",
)
LONGEST_TITLE = 200


def parse(text: str, said: Said | None = None) -> TableIn:
    """Read a register; without a column for the title the first sentence of the description is it.

    Raises ``Invalid`` with a sentence when it has neither.
    """
    try:
        found = read_table(
            text,
            LAYOUT,
            said,
        )
    except Invalid:
        try:
            found = read_table(
                text,
                UNTITLED,
                said,
            )
        except Invalid:
            found = read_table(
                text,
                LAYOUT,
                said,
            )
    places = {plain_heading(head): at for at, head in enumerate(found.header)}
    effort = places.get(plain_heading(found.found.get("job_size", "")))
    rows = (
        _whole_row(
            row,
            found.found,
            effort,
        )
        for row in found.rows
    )
    return replace(found, rows=tuple(rows))


def _whole_row(row: TableRow, found: Mapping[str, str], effort: int | None) -> TableRow:
    """Give a row its title, the hours its effort tells, and the words of columns besides."""
    values = dict(row.values)
    if not values.get("title") and values.get("where_now"):
        values["title"] = _first_sentence(values["where_now"])
    hours = hours_in(row.cells[effort]) if effort is not None else None
    if hours is not None:
        values.setdefault("budget_hours", hours)
    besides = [
        f"{found[name]}: {values.pop(name)}" for name in BESIDE if values.get(name)
    ]
    if besides:
        said = [values["source_text"]] if values.get("source_text") else []
        values["source_text"] = "\n".join([*said, *besides])
    wrong = row.wrong
    if not values.get("title") and not wrong:
        wrong = ("It has no title.",)
    return replace(
        row,
        values=values,
        wrong=wrong,
    )


def _first_sentence(text: str) -> str:
    line = text.strip().splitlines()[0]
    sentence = line.partition(". ")[0]
    if len(sentence) <= LONGEST_TITLE:
        return sentence
    return sentence[: LONGEST_TITLE - 1].rpartition(" ")[0] + "…"


@dataclass(frozen=True, slots=True)
class WordMeant:
    """A word of a file in a column of words, and what it is taken to mean; nothing: not known."""

    field: str
    heading: str
    word: str
    means: Any


def words_meant(table: TableIn) -> list[WordMeant]:
    """Return the words of a file in their order, with what they mean as it stands."""
    found: dict[tuple[str, str], WordMeant] = {}
    places = {plain_heading(head): at for at, head in enumerate(table.header)}
    for field in CHOICES:
        heading = table.found.get(field, "")
        at = places.get(plain_heading(heading)) if heading else None
        if at is None:
            continue
        for row in table.rows:
            word = row.cells[at] if at < len(row.cells) else ""
            if word:
                meant = WordMeant(
                    field,
                    heading,
                    word,
                    row.values.get(field, ""),
                )
                found.setdefault((field, plain_word(word)), meant)
    return list(found.values())


def _whole(text: str) -> int:
    number = number_of(text)
    if number != int(number):
        raise ValueError(f"{quoted(text)} is no whole number.")
    return int(number)


def _one_of(kind: Any) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.lower() not in list(kind):
            raise ValueError(f"{quoted(text)} is none of: {', '.join(kind)}.")
        return text.lower()

    return read


def _size(text: str) -> str:
    if text.upper() not in list(ImprovementSize):
        raise ValueError(f"{quoted(text)} is none of: {', '.join(ImprovementSize)}.")
    return text.upper()


WORDS: Mapping[str, Mapping[str, Any]] = {
    "state": STATES,
    "source": SOURCES,
    "size": SIZES,
    **dict.fromkeys(("value", "urgency", "risk", "job_size"), SCALE),
}
CHOICES: Mapping[str, tuple[Any, ...]] = {
    "state": tuple(ImprovementState),
    "kind": tuple(ImprovementKind),
    "source": tuple(ImprovementSource),
    "size": tuple(ImprovementSize),
    **dict.fromkeys(("value", "urgency", "risk", "job_size"), tuple(range(1, 11))),
}
"""What a word of these columns can mean."""
READERS: Mapping[str, Callable[[str], str | int | float]] = {
    **dict.fromkeys(("value", "urgency", "risk", "eligible"), _whole),
    "job_size": lambda text: effort_of(text) or _whole(text),
    "kind": _one_of(ImprovementKind),
    "state": _one_of(ImprovementState),
    "source": _one_of(ImprovementSource),
    "size": _size,
    "budget_hours": number_of,
}


def _columns(aliases: Mapping[str, tuple[str, ...]]) -> tuple[Column, ...]:
    own = [
        Column(
            name,
            (heading, *aliases.get(name, ())),
            READERS.get(name, str),
            kind="day" if name == "required_by" else "text",
            words=WORDS.get(name, {}),
        )
        for heading, name in COLUMNS.items()
    ]
    besides = [Column(name, headings) for name, headings in BESIDE.items()]
    return (
        *own,
        *besides,
        Column(
            "raised_on",
            RAISED_ON,
            kind="day",
        ),
    )


LAYOUT = Layout(
    _columns(ALIASES),
    needed=("title",),
    computed=COMPUTED,
    each_once=False,
)
UNTITLED = replace(LAYOUT, needed=("where_now",))
