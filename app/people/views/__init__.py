"""Pages of the people room: everybody as last read, their numbers, sites and teams."""

from app.people.views import lists, numbers, places
from app.people.views.blueprint import bp

__all__ = ["bp", "lists", "numbers", "places"]
