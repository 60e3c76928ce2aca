"""The blueprint of all pages of the access room."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("access", __name__)
