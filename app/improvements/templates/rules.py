"""Templates to start an improvement from: read from TOML that people can edit, checked before it is
used.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.models.improvements.words import Direction, FindingKind, Period, Tally

WORDS: Mapping[str, tuple[str, ...]] = {
    "role": ("primary", "guardrail", "other"),
    "scope": ("participants", "service"),
    "source": ("typed in", "incident query", "pulse", "directory query"),
    "direction": tuple(Direction),
    "period": tuple(Period),
    "tally": tuple(Tally),
}
METRIC_TEXTS = ("name", "definition", "unit", *WORDS)
METRIC_OTHERS = ("target", "skewed", "full_count", "floor")
LISTS: Mapping[str, tuple[str, ...]] = {
    "ladder": ("people", "what"),
    "agenda": ("minutes", "topic"),
    "findings": ("kind", "title"),
    "pictures": ("audience", "text"),
    "links": ("title", "url"),
}
SENTENCES = ("expectations", "adoption", "practices")
HEAD = ("title", "kind", "summary")


class Unreadable(ValueError):
    """Why a text is no template, in a sentence."""


@dataclass(frozen=True, slots=True)
class Template:
    """One template.

    ``fields`` are those of an improvement, ``metrics`` those of a metric, by their names.

    ``ladder`` has for each rung how many people and what changes, ``agenda`` the kick-off by
    minutes and topic, ``findings`` what others found, ``adoption`` what moved people elsewhere.
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
    expectations: tuple[str, ...]
    adoption: tuple[str, ...]
    practices: tuple[str, ...]

    @property
    def minutes(self) -> int:
        """How long the kick-off takes."""
        return sum(item["minutes"] for item in self.agenda)


def parse(key: str, text: str) -> Template:
    """Read a template. Raises ``Unreadable`` with the first thing that is wrong with it."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(f"This is no TOML: {error}.") from error
    _demand_known(
        told, (*HEAD, "fields", "metrics", *LISTS, *SENTENCES), "the template"
    )
    for name in HEAD:
        if not isinstance(told.get(name), str) or not told[name].strip():
            raise Unreadable(f"The template needs a {name}.")
    rows = {name: _rows(told, name, wanted) for name, wanted in LISTS.items()}
    _check_rows(rows)
    said = {name: _sentences(told, name) for name in SENTENCES}
    return Template(
        key=key,
        title=told["title"].strip(),
        kind=told["kind"],
        summary=told["summary"].strip(),
        fields=_fields(told),
        metrics=_metrics(told),
        ladder=rows["ladder"],
        agenda=rows["agenda"],
        findings=rows["findings"],
        pictures=rows["pictures"],
        links=rows["links"],
        expectations=said["expectations"],
        adoption=said["adoption"],
        practices=said["practices"],
    )


def _fields(told: Mapping[str, Any]) -> Mapping[str, Any]:
    found = told.get("fields", {})
    if not isinstance(found, dict):
        raise Unreadable("[fields] holds the texts of the improvement by name.")
    return {
        name: value.strip() if isinstance(value, str) else value
        for name, value in found.items()
    }


def _metrics(told: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    metrics = told.get("metrics", [])
    if not isinstance(metrics, list) or not all(
        isinstance(one, dict) for one in metrics
    ):
        raise Unreadable("Write each metric under [[metrics]].")
    for one in metrics:
        name = one.get("name") or "without a name"
        _demand_known(
            one,
            (*METRIC_TEXTS, *METRIC_OTHERS),
            f"the metric {name}",
        )
        if not one.get("name") or "direction" not in one:
            raise Unreadable(f"The metric {name} needs a name and a direction.")
        for key, words in WORDS.items():
            if key in one and one[key] not in words:
                raise Unreadable(
                    f"The {key} of the metric {name} is one of: {', '.join(words)}."
                )
    if sum(one.get("role") == "primary" for one in metrics) > 1:
        raise Unreadable("One primary metric is enough.")
    return tuple(metrics)


def _rows(
    told: Mapping[str, Any], name: str, wanted: tuple[str, ...]
) -> tuple[Mapping[str, Any], ...]:
    rows = told.get(name, [])
    if not isinstance(rows, list) or not all(
        isinstance(row, dict) and set(row) == set(wanted) for row in rows
    ):
        raise Unreadable(
            f"Each of [[{name}]] has {' and '.join(wanted)}, and nothing else."
        )
    return tuple(rows)


def _check_rows(lists: Mapping[str, tuple[Mapping[str, Any], ...]]) -> None:
    for name, number in (("ladder", "people"), ("agenda", "minutes")):
        if any(
            not isinstance(row[number], int) or row[number] < 1 for row in lists[name]
        ):
            raise Unreadable(f"In [[{name}]] {number} is a whole number from 1 up.")
    kinds = tuple(FindingKind)
    if any(row["kind"] not in kinds for row in lists["findings"]):
        raise Unreadable(f"The kind of a finding is one of: {', '.join(kinds)}.")


def _sentences(told: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = told.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise Unreadable(f"{name.capitalize()} is a list of sentences.")
    return tuple(one.strip() for one in found)


def _demand_known(told: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    unknown = sorted(set(told) - set(known))
    if unknown:
        raise Unreadable(
            f"{where.capitalize()} has “{unknown[0]}”, which means nothing here."
        )
