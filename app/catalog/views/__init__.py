"""Pages of the catalog room."""

from app.catalog.views import script_edit, scripts
from app.catalog.views.blueprint import bp

__all__ = ["bp", "script_edit", "scripts"]
