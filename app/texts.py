"""Texts from files of other programs."""

from __future__ import annotations


def decoded(content: bytes) -> str:
    """Return the text of an uploaded file: UTF-8 or UTF-16 by its mark, else as Windows writes in the West.

    Raises ``ValueError`` when it is no text.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")
