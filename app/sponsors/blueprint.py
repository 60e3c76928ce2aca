"""The blueprint of all pages of the sponsors room."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("sponsors", __name__)
