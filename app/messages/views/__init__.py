"""Pages of the messages room."""

from app.messages.views.blueprint import bp

__all__ = ["bp"]
