"""The old place of these tables; they are in `app.models.improvements`."""

from app.models.improvements.complaint import Complaint as Complaint
from app.models.improvements.complaint import Voice as Voice
from app.models.improvements.improvement import BusinessCase as BusinessCase
from app.models.improvements.improvement import CostBenefit as CostBenefit
from app.models.improvements.improvement import Improvement as Improvement
from app.models.improvements.improvement import Note as Note
from app.models.improvements.improvement import OwnTemplate as OwnTemplate
from app.models.improvements.improvement import Vote as Vote
from app.models.improvements.iteration import CheckIn as CheckIn
from app.models.improvements.iteration import Decision as Decision
from app.models.improvements.iteration import Finding as Finding
from app.models.improvements.iteration import Iteration as Iteration
from app.models.improvements.iteration import Participation as Participation
from app.models.improvements.iteration import Snapshot as Snapshot
from app.models.improvements.metric import Measurement as Measurement
from app.models.improvements.metric import Metric as Metric
from app.models.improvements.metric import Rebase as Rebase
from app.models.improvements.words import Adapter as Adapter
from app.models.improvements.words import ComplaintState as ComplaintState
from app.models.improvements.words import DecisionKind as DecisionKind
from app.models.improvements.words import Defect as Defect
from app.models.improvements.words import Direction as Direction
from app.models.improvements.words import FindingKind as FindingKind
from app.models.improvements.words import FindingSource as FindingSource
from app.models.improvements.words import FindingState as FindingState
from app.models.improvements.words import ForWhom as ForWhom
from app.models.improvements.words import Funding as Funding
from app.models.improvements.words import ImprovementKind as Kind
from app.models.improvements.words import ImprovementNoteKind as NoteKind
from app.models.improvements.words import ImprovementSize as Size
from app.models.improvements.words import ImprovementSource as Source
from app.models.improvements.words import ImprovementState as ImprovementState
from app.models.improvements.words import ImprovementState as State
from app.models.improvements.words import IterationState as IterationState
from app.models.improvements.words import Level as Level
from app.models.improvements.words import MetricRole as MetricRole
from app.models.improvements.words import MetricScope as MetricScope
from app.models.improvements.words import MetricSource as MetricSource
from app.models.improvements.words import ParticipationState as ParticipationState
from app.models.improvements.words import Per as Per
from app.models.improvements.words import Period as Period
from app.models.improvements.words import Side as Side
from app.models.improvements.words import Verdict as Verdict

__all__ = [
    "Adapter",
    "BusinessCase",
    "CheckIn",
    "Complaint",
    "ComplaintState",
    "CostBenefit",
    "Decision",
    "DecisionKind",
    "Defect",
    "Direction",
    "Finding",
    "FindingKind",
    "FindingSource",
    "FindingState",
    "ForWhom",
    "Funding",
    "Improvement",
    "ImprovementState",
    "Iteration",
    "IterationState",
    "Kind",
    "Level",
    "Measurement",
    "Metric",
    "MetricRole",
    "MetricScope",
    "MetricSource",
    "Note",
    "NoteKind",
    "OwnTemplate",
    "Participation",
    "ParticipationState",
    "Per",
    "Period",
    "Rebase",
    "Side",
    "Size",
    "Snapshot",
    "Source",
    "State",
    "Verdict",
    "Voice",
    "Vote",
]
