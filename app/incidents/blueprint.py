"""The blueprint of all pages of the incidents room, and where an incident's page is."""

from __future__ import annotations

from flask import Blueprint, request, url_for

bp = Blueprint("incidents", __name__)


def page_of(incident_id: int) -> str:
    """Return the address of an incident's page."""
    return url_for("incidents.incident", incident_id=incident_id)


def asked_words() -> str:
    """Return the words the address looks for."""
    return request.args.get("q", "").strip()[:200]
