"""Words of messages: where to begin, what is no promise, no guess and no defence, and how it looks
when it is sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.core.spoken_times import said_at

LONGEST_SUBJECT = 200
BLANK = re.compile(r"\[[^\]\n]{2,80}\]")
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
NEWS = re.compile(
    r"\b(next (update|message|news)|write again|hear from us|(update|inform|tell|write to) you)\b",
    re.I,
)
WORKS = r"(?:fixed|restored|solved|resolved|repaired|back|working|available|up|done|finished|over)"
MANY = r"(?:\d+|an?|one|two|three|a few|half an)"
SPAN = rf"(?:about |around |some |another |roughly |at most )?{MANY} ?(?:min|hour|day|week|h\b)"
DAY = (
    r"(?:\d|noon|midnight|today|tonight|tomorrow|lunch|the end|close of|mon|tues|wednes|thurs|fri"
    r"|satur|sun)"
)
PROMISES = (
    re.compile(
        rf"\b(?:will|shall|should|(?:is|are) going to|'ll)\b[^.!?]{{0,30}}\b{WORKS}\b",
        re.I,
    ),
    re.compile(
        rf"\b{WORKS}\b(?: again)? (?:by|before|at|until|from|within|no later than) {DAY}",
        re.I,
    ),
    re.compile(rf"\b{WORKS}\b(?: again)? (?:in|within) {SPAN}", re.I),
    re.compile(
        rf"\b(?:takes?|lasts?|need|needs|for) (?:only )?(?:another |more )?{SPAN}", re.I
    ),
    re.compile(
        r"\b(?:ETA|estimated (?:time|end|duration)|expected (?:end|duration|to (?:be|last|end)))\b",
        re.I,
    ),
    re.compile(
        r"\b(?:no|not) later than\b|\bas soon as possible\b|\bin a moment\b|\bany minute\b"
        r"|\bsoon\b",
        re.I,
    ),
)
GUESSES = re.compile(
    r"\b(?:probably|maybe|perhaps|possibly|presumably|supposedly|we (?:think|guess|believe"
    r"|assume|suspect)"
    r"|(?:seems?|appears?) to|might be|could be|likely)\b",
    re.IGNORECASE,
)
DEFENCES = re.compile(
    r"\b(?:not (?:our|my) (?:fault|side|job|problem|responsibility)|not on (?:our|my) side"
    r"|your (?:own )?fault"
    r"|you should have|you must have|you failed|you forgot|user error|as (?:already|we|I) "
    r"(?:said|told|wrote|mentioned)"
    r"|obviously|calm down|be patient|stop calling|do not call|don't call|works for (?:us|me)"
    r"|nothing we can do|not possible otherwise|only a few users|just a)\b|!!",
    re.IGNORECASE,
)
OPENINGS: Mapping[str, tuple[str, str]] = {
    "investigating": (
        "{service}: we are looking into it",
        "{service} does not work as it should{where} since {since}. {team} is working on it.\n"
        "What you may notice: [what people see].",
    ),
    "scope": (
        "{service}: who is affected",
        "Affected: {service}{where}, since {since}.\nNot affected: [what still works].\n"
        "What helps meanwhile: [workaround, or “we know of none yet”].",
    ),
    "update": (
        "{service}: where we are",
        "{service} still does not work as it should{where}. {team} is working on it.\n"
        "Since the last message: [what changed, or “nothing has changed”].",
    ),
    "restored": (
        "{service} works again",
        "{service} works again{where} since {now}.\nLost or to be done again: [what, or "
        "“nothing”].\n"
        "If it still does not work for you, please tell the service desk.",
    ),
    "planned work": (
        "{service}: planned work",
        "We work on {service}{where} from [day and time] to [day and time].\nDuring that "
        "time: [what does not work].",
    ),
}
"""Subject and text to begin with; what stands in brackets is filled in by a person, and nothing is
guessed.
"""


@dataclass(frozen=True, slots=True)
class Checked:
    """What is wrong with a text. ``must`` has to be reworded; ``ask`` is asked about once."""

    must: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()


def opening(kind: str, facts: Mapping[str, str]) -> tuple[str, str]:
    """Return subject and text to begin with, from what is known."""
    subject, text = OPENINGS.get(kind, OPENINGS["update"])
    return subject.format(**facts), text.format(**facts)


def checked(kind: str, text: str) -> Checked:
    """Check the words of a message; what was restored and what is planned has its times and may
    name them.
    """
    must = [f"Fill in “{blank}” or take it out." for blank in BLANK.findall(text)]
    if kind not in ("restored", "planned work"):
        must += [
            f"“{found}” promises an end. Say what is done, and when the next message comes."
            for found in promises(text)
        ]
    ask = [
        f"“{found}” is a guess. Say what is known." for found in _found(GUESSES, text)
    ]
    ask += [
        f"“{found}” sounds defensive. Say what is done for people instead."
        for found in defences(text)
    ]
    return Checked(tuple(must), tuple(ask))


def promises(text: str) -> list[str]:
    """Return the words that promise an end of the trouble; when the next message comes may be
    promised.
    """
    sentences = [
        sentence for sentence in SENTENCE.split(text) if not NEWS.search(sentence)
    ]
    found = [
        match.group(0).strip()
        for each in sentences
        for pattern in PROMISES
        if (match := pattern.search(each))
    ]
    return list(dict.fromkeys(found))


def defences(text: str) -> list[str]:
    """Return the words that defend us or blame somebody."""
    return _found(DEFENCES, text)


def composed(
    text: str, signed_by: str, next_update_at: datetime | None, zone: str
) -> str:
    """Return a message as it is sent: the text, when the next one comes, and whose name stands
    under it.
    """
    parts = [text.strip()]
    if next_update_at is not None:
        parts.append(
            f"Next message: {said_at(next_update_at, zone)}, earlier if something changes."
        )
    parts.append(signed_by)
    return "\n\n".join(parts)


def span(minutes: int) -> str:
    """Return minutes as people say them: "15 minutes", "2 hours", "1 day"."""
    for size, word in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes and minutes % size == 0:
            count = minutes // size
            return f"{count} {word}" if count == 1 else f"{count} {word}s"
    return "no time"


def _found(pattern: re.Pattern[str], text: str) -> list[str]:
    return list(dict.fromkeys(match.group(0) for match in pattern.finditer(text)))
