"""All pages of the improvements room."""

from app.core.web.rooms import import_views
from app.improvements.blueprint import bp

import_views("app.improvements")

__all__ = ["bp"]
