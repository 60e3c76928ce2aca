"""The blueprint of all pages of the messages room."""

from __future__ import annotations

from flask import Blueprint

from app.messages.rules.wording import span

bp = Blueprint("messages", __name__)
bp.add_app_template_filter(span, "span")
