"""Pages of the incidents room."""

from app.incidents.views.blueprint import bp

__all__ = ["bp"]
