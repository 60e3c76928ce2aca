"""People as last read: looked up by what they are called, listed for the page and for CSV, found
when they call.
"""

from app.people.queries.listing import (
    SORTS,
    STATES,
    PeopleFilter,
    PersonLine,
    count_people,
    directories,
    find_person,
    people_called,
    people_page,
    suggestions,
    used_values,
)

__all__ = [
    "SORTS",
    "STATES",
    "PeopleFilter",
    "PersonLine",
    "count_people",
    "directories",
    "find_person",
    "people_called",
    "people_page",
    "suggestions",
    "used_values",
]
