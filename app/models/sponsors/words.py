"""The words that columns of the people's side are made of."""

from __future__ import annotations

from enum import StrEnum


class Stance(StrEnum):
    """Where somebody stands towards a change, after PMI, in the order of growing support."""

    UNAWARE = "unaware"
    RESISTANT = "resistant"
    NEUTRAL = "neutral"
    SUPPORTIVE = "supportive"
    LEADING = "leading"

    @property
    def level(self) -> int:
        """Return how high it stands among the five, from 0 to 4."""
        return list(Stance).index(self)


class StakeholderKind(StrEnum):
    """Who a stakeholder is."""

    PERSON = "person"
    GROUP = "group"
    OUTSIDE = "external group"


class ContactKind(StrEnum):
    """How somebody was in touch; the last three suit who does not speak up in a large room."""

    IN_PERSON = "in person"
    VISIT = "visit at work"
    PHONE = "by phone"
    MEETING = "in a meeting"
    SMALL_GROUP = "in a small group"
    ONE_TO_ONE = "one to one"
    WRITTEN = "in writing"


class Barrier(StrEnum):
    """The five steps of a person on the way to a change, after Prosci's ADKAR."""

    AWARENESS = "awareness"
    DESIRE = "desire"
    KNOWLEDGE = "knowledge"
    ABILITY = "ability"
    REINFORCEMENT = "reinforcement"


class SponsorAnswerKind(StrEnum):
    """What somebody answered on the status page."""

    YES = "yes"
    NO = "no"
    ASKS = "asks"
    OBJECTS = "objects"


DECIDED = (SponsorAnswerKind.YES, SponsorAnswerKind.NO)
"""What answers what is asked for."""


class PulseKind(StrEnum):
    """Whom a pulse asks, and about what."""

    SPONSOR = "sponsor"
    PARTICIPANTS = "participants"
    RELATIONSHIP = "relationship"
    STAFF = "staff"


class PulseState(StrEnum):
    """Where a pulse stands.

    ``SUMMED_UP``: who was asked can read what came of it.
    """

    OPEN = "open"
    CLOSED = "closed"
    SUMMED_UP = "summed up"
    REVOKED = "taken back"


class PulseSplit(StrEnum):
    """By what the result of an anonymous pulse is shown in parts."""

    NONE = "not at all"
    SITE = "by site"
    DEPARTMENT = "by department"


class QuestionKind(StrEnum):
    """How a question is answered: on a scale from 1 to 5, or in one's own words."""

    SCALE = "scale"
    WORDS = "words"


class ThemeAnswer(StrEnum):
    """What became of something people said."""

    OPEN = "not yet"
    DID = "we did"
    DID_NOT = "we did not"


class ObjectionState(StrEnum):
    """Where an objection stands."""

    OPEN = "open"
    ANSWERED = "answered"


class AnsweredWith(StrEnum):
    """What answered an objection."""

    MEASUREMENT = "measurement"
    FINDING = "finding"
    DECISION = "decision"
    CONVERSATION = "conversation"


class MeetingKind(StrEnum):
    """What people meet for."""

    KICK_OFF = "kick-off"
    WORKSHOP = "workshop"
    REVIEW = "review"
    ONE_TO_ONE = "one-to-one"


class MeetingState(StrEnum):
    """Where a meeting stands."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class Presence(StrEnum):
    """Whether somebody who was invited came."""

    INVITED = "invited"
    THERE = "was there"
    EXCUSED = "excused"
    MISSING = "did not come"


class WhomFor(StrEnum):
    """Whom a text is for."""

    TOP = "top management"
    MANAGERS = "managers"
    USERS = "users"
    DESK = "service desk"
    IT = "IT"


class OutcomeKind(StrEnum):
    """What came of a meeting."""

    DECISION = "decision"
    FINDING = "finding"
    TASK = "task"


class VisitState(StrEnum):
    """Where a visit stands."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class HeardKind(StrEnum):
    """What something heard on a visit becomes."""

    FINDING = "finding"
    OBJECTION = "objection"
    TASK = "task"


class RolloutState(StrEnum):
    """Where a roll-out stands."""

    PLANNED = "planned"
    READY = "ready"
    RUNNING = "running"
    CLOSING = "closing"
    CLOSED = "closed"


class RolloutItemKind(StrEnum):
    """What has to be there for a roll-out: a deed, a volunteer, a report, an article."""

    READINESS = "readiness"
    VOLUNTEER = "volunteer"
    REPORT = "report"
    ARTICLE = "article"
