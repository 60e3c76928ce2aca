"""A business case as Markdown, as a frozen text with its hash, and against another day's."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from app.core.figures import day
from app.improvements.case.rules import Case, Section, Sentence
from app.improvements.rungs.snapshot import SnapshotContent, freeze

_SPECIAL = re.compile(r"([\\`*_~{}\[\]<>#|])")
_LIST_START = re.compile(r"^(\s*)([-+]|\d+[.)])(\s)")


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed in one section between two days: sentences that came, went, or read differently
    (old, new).
    """

    title: str
    added: tuple[Sentence, ...]
    removed: tuple[Sentence, ...]
    changed: tuple[tuple[Sentence, Sentence], ...]


def as_markdown(case: Case, address: Callable[[str], str]) -> str:
    """Return the case as Markdown; ``address`` turns a record such as ``finding:12`` into a
    link.
    """
    lines = [
        f"# {escaped(case.title)}",
        "",
        f"Business case as of {day(case.as_of)}.",
        "",
    ]
    for section in case.sections:
        lines += [f"## {section.title}", ""]
        lines += [
            f"- {escaped(s.text)} [{record_named(s.record)}]({address(s.record)})"
            for s in section.sentences
        ]
        lines += [] if section.sentences else [section.empty]
        lines.append("")
    return "\n".join(lines)


def record_named(record: str) -> str:
    """Return how a record is called where people read it: what pages call a rung is a rung."""
    kind, _colon, number = record.partition(":")
    return f"{'rung' if kind == 'iteration' else kind} {number}"


def frozen(case: Case) -> SnapshotContent:
    """Freeze a case with its hash, so that what was decided upon can be shown later."""
    return freeze({"case": case})


def compare(old: Case, new: Case) -> tuple[Difference, ...]:
    """Return what changed from one case to the other, section by section; sections without a change
    are left out.
    """
    before = {section.key: section for section in old.sections}
    found = (_difference(before.get(section.key), section) for section in new.sections)
    return tuple(one for one in found if one.added or one.removed or one.changed)


def escaped(text: str) -> str:
    """Return text that Markdown shows as it was typed, on one line."""
    line = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return _LIST_START.sub(r"\1\\\2\3", line)


def _difference(old: Section | None, new: Section) -> Difference:
    """Pair what left with what came, record by record, in order; the rest came or went."""
    before = old.sentences if old else ()
    gone = [sentence for sentence in before if sentence not in new.sentences]
    came = [sentence for sentence in new.sentences if sentence not in before]
    changed = []
    for sentence in list(gone):
        pair = next((other for other in came if other.record == sentence.record), None)
        if pair:
            changed.append((sentence, pair))
            gone.remove(sentence)
            came.remove(pair)
    return Difference(new.title, tuple(came), tuple(gone), tuple(changed))
