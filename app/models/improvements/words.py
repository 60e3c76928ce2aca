"""The words an improvement is described with; how they lead from one to the next is in the
rules.
"""

from __future__ import annotations

from enum import StrEnum

from app.core.said import said


class ImprovementKind(StrEnum):
    """What an improvement changes.

    A role needs no baseline point: the directory says how it is before.
    """

    PROCESS = "process"
    SERVICE = "service"
    TOOL = "tool"
    KNOWLEDGE = "knowledge"
    CHANNEL_SHIFT = "channel shift"
    CUSTOMER_SERVICE = "customer service"
    BEHAVIOUR = "behaviour"
    RELATIONSHIP = "relationship"
    ORGANISATION = "organisation"
    ACCESS = "access"
    ROLE = "role"
    OTHER = "other"


class ImprovementSource(StrEnum):
    """Where an improvement came from."""

    IDEA = "idea"
    COMPLAINT = "complaint"
    INCIDENT = "incident"
    FEEDBACK = "feedback"
    AUDIT = "audit"


class ImprovementSize(StrEnum):
    """How large an improvement is, at a glance."""

    SMALL = "S"
    MEDIUM = "M"
    LARGE = "L"


class HeldBack(StrEnum):
    """What kept an improvement from being started."""

    COST = "its cost"
    RISK = "its risk"
    BOTH = "cost and risk"
    TIME = "no time"
    OTHER = "something else"


class Level(StrEnum):
    """How high a risk or a cost is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Funding(StrEnum):
    """How the funding of an improvement stands."""

    UNKNOWN = "unknown"
    NOT_NEEDED = "not needed"
    ASKED = "asked for"
    GRANTED = "granted"
    REFUSED = "refused"


class ImprovementNoteKind(StrEnum):
    """What a line beside an improvement is about."""

    LEARN = "learn"
    UNLEARN = "unlearn"
    PICTURE = "picture"  # the target state in words, for one audience
    STAKEHOLDER = (
        "stakeholder"  # what success is for one of them, and whether they see it
    )
    PRACTICE = "practice"  # one that was adopted, or skipped with a reason
    VOLUNTEER = "volunteer"  # who offered to test
    PRESENTATION = (
        "presentation"  # shown to customers: when, to whom, where the file is
    )
    ARTICLE = "article"  # what the hands-on taught, as a knowledge article
    LINK = "link"  # something to learn from
    SUCCESS = "success"  # a success worth telling


class MetricSource(StrEnum):
    """Where the values of a metric come from."""

    TYPED = "typed in"
    INCIDENTS = "incident query"
    PULSE = "pulse"
    DIRECTORY = "directory query"


class Tally(StrEnum):
    """What kind of number a metric is: one that is measured, or one that is counted.

    A share and a rate come with their denominator: 12 of 40 cases, 3 events on 250 machines.
    """

    MEASURED = "measured"
    SHARE = "share of cases"
    RATE = "events per so many"
    COUNT = "number of events"


class MetricScope(StrEnum):
    """Whose values a metric counts: those of the participants only, or of the whole service."""

    PARTICIPANTS = "participants"
    SERVICE = "service"


class MetricRole(StrEnum):
    """What a metric is for in its improvement."""

    PRIMARY = "primary"
    GUARDRAIL = "guardrail"
    OTHER = "other"


class Side(StrEnum):
    """Which side of the sum a figure stands on."""

    COST = "cost"
    BENEFIT = "benefit"
    DISBENEFIT = "dis-benefit"
    NOTHING = "doing nothing"  # what it costs to leave things as they are


class Per(StrEnum):
    """How often a cost or a benefit comes."""

    ONCE = "once"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class AskKind(StrEnum):
    """What the owner of an improvement asks for."""

    DECIDE = "a decision"
    MONEY = "money"
    HOURS = "hours"
    PEOPLE = "people"


class Defect(StrEnum):
    """What a complaint is about: one of the four defects of service, how people were treated, or
    something else.
    """

    PING_PONG = "ping-pong"
    BAD_INFORMATION = "bad information"
    EXPLAINING_TWICE = "explaining twice"
    WRONG_PRIORITY = "wrong priority"
    TREATMENT = "how we were treated"
    OTHER = "other"


class ComplaintState(StrEnum):
    """How a complaint stands."""

    OPEN = "open"
    IN_IMPROVEMENT = "in improvement"
    ANSWERED = "answered"


class FindingSource(StrEnum):
    """Where a finding came from."""

    OBSERVATION = "observation"
    PARTICIPANT = "participant"
    INCIDENT = "incident"
    PULSE = "pulse"  # answers a pulse below its floor
    DRIFT = "drift"


class ForWhom(StrEnum):
    """Whom a finding helps: those at the desk, those who use the service, or those who run it."""

    DESK = "desk"
    USERS = "users"
    TEAM = "team"


class ImprovementState(StrEnum):
    """Where an improvement stands."""

    RAISED = "raised"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in progress"
    ON_HOLD = "on hold"
    EMBEDDED = "embedded"
    STOPPED = "stopped"
    REJECTED = "rejected"  # an idea nobody will try; nothing was learned by trying
    DUPLICATE = "duplicate"  # another improvement asks for the same


IMPROVEMENT_ENDED = (
    ImprovementState.EMBEDDED,
    ImprovementState.STOPPED,
    ImprovementState.REJECTED,
    ImprovementState.DUPLICATE,
)
"""The states in which nobody works on an improvement any more."""


class IterationState(StrEnum):
    """Where an iteration stands."""

    PLANNED = "planned"
    RUNNING = "running"
    REVIEWING = "reviewing"
    DECIDED = "decided"
    ABORTED = "aborted"


class ParticipationState(StrEnum):
    """Where one participant stands."""

    INVITED = "invited"
    PREPARED = "prepared"
    SWITCHED = "switched"
    OBSERVING = "observing"
    ACCEPTED = "accepted"
    UNDONE = "undone"


class FindingKind(StrEnum):
    """How much a finding matters."""

    NOTE = "note"
    FIX = "fix before scaling"
    STOP = "stop"


class FindingState(StrEnum):
    """Where a finding stands."""

    OPEN = "open"
    FIXED = "fixed"
    VERIFIED = "verified"
    ACCEPTED = "accepted risk"


SETTLED_FINDINGS = (FindingState.VERIFIED, FindingState.ACCEPTED)
"""The states in which a finding stands in nobody's way."""


