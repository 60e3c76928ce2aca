"""Pages of the catalog room."""

from app.catalog.views.blueprint import bp

__all__ = ["bp"]
