"""The old place of these tables; they are in `app.models.catalog`."""

from app.catalog.models.calendar import Calendar as Calendar
from app.catalog.models.calendar import Holiday as Holiday
from app.catalog.models.script import PriorityMatrix as PriorityMatrix
from app.catalog.models.script import Script as Script
from app.catalog.models.service import Dependency as Dependency
from app.catalog.models.service import Duty as Duty
from app.catalog.models.service import Fact as Fact
from app.catalog.models.service import Service as Service
from app.catalog.models.service import ServiceNote as ServiceNote
from app.catalog.models.service import ServiceRight as ServiceRight
from app.models.catalog.words import Letter as Letter
from app.models.catalog.words import ScriptState as ScriptState
from app.models.catalog.words import ServiceKind as ServiceKind
from app.models.catalog.words import ServiceNoteKind as NoteKind
from app.models.catalog.words import ServiceState as ServiceState

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