class TaskState(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "let go"


class DecisionKind(StrEnum):
    """What can be decided at the end of an iteration."""

    SCALE = "scale"
    ADAPT = "adapt"
    HOLD = "hold"
    STOP = "stop"
    ROLL_BACK = "roll back"
    ADOPT = "adopt"


class Period(StrEnum):
    """What one value of a metric stands for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    GROUP = "group of tickets"


class Joining(StrEnum):
    """How values of short periods become one of a longer period."""

    SUM = "their sum"
    POOL = "all cases together"
    MEAN = "their mean"
    LAST = "the last of them"


class Direction(StrEnum):
    """Which way of a metric is better."""

    UP = "up"
    DOWN = "down"

    @property
    def sign(self) -> int:
        """Return +1 where more is better and -1 where less is better."""
        return 1 if self is Direction.UP else -1

    @property
    def turned(self) -> Direction:
        """Return the other way."""
        return Direction.DOWN if self is Direction.UP else Direction.UP

    @property
    def better_side(self) -> str:
        """Return on which side of a line the better values lie."""
        return said("above") if self is Direction.UP else said("below")

    @property
    def worse_side(self) -> str:
        """Return on which side of a line the worse values lie."""
        return said("below") if self is Direction.UP else said("above")

    def reached(self, value: float, wanted: float) -> bool:
        """Tell whether ``value`` is at least as good as ``wanted``."""
        return (value - wanted) * self.sign >= 0


class Verdict(StrEnum):
    """The four outcomes."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    NO_DATA = "no data"
