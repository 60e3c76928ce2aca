"""Tables of the improvements room."""

from app.improvements.models.complaint import Complaint, Voice
from app.improvements.models.improvement import BusinessCase, CostBenefit, Improvement, Note, OwnTemplate, Vote
from app.improvements.models.iteration import (
    CheckIn,
    Decision,
    Finding,
    Iteration,
    Participation,
    Snapshot,
)
from app.improvements.models.metric import Measurement, Metric, Rebase
from app.improvements.models.words import (
    Adapter,
    ComplaintState,
    Defect,
    FindingSource,
    ForWhom,
    Funding,
    Kind,
    Level,
    MetricRole,
    MetricScope,
    MetricSource,
    NoteKind,
    Per,
    Side,
    Size,
    Source,
)
from app.improvements.rules.finding import Kind as FindingKind
from app.improvements.rules.finding import State as FindingState
from app.improvements.rules.gate import Decision as DecisionKind
from app.improvements.rules.improvement import State
from app.improvements.rules.iteration import State as IterationState
from app.improvements.rules.participation import State as ParticipationState
from app.improvements.rules.periods import Period
from app.improvements.rules.series import Direction
from app.improvements.rules.verdict import Verdict

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
