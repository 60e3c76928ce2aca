"""The old place of these tables; they are in `app.models.catalog`."""

from app.models.catalog.calendar import Calendar as Calendar
from app.models.catalog.calendar import Holiday as Holiday
from app.models.catalog.script import PriorityMatrix as PriorityMatrix
from app.models.catalog.script import Script as Script
from app.models.catalog.service import Dependency as Dependency
from app.models.catalog.service import Duty as Duty
from app.models.catalog.service import Fact as Fact
from app.models.catalog.service import Service as Service
from app.models.catalog.service import ServiceNote as ServiceNote
from app.models.catalog.service import ServiceRight as ServiceRight
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
