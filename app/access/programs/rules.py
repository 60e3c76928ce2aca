"""What programs may ask of differences and exceptions."""

from __future__ import annotations

from app.core.interface import Operation

DRIFT, EXCEPTIONS, READ = "/api/v1/drift", "/api/v1/exceptions", "read"
DIFFERENCES_BY = (
    *("state", "kind", "text", "role_id", "wave_id", "person_id"),
    *("limit", "offset"),
)
EXCEPTIONS_BY = ("state", "owner", "text", "limit", "offset")
OPERATIONS = (
    Operation(
        "get",
        DRIFT,
        "Differences to what plans promised, the oldest first; the open ones unless said",
        READ,
        query=DIFFERENCES_BY,
    ),
    Operation("get", f"{DRIFT}/{{drift_id}}", "One difference", READ),
    Operation(
        "get",
        EXCEPTIONS,
        "Rights with an end, those that end first at the top",
        READ,
        query=EXCEPTIONS_BY,
    ),
    Operation("get", f"{EXCEPTIONS}/{{exception_id}}", "One right with an end", READ),
)
