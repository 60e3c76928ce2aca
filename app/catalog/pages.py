"""All pages of the catalog room."""

from app.catalog.blueprint import bp
from app.core.web.rooms import import_views

import_views("app.catalog")

__all__ = ["bp"]
