"""Templates to start an improvement from: read from TOML that people can edit, checked before it is
used.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.said import asking, said
from app.models.improvements.words import (
    Direction,
    FindingKind,
    Funding,
    ImprovementKind,
    ImprovementSize,
    ImprovementSource,
    Period,
    Tally,
)

WORDS: Mapping[str, tuple[str, ...]] = {
    "role": ("primary", "guardrail", "other"),
    "scope": ("participants", "service"),
    "source": ("typed in", "incident query", "pulse", "directory query"),
    "direction": tuple(Direction),
    "period": tuple(Period),
    "tally": tuple(Tally),
}
TOKENS = re.compile(
    r'''"""(?:\\.|[^\\])*?"""|\'{3}.*?\'{3}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|(\#[^\n]*)''',
    re.DOTALL,
)
"""What of a text in TOML may hold a ``#``: strings, and comments as the one group."""

METRIC_TEXTS = ("name", "definition", "unit", *WORDS)
METRIC_OTHERS = ("target", "skewed", "full_count", "floor")
LISTS: Mapping[str, tuple[str, ...]] = {
    "ladder": ("people", "what"),
    "agenda": ("minutes", "topic"),
    "findings": ("kind", "title"),
    "pictures": ("audience", "text"),
    "links": ("title", "url"),
    "tasks": ("what", "rung", "days"),
}
UNASKED = {"tasks": ("rung", "days")}
"""What a row need not say: a task of no rung belongs to the improvement, one of no day has none."""
SENTENCES = ("expectations", "adoption", "practices")
HEAD = ("title", "kind", "summary")
ANSWERS = ("skewed", "full_count", "desk_involved", "reuses_tool")
DAYS = ("required_by", "forecast_shown_on", "everyone_has_it_on")
NUMBERS = (
    "target",
    "floor",
    "people",
    "minutes",
    "rung",
    "days",
    "parent_id",
    "value",
    "urgency",
    "risk",
    "job_size",
    "confidence",
    "budget_hours",
    "eligible",
    "undo_capacity",
)
FIELD_WORDS: Mapping[str, tuple[str, ...]] = {
    "source": tuple(ImprovementSource),
    "size": tuple(ImprovementSize),
    "funding": tuple(Funding),
}
"""The fields of an improvement that hold one of a few words."""


class Unreadable(ValueError):
    """Why a text is no template: ``faults`` has all of it, each sentence with its place."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(faults[0])
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Template:
    """One template.

    ``fields`` are those of an improvement, ``metrics`` those of a metric, by their names.

    ``ladder`` has for each rung how many people and what changes, ``agenda`` the kick-off by
    minutes and topic, ``findings`` what others found, ``adoption`` what moved people elsewhere,
    ``tasks`` what is to be done, of which ``rung`` of the ladder and in how many ``days``.
    """

    key: str
    title: str
    kind: str
    summary: str
    fields: Mapping[str, Any]
    metrics: tuple[Mapping[str, Any], ...]
    ladder: tuple[Mapping[str, Any], ...]
    agenda: tuple[Mapping[str, Any], ...]
    findings: tuple[Mapping[str, Any], ...]
    pictures: tuple[Mapping[str, Any], ...]
    links: tuple[Mapping[str, Any], ...]
    tasks: tuple[Mapping[str, Any], ...]
    expectations: tuple[str, ...]
    adoption: tuple[str, ...]
    practices: tuple[str, ...]

    @property
    def minutes(self) -> int:
        """How long the kick-off takes."""
        return sum(item["minutes"] for item in self.agenda)

    def tasks_of(self, rung: int = 0) -> list[Mapping[str, Any]]:
        """Return what is to be done for a rung of the ladder, counted from 1, or for the whole."""
        return [one for one in self.tasks if one.get("rung", 0) == rung]


def parse(key: str, text: str) -> Template:
    """Read a template. Raises ``Unreadable`` with all that is wrong with it."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        why = said("This is no TOML: %(error)s.", error=str(error))
        raise Unreadable([why]) from error
    faults = list(_faults(told))
    if faults:
        raise Unreadable(faults)
    rows: dict[str, Any] = {name: tuple(told.get(name, ())) for name in LISTS}
    sentences: dict[str, Any] = {name: _sentences(told, name) for name in SENTENCES}
    return Template(
        key=key,
        title=told["title"].strip(),
        kind=told["kind"],
        summary=told["summary"].strip(),
        fields=_fields(told),
        metrics=tuple(told.get("metrics", ())),
        **rows,
        **sentences,
    )


def misfits(template: Template) -> Iterator[str]:
    """Tell what can be read in a template and yet fits no field it is for, each with its place."""
    if template.kind not in tuple(ImprovementKind):
        yield _no_word("kind", template.kind, tuple(ImprovementKind))
    yield from _unfit("fields", template.fields)
    for name, words in FIELD_WORDS.items():
        value = template.fields.get(name, words[0])
        if value not in words:
            yield _no_word(f"fields-{name}", value, words)
    for name in ("metrics", *LISTS):
        for number, row in enumerate(getattr(template, name)):
            yield from _unfit(f"{name}-{number}", row)
    for number, row in enumerate(template.tasks):
        if row.get("rung", 0) > len(template.ladder):
            sentence = said("The ladder has no rung %(number)s.", number=row["rung"])
            yield asking(f"tasks-{number}-rung", sentence)


def written(told: Mapping[str, Any]) -> str:
    """Return as TOML what ``parse`` reads: texts and lists of sentences first, then ``fields``,
    then the rows.
    """
    rows = [name for name in ("metrics", *LISTS) if name in told]
    blocks = [_lines({name: told[name] for name in (*HEAD, *SENTENCES)})]
    blocks.append("[fields]\n" + _lines(told["fields"]))
    for name in rows:
        blocks += [f"[[{name}]]\n" + _lines(row) for row in told[name]]
    return "\n".join(blocks)


