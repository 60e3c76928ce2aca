"""Tables of the catalogue room."""

from app.catalog.models.calendar import Calendar, Holiday
from app.catalog.models.script import PriorityMatrix, Script
from app.catalog.models.service import Dependency, Duty, Fact, Service, ServiceNote, ServiceRight
from app.catalog.models.words import Letter, NoteKind, ScriptState, ServiceKind, ServiceState

__all__ = [
    "Calendar",
    "Dependency",
    "Duty",
    "Fact",
    "Holiday",
    "Letter",
    "NoteKind",
    "PriorityMatrix",
    "Script",
    "ScriptState",
    "Service",
    "ServiceKind",
    "ServiceNote",
    "ServiceRight",
    "ServiceState",
]
