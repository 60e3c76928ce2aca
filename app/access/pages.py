"""All pages of the access room."""

from app.access.blueprint import bp
from app.core.web.rooms import import_views

import_views("app.access")

__all__ = ["bp"]
