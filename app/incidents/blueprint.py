"""The blueprint of all pages of the incidents room, and where an incident's page is."""

from __future__ import annotations

from flask import Blueprint, request, url_for

from app.core.web.words import Look, give_words
from app.models.incidents.words import IncidentState

bp = Blueprint("incidents", __name__)
give_words(
    bp,
    incident_looks={
        IncidentState.NEW: Look("info", "circle"),
        IncidentState.ASSIGNED: Look("neutral", "user-round"),
        IncidentState.IN_PROGRESS: Look("run", "play"),
        IncidentState.WAITING: Look("neutral", "hourglass"),
        IncidentState.RESTORED: Look("good", "check"),
        IncidentState.CLOSED: Look("good", "circle-check"),
        IncidentState.CANCELLED: Look("neutral", "ban"),
        IncidentState.MERGED: Look("neutral", "equal"),
    },
)


def page_of(incident_id: int) -> str:
    """Return the address of an incident's page."""
    return url_for("incidents.incident", incident_id=incident_id)


def asked_words() -> str:
    """Return the words the address looks for."""
    return request.args.get("q", "").strip()[:200]
