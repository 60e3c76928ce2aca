"""Words that accuse, and how the same is said as a fact. A hint, never a refusal."""

from __future__ import annotations

import re
from dataclasses import dataclass

ALTERNATIVES = (
    (
        r"not (on|at) (my|our) side|not (my|our) (fault|problem|job|business)",
        "what was checked, and what was found",
    ),
    (r"(your|their) (fault|problem|mistake|job)", "which part fails, and how it was seen"),
    (
        r"as (always|usual)|yet again|once again|for the (hundredth|umpteenth) time",
        "when it happened before",
    ),
    (r"(always|never) (do|does|did|works?|answers?|reads?|cares?)", "how often, and when"),
    (
        r"lazy|stupid|incompetent|idiots?|careless|clueless|nonsense|ridiculous",
        "what happened, without judging people",
    ),
    (r"should have (known|checked|asked|done|read)|failed to", "what is still needed"),
    (r"obviously|of course|clearly|as everybody knows", "how it can be seen"),
    (
        r"refuses? to|(does|do) ?n[o']t want to|could ?n[o']t be bothered",
        "what was asked, and what was answered",
    ),
    (r"blame[ds]?|guilty|screwed up|messed up|broke it", "what changed, and when"),
)
_FOUND = [
    (re.compile(rf"\b(?:{words})\b", re.IGNORECASE), instead) for words, instead in ALTERNATIVES
]


@dataclass(frozen=True, slots=True)
class Hint:
    """A word that reads as an accusation, and what to say instead."""

    word: str
    instead: str


def accusing(text: str) -> list[Hint]:
    """Return the accusing words of a text in their order, each once."""
    plain = text.replace("’", "'")
    found = sorted(
        (match.start(), match[0], instead)
        for pattern, instead in _FOUND
        for match in pattern.finditer(plain)
    )
    return list({word.casefold(): Hint(word, instead) for _, word, instead in found}.values())
