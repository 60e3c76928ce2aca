"""Pages of the improvements room: board, register, one improvement, its iterations, metrics and business case."""

from app.improvements.views import beside, board, iterations, metrics, page, people, register
from app.improvements.views.blueprint import bp

__all__ = ["beside", "board", "bp", "iterations", "metrics", "page", "people", "register"]
