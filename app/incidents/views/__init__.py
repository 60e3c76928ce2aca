"""Pages of the incidents room."""

from app.incidents.views import (
    api,
    articles,
    assessing,
    calls,
    cti,
    deeds,
    desk,
    files,
    finding,
    inform,
    intake,
    links,
    management,
    mass,
    orders,
    page,
    requester,
)
from app.incidents.views.blueprint import bp

__all__ = [
    "api",
    "articles",
    "assessing",
    "bp",
    "calls",
    "cti",
    "deeds",
    "desk",
    "files",
    "finding",
    "inform",
    "intake",
    "links",
    "management",
    "mass",
    "orders",
    "page",
    "requester",
]
