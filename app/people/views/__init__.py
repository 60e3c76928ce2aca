"""Pages of the people room: everybody as last read, sites and teams."""

from app.people.views import lists, places
from app.people.views.blueprint import bp

__all__ = ["bp", "lists", "places"]
