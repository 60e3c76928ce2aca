"""What programs may ask of the desk."""

from __future__ import annotations

from app.core.interface import Fields, Operation

CREATE: Fields = {
    "title": ("string", True),
    "description": ("string", False),
    "effect": ("string", False),
    "requester": ("string", False),
    "requester_mail": ("string", False),
    "requester_phone": ("string", False),
    "person_id": ("integer", False),
    "site_id": ("integer", False),
    "service_id": ("integer", False),
}
NOTE: Fields = {"text": ("string", True), "public": ("boolean", False)}
HAND_OVER: Fields = {
    "team_id": ("integer", True),
    "reason": ("string", True),
    "unknown": ("boolean", False),
}
CONTACT: Fields = {"who": ("string", True), "text": ("string", False)}
CALL: Fields = {
    "event": ("string", True),
    "call": ("string", True),
    "number": ("string", False),
    "agent": ("string", False),
    "at": ("string", False),
}
RESTORE: Fields = {"what": ("string", True), "cause": ("string", False)}


LIST = ("state", "team_id", "service_id", "person_id", "limit", "offset")
OPERATIONS = (
    Operation(
        "get", "/api/v1/incidents", "List incidents, the newest first", query=LIST
    ),
    Operation("post", "/api/v1/incidents", "Report an incident", body=CREATE),
    Operation("get", "/api/v1/incidents/{incident_id}", "One incident"),
    Operation(
        "post",
        "/api/v1/incidents/{incident_id}/notes",
        "Write something down",
        body=NOTE,
    ),
    Operation(
        "post",
        "/api/v1/incidents/{incident_id}/contacts",
        "Somebody got in touch again",
        body=CONTACT,
    ),
    Operation(
        "post",
        "/api/v1/incidents/{incident_id}/hand-over",
        "Hand it to another team",
        body=HAND_OVER,
    ),
    Operation(
        "post",
        "/api/v1/incidents/{incident_id}/restore",
        "The requester can work again",
        body=RESTORE,
    ),
    Operation("get", "/api/v1/services", "Published services", "read"),
    Operation(
        "post",
        "/api/cti",
        "An event of a phone call, signed instead of a key",
        "signature",
        body=CALL,
    ),
    Operation("get", "/api/v1/people", "Look somebody up", query=("text",)),
)
