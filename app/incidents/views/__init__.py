"""Pages of the incidents room."""

from app.incidents.views import (
    deeds,
    desk,
    files,
    inform,
    links,
    mass,
    orders,
    page,
)
from app.incidents.views.blueprint import bp

__all__ = [
    "bp",
    "deeds",
    "desk",
    "files",
    "inform",
    "links",
    "mass",
    "orders",
    "page",
]
