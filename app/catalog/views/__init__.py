"""Pages of the catalog room."""

from app.catalog.views import composing, importing, lifecycle, matrix, script_edit, scripts, services
from app.catalog.views.blueprint import bp

__all__ = ["bp", "composing", "importing", "lifecycle", "matrix", "script_edit", "scripts", "services"]
