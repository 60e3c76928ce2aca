"""Pages of the incidents room."""

from app.incidents.views import (
    deeds,
    desk,
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
    "inform",
    "links",
    "mass",
    "orders",
    "page",
]
