"""All pages of the sponsors room."""

from app.core.web.rooms import import_views
from app.sponsors.blueprint import bp

import_views("app.sponsors")

__all__ = ["bp"]
