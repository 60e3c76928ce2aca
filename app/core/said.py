"""Sentences for people that are made where no page is: English as they stand, and translated when a
page shows them.

A sentence keeps its text with the names of its values (``%(name)s``) beside the English it reads.
The audit trail, the command line and programs get the English; a page gets the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import escape

Speaker = Callable[[str, Mapping[str, Any]], str]


class Said(str):
    """A sentence that knows how it was made, so that it can be said in another language."""

    msgid: str
    values: Mapping[str, Any]

    def __html__(self) -> str:
        """Return the sentence for a page, in the language of its reader."""
        return str(escape(spoken(self)))


class Grouped(int):
    """A number that is read, so its thousands are set apart: "12,000"."""

    def __str__(self) -> str:
        return f"{int(self):,}"


def said(msgid: str, /, **values: Any) -> Said:
    """Return a sentence; ``msgid`` holds its values as ``%(name)s``."""
    made = Said(msgid % values if values else msgid)
    made.msgid, made.values = msgid, values
    return made


def spoken(sentence: str) -> str:
    """Return a sentence in the language of whoever reads it; one without a translation as it is."""
    if not isinstance(sentence, Said):
        return sentence
    values = {
        name: spoken(value) if isinstance(value, str) else value
        for name, value in sentence.values.items()
    }
    return _speakers[0](sentence.msgid, values)


def speak_through(speaker: Speaker) -> None:
    """Let pages say sentences through ``speaker``."""
    _speakers[:] = [speaker]


def _english(msgid: str, values: Mapping[str, Any]) -> str:
    return msgid % values if values else msgid


_speakers: list[Speaker] = [_english]
