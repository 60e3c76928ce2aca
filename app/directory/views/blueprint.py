"""The blueprint of all pages of the directory room."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("directory", __name__)
