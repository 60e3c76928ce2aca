"""Pages of the improvements room: board, register, one improvement, its iterations, metrics and
business case.
"""

from app.improvements.views import (
    beside,
    board,
    cases,
    complaints,
    incidents,
    iterations,
    metrics,
    page,
    people,
    portfolio,
    register,
    starting,
)
from app.improvements.views.blueprint import bp

__all__ = [
    "beside",
    "board",
    "bp",
    "cases",
    "complaints",
    "incidents",
    "iterations",
    "metrics",
    "page",
    "people",
    "portfolio",
    "register",
    "starting",
]
