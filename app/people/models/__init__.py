"""The old place of these tables; they are in `app.models.people`."""

from app.models.people import DeskType as DeskType
from app.models.people import NumberSource as NumberSource
from app.models.people import Person as Person
from app.models.people import PhoneNumber as PhoneNumber
from app.models.people import Serves as Serves
from app.models.people import Site as Site
from app.models.people import Team as Team
from app.models.people import TeamKind as TeamKind
from app.models.people import TeamMember as TeamMember

__all__ = [
    "DeskType",
    "NumberSource",
    "Person",
    "PhoneNumber",
    "Serves",
    "Site",
    "Team",
    "TeamKind",
    "TeamMember",
]
