"""The blueprint of all pages of the improvements room, and what their templates may call."""

from __future__ import annotations

from flask import Blueprint

from app.figures import figure, percent

bp = Blueprint("improvements", __name__)
bp.add_app_template_global(figure, "figure")
bp.add_app_template_global(percent, "percent")
