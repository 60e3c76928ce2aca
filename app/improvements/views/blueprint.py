"""The blueprint of all pages of the improvements room."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("improvements", __name__)
