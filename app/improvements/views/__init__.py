"""Pages of the improvements room: board, register, one improvement, its iterations, metrics and business case."""

from app.improvements.views.blueprint import bp

__all__ = ["bp"]
