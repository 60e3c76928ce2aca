"""Pages of the catalog room."""

from app.catalog.views import matrix, script_edit, scripts
from app.catalog.views.blueprint import bp

__all__ = ["bp", "matrix", "script_edit", "scripts"]
