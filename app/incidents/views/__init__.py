"""Pages of the incidents room."""

from app.incidents.views import (
    desk,
    links,
    page,
)
from app.incidents.views.blueprint import bp

__all__ = [
    "bp",
    "desk",
    "links",
    "page",
]
