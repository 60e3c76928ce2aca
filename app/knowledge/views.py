"""Pages of the knowledge room."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("knowledge", __name__)
