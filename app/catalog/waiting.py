"""What of services waits for a person: nothing on its own; lists count drafts and notes."""

from __future__ import annotations

from app.core.waiting import declare, declare_moments
from app.models.catalog.words import ScriptState, ServiceState

declare(
    ServiceState,
    {
        ServiceState.DRAFT: "the catalogue shows drafts; nobody promised one",
        ServiceState.PUBLISHED: "it is in use",
        ServiceState.RETIRED: "it is over",
    },
)
declare(
    ScriptState,
    {
        ScriptState.DRAFT: "the page of its service shows it; nobody promised it",
        ScriptState.PUBLISHED: "it is in use",
        ScriptState.REPLACED: "it is over",
    },
)
declare_moments({"service_note.settled_at": "the page of the service keeps its notes"})
