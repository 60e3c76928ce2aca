"""The old place of these tables; they are in `app.models.incidents`."""

from app.incidents.models.desk import BasicsSheet as BasicsSheet
from app.incidents.models.desk import BasicsSignature as BasicsSignature
from app.incidents.models.desk import Call as Call
from app.incidents.models.desk import DeskPolicy as DeskPolicy
from app.incidents.models.desk import IncidentImport as IncidentImport
from app.incidents.models.desk import MailSeen as MailSeen
from app.incidents.models.incident import Attachment as Attachment
from app.incidents.models.incident import Classification as Classification
from app.incidents.models.incident import Contact as Contact
from app.incidents.models.incident import Escalation as Escalation
from app.incidents.models.incident import Incident as Incident
from app.incidents.models.incident import IncidentEvent as IncidentEvent
from app.incidents.models.incident import IncidentFact as IncidentFact
from app.incidents.models.incident import IncidentLink as IncidentLink
from app.incidents.models.incident import Presence as Presence
from app.incidents.models.incident import Problem as Problem
from app.incidents.models.incident import Rating as Rating
from app.incidents.models.incident import WorkOrder as WorkOrder
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
