"""Pages of the incidents room."""

from app.incidents.views import (
    desk,
    inform,
    links,
    mass,
    page,
)
from app.incidents.views.blueprint import bp

__all__ = [
    "bp",
    "desk",
    "inform",
    "links",
    "mass",
    "page",
]
