"""What is new in an answer: without the mail it answers and without the signature; and whether it
only thanks.
"""

from __future__ import annotations

import re

from mailparser_reply.parser import EmailMessage as Reply

LANGUAGES = ("en", "de", "fr", "it", "es", "nl")
LONGEST = 20_000
LONGEST_LINE = 200
LONGEST_SIGNATURE = 8
VERBS = re.compile(r"wrote|schrieb|crit|escribi|schreef|scritto", re.IGNORECASE)
ORIGINALS = (
    "Original Message|Ursprüngliche Nachricht|Message d'origine|Messaggio originale|Mensaje "
    "original"
)
PASSED_ON = (
    "Forwarded message|Weitergeleitete Nachricht|Message transféré|Messaggio inoltrato|Mensaje "
    "reenviado"
)
SEPARATOR = re.compile(
    rf"^[ \t]*(?:-{{3,}} ?(?:{ORIGINALS}) ?-{{3,}}|_{{20,}})[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
PASSED = re.compile(rf"^[ \t]*-{{3,}} ?(?:{PASSED_ON})", re.MULTILINE | re.IGNORECASE)
FORWARD = re.compile(
    r"^\s*(?:\[[^\]]{0,40}\]\s*)?(?:fwd?|wg|tr|rv|enc|doorst|i|vs|pd|vl)\s*:",
    re.IGNORECASE,
)
SENT_FROM = re.compile(
    r"(sent from|gesendet von|envoyé depuis|inviato da|enviado desde|verzonden)\b",
    re.IGNORECASE,
)
THANKS = re.compile(
    r"\b(thank|thanks|thx|danke|merci|grazie|works|perfect|great)\b", re.IGNORECASE
)
OBJECTS = re.compile(
    r"\b(not|n't|no|but|still|again|nicht|noch|aber|wieder|pas|mais|non)\b|n't|\?",
    re.IGNORECASE,
)


def without_quotes(text: str) -> str:
    """Return what was newly written in an answer.

    Nothing new, or something passed on: the text as it is.
    """
    if PASSED.search(text):
        return text.strip()
    plain = re.sub(
        r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.splitlines())
    )
    start, end = _first_quote(plain)
    new = _unquoted(plain[:start])
    if not new:  # written under what it answers
        new = _unquoted(plain[end:])
    return _without_signature(new) or text.strip()


def is_forward(subject: str) -> bool:
    """Tell whether a subject says that something is passed on: then nothing below is a quote."""
    return FORWARD.match(subject) is not None


def only_thanks(text: str) -> bool:
    """Tell whether an answer says thank you and nothing that would open an incident again."""
    return (
        len(text.split()) <= 12
        and bool(THANKS.search(text))
        and not OBJECTS.search(text)
    )


def _first_quote(text: str) -> tuple[int, int]:
    """Return where the head of the first quoted mail begins and ends; the end of the text when
    there is none.
    """
    heads = (_patterns().HEADER_REGEX, SEPARATOR)
    found = [match for pattern in heads if (match := pattern.search(_muted(text)))]
    first = min(found, key=lambda match: match.start(), default=None)
    return first.span() if first else (len(text), len(text))


def _unquoted(text: str) -> str:
    return "\n".join(
        line for line in text.splitlines() if not line.lstrip().startswith(">")
    ).strip()


def _without_signature(text: str) -> str:
    found = _patterns().SIGNATURE_REGEX.search(_muted(text))
    if found is None:
        return text
    signature = text[found.start() :].strip()
    closing = signature.splitlines()[0]
    is_mark = closing.startswith(("--", "__")) or SENT_FROM.match(closing)
    is_one = is_mark or (len(closing.split()) <= 3 and not OBJECTS.search(signature))
    is_short = (
        len([line for line in signature.splitlines() if line.strip()])
        <= LONGEST_SIGNATURE
    )
    return text[: found.start()].strip() if is_one and is_short else text


def _muted(text: str) -> str:
    """Blot out lines that can be no head of a quote, sign for sign: the patterns take hours over
    some of them.
    """
    lines = text[:LONGEST].split("\n")
    return "\n".join("x" * len(line) if _is_no_head(line) else line for line in lines)


def _is_no_head(line: str) -> bool:
    return len(line) > LONGEST_LINE or len(VERBS.findall(line)) > 2


def _patterns() -> Reply:
    return Reply(text="", languages=list(LANGUAGES), keep_hyphen_lists=True)
