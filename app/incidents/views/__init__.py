"""Pages of the incidents room."""

from app.incidents.views import (
    articles,
    cti,
    deeds,
    desk,
    files,
    finding,
    inform,
    links,
    mass,
    orders,
    page,
    requester,
)
from app.incidents.views.blueprint import bp

__all__ = [
    "bp",
    "articles",
    "cti",
    "deeds",
    "desk",
    "files",
    "finding",
    "inform",
    "links",
    "mass",
    "orders",
    "page",
    "requester",
]
