"""The blueprint of all pages of the people room."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("people", __name__)