def _lines(values: Mapping[str, Any]) -> str:
    return "".join(f"{name} = {_toml(value)}\n" for name, value in values.items())


def _toml(value: Any) -> str:
    if isinstance(value, str):
        quoted = json.dumps(value, ensure_ascii=False)
        return quoted.replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        inner = "".join(f"  {_toml(one)},\n" for one in value)
        return f"[\n{inner}]"
    return str(int(value) if float(value).is_integer() else value)


def _faults(told: Mapping[str, Any]) -> Iterator[str]:
    known = (*HEAD, "fields", "metrics", *LISTS, *SENTENCES)
    yield from _unknown(told, known, said("The template"), "")
    for name in HEAD:
        if not isinstance(told.get(name), str) or not told[name].strip():
            yield asking(name, said("The template needs a %(name)s.", name=name))
    for name in LISTS:
        yield from _row_faults(told, name)
    for name in SENTENCES:
        if not _are(told.get(name, []), str):
            sentence = said("%(name)s is a list of sentences.", name=name.capitalize())
            yield asking(name, sentence)
    if not isinstance(told.get("fields", {}), dict):
        yield said("[fields] holds the texts of the improvement by name.")
    if _are(told.get("metrics", []), dict):
        yield from _metric_faults(told.get("metrics", []))
    else:
        yield said("Write each metric under [[metrics]].")


def _row_faults(told: Mapping[str, Any], name: str) -> Iterator[str]:
    rows, wanted = told.get(name, []), LISTS[name]
    if not _are(rows, dict):
        columns = " and ".join(wanted)
        yield said("Each row of %(name)s has %(columns)s.", name=name, columns=columns)
        return
    for number, row in enumerate(rows):
        place = f"{name}-{number}-"
        yield from _unknown(row, wanted, said("A row of %(name)s", name=name), place)
        for column in wanted:
            if column not in row and column not in UNASKED.get(name, ()):
                sentence = said(
                    "In a row of %(name)s there is no %(column)s.",
                    name=name,
                    column=column,
                )
                yield asking(place + column, sentence)
        yield from _value_faults(row, place)


def _value_faults(row: Mapping[str, Any], place: str) -> Iterator[str]:
    for name in ("people", "minutes", "rung", "days"):
        value = row.get(name, 1)
        if not isinstance(value, int) or value < 1:
            sentence = said("%(name)s is a whole number from 1 up.", name=name)
            yield asking(place + name, sentence)
    kinds = tuple(FindingKind)
    if row.get("kind", kinds[0]) not in kinds:
        listed = ", ".join(kinds)
        sentence = said("The kind of a finding is one of: %(kinds)s.", kinds=listed)
        yield asking(f"{place}kind", sentence)


def _metric_faults(metrics: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    primary = 0
    for number, one in enumerate(metrics):
        place = f"metrics-{number}"
        name = one.get("name") or said("without a name")
        whose = said("The metric %(name)s", name=name)
        yield from _unknown(one, (*METRIC_TEXTS, *METRIC_OTHERS), whose, f"{place}-")
        for wanted in ("name", "direction"):
            if not one.get(wanted):
                sentence = said("%(whose)s needs a name and a direction.", whose=whose)
                yield asking(f"{place}-{wanted}", sentence)
        yield from _word_faults(one, name, place)
        primary += one.get("role") == "primary"
        if primary > 1 and one.get("role") == "primary":
            yield asking(f"{place}-role", said("One primary metric is enough."))


def _word_faults(one: Mapping[str, Any], name: str, place: str) -> Iterator[str]:
    for key, words in WORDS.items():
        if key in one and one[key] not in words:
            sentence = said(
                "The %(key)s of the metric %(name)s is one of: %(words)s.",
                key=key,
                name=name,
                words=", ".join(words),
            )
            yield asking(f"{place}-{key}", sentence)


def _unknown(
    told: Mapping[str, Any], known: tuple[str, ...], whose: str, place: str
) -> Iterator[str]:
    for name in sorted(set(told) - set(known)):
        sentence = said(
            "%(whose)s has “%(name)s”, which means nothing here.",
            whose=whose,
            name=name,
        )
        yield asking(place + name, sentence)


def _unfit(place: str, row: Mapping[str, Any]) -> Iterator[str]:
    for name, value in row.items():
        if not isinstance(value, _kinds(name)) or (
            isinstance(value, bool) and name not in ANSWERS
        ):
            sentence = said(
                "%(value)s does not fit %(name)s.", value=str(value), name=name
            )
            yield asking(f"{place}-{name}", sentence)


def _kinds(name: str) -> tuple[type, ...]:
    if name in NUMBERS:
        return (int, float)
    if name in DAYS:
        return (date,)
    return (bool,) if name in ANSWERS else (str,)


def _no_word(place: str, value: str, words: tuple[str, ...]) -> str:
    listed = ", ".join(words)
    sentence = said("“%(value)s” is none of: %(kind)s.", value=value, kind=listed)
    return asking(place, sentence)


def _are(found: Any, kind: type) -> bool:
    return isinstance(found, list) and all(isinstance(one, kind) for one in found)


def _fields(told: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        name: value.strip() if isinstance(value, str) else value
        for name, value in told.get("fields", {}).items()
    }


def _sentences(told: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(" ".join(one.split()) for one in told.get(name, []))


def comments_of(text: str) -> tuple[str, ...]:
    """Return the comments of a template's text, which no field of the form can hold."""
    found = (match[1] for match in TOKENS.finditer(text))
    return tuple(one.lstrip("# ").rstrip() for one in found if one)
