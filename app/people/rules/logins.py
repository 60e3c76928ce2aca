"""The name somebody signs in with, in what was typed."""

from __future__ import annotations


def login_in(text: str) -> str:
    """Return the login in ``DOMAIN\\\\login`` and in ``login@domain``; else the text as it is."""
    return text.rsplit("\\", 1)[-1].split("@", 1)[0]
