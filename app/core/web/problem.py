"""What went wrong, for programs (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, jsonify


def problem(detail: str, status: int, field: str = "") -> Response:
    """Return an error as problem+json; ``field`` names what cannot be used."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    answer = jsonify({**body, "field": field} if field else body)
    answer.status_code, answer.mimetype = status, "application/problem+json"
    return answer
