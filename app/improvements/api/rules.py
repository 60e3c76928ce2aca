"""What programs may ask of improvements."""

from __future__ import annotations

from app.core.interface import Fields, Operation

IDEA: Fields = {
    "title": ("string", True),
    "service": ("string", False),
    "vision": ("string", False),
    "source_text": ("string", False),
    "source_who": ("string", False),
}
VALUE: Fields = {
    "day": ("string", True),
    "value": ("number", False),
    "count": ("integer", False),
    "of": ("number", False),
    "label": ("string", False),
    "correct": ("boolean", False),
    "reason": ("string", False),
}
ASK: Fields = {
    "site": ("string", False),
    "department": ("string", False),
    "team": ("string", False),
    "group": ("string", False),
    "names": ("string", False),
    "except": ("string", False),
    "technique": ("string", False),
    "dry_run": ("boolean", False),
}
MOVE: Fields = {
    "to": ("string", True),
    "state": ("string", False),
    "site": ("string", False),
    "names": ("string", False),
    "except": ("string", False),
    "all": ("boolean", False),
    "reason": ("string", False),
    "confirmed_by": ("string", False),
}
LETTER: Fields = {
    "subject": ("string", False),
    "text": ("string", False),
    "signed_by": ("string", False),
    "dry_run": ("boolean", False),
}
LINKS: Fields = {"names": ("string", True), "revoke": ("boolean", False)}
LIST = ("text", "state", "owner", "parent_id", "limit", "offset")
IMPROVEMENTS = "/api/v1/improvements"
PEOPLE = "/api/v1/rungs/{rung_id}/people"
VALUES = "/api/v1/metrics/{metric_id}/values"
READ, CHANGE = "read", "improve"
OPERATIONS = (
    Operation(
        "get", IMPROVEMENTS, "List improvements, the newest first", READ, query=LIST
    ),
    Operation("post", IMPROVEMENTS, "Raise an idea", CHANGE, body=IDEA),
    Operation(
        "get",
        "/api/v1/improvements/{improvement_id}",
        "One improvement with its rungs and metrics",
        READ,
    ),
    Operation(
        "get", VALUES, "The values that count", READ, query=("since", "limit", "offset")
    ),
    Operation(
        "post", VALUES, "Add a value of one period, or correct it", CHANGE, VALUE
    ),
    Operation(
        "get",
        PEOPLE,
        "The people of a rung, and how many stand where",
        READ,
        query=("state", "site", "limit", "offset"),
    ),
    Operation("post", PEOPLE, "Ask people to take part, many at once", CHANGE, ASK),
    Operation("post", f"{PEOPLE}/move", "Move many people at once", CHANGE, MOVE),
    Operation(
        "post",
        f"{PEOPLE}/letter",
        "Send who has not said yet whether it works a link of their own",
        CHANGE,
        LETTER,
    ),
    Operation(
        "post",
        f"{PEOPLE}/links",
        "Give people a link to hand over, or make theirs worthless",
        CHANGE,
        LINKS,
    ),
)
