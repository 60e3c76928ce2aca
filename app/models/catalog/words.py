"""The words services are described with."""

from __future__ import annotations

from enum import StrEnum


class ServiceKind(StrEnum):
    """Whether customers ask for it by name, or IT needs it to provide something else."""

    CUSTOMER = "service"
    PART = "part"


class ServiceState(StrEnum):
    """How far a service is: only published ones are offered to customers."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Letter(StrEnum):
    """What a party does for a service or process; exactly one is accountable."""

    RESPONSIBLE = "R"
    ACCOUNTABLE = "A"
    CONSULTED = "C"
    INFORMED = "I"


class ServiceNoteKind(StrEnum):
    """What is kept with a service: what was decided about it, and what is disputed."""

    DECISION = "decision"
    DISPUTE = "dispute"


class ScriptState(StrEnum):
    """A script is written as a draft, asked at intake once published, and then replaced."""

    DRAFT = "draft"
    PUBLISHED = "published"
    REPLACED = "replaced"
