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
