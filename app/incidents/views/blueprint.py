"""The blueprint of all pages of the incidents room."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("incidents", __name__)
