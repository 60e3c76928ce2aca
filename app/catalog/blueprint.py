"""The blueprint all pages of the catalogue hang on, and the address of a service."""

from __future__ import annotations

from flask import Blueprint, url_for

bp = Blueprint("catalog", __name__)


def page_of(service_id: int) -> str:
    """Return the address of a service."""
    return url_for("catalog.service", service_id=service_id)
