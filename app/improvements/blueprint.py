"""The blueprint all pages of improvements hang on, and the addresses they come back to."""

from __future__ import annotations

from flask import Blueprint, url_for

bp = Blueprint("improvements", __name__)


def page_of(improvement_id: int, part: str = "") -> str:
    """Return the address of the page of an improvement, or of one part of it."""
    return url_for("improvements.improvement", improvement_id=improvement_id, _anchor=part or None)


def iteration_page_of(iteration_id: int, part: str = "") -> str:
    """Return the address of the page of an iteration, or of one part of it."""
    return url_for("improvements.iteration", iteration_id=iteration_id, _anchor=part or None)
