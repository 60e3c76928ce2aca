"""The old place of these tables; they are in `app.models.incidents`."""

from app.models.incidents.desk import BasicsSheet as BasicsSheet
from app.models.incidents.desk import BasicsSignature as BasicsSignature
from app.models.incidents.desk import Call as Call
from app.models.incidents.desk import DeskPolicy as DeskPolicy
from app.models.incidents.desk import IncidentImport as IncidentImport
from app.models.incidents.desk import MailSeen as MailSeen
from app.models.incidents.incident import Attachment as Attachment
from app.models.incidents.incident import Classification as Classification
from app.models.incidents.incident import Contact as Contact
from app.models.incidents.incident import Escalation as Escalation
from app.models.incidents.incident import Incident as Incident
from app.models.incidents.incident import IncidentEvent as IncidentEvent
from app.models.incidents.incident import IncidentFact as IncidentFact
from app.models.incidents.incident import IncidentLink as IncidentLink
from app.models.incidents.incident import Presence as Presence
from app.models.incidents.incident import Problem as Problem
from app.models.incidents.incident import Rating as Rating
from app.models.incidents.incident import WorkOrder as WorkOrder
from app.models.incidents.words import OPEN as OPEN
from app.models.incidents.words import BasicsStance as Stance
from app.models.incidents.words import CallState as CallState
from app.models.incidents.words import DeskFigure as DeskFigure
from app.models.incidents.words import Doing as Doing
from app.models.incidents.words import EventKind as EventKind
from app.models.incidents.words import FileKind as FileKind
from app.models.incidents.words import IncidentKind as IncidentKind
from app.models.incidents.words import IncidentState as State
from app.models.incidents.words import LinkKind as LinkKind
from app.models.incidents.words import OrderState as OrderState
from app.models.incidents.words import Via as Via
from app.models.incidents.words import WaitingOn as WaitingOn

__all__ = [
    "OPEN",
    "Attachment",
    "BasicsSheet",
    "BasicsSignature",
    "Call",
    "CallState",
    "Classification",
    "Contact",
    "DeskFigure",
    "DeskPolicy",
    "Doing",
    "Escalation",
    "EventKind",
    "FileKind",
    "Incident",
    "IncidentEvent",
    "IncidentFact",
    "IncidentImport",
    "IncidentKind",
    "IncidentLink",
    "LinkKind",
    "MailSeen",
    "OrderState",
    "Presence",
    "Problem",
    "Rating",
    "Stance",
    "State",
    "Via",
    "WaitingOn",
    "WorkOrder",
]
