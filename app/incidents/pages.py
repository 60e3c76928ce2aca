"""All pages of the incidents room."""

from app.core.web.rooms import import_views
from app.incidents.blueprint import bp

import_views("app.incidents")

__all__ = ["bp"]
