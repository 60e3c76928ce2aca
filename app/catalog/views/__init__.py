"""Pages of the catalog room."""

from app.catalog.views import (
    calendars,
    composing,
    importing,
    lifecycle,
    matrix,
    script_edit,
    scripts,
    services,
)
from app.catalog.views.blueprint import bp

__all__ = [
    "bp",
    "calendars",
    "composing",
    "importing",
    "lifecycle",
    "matrix",
    "script_edit",
    "scripts",
    "services",
]
