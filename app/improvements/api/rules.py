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
LIST = ("text", "state", "owner", "parent_id", "limit", "offset")
IMPROVEMENTS = "/api/v1/improvements"
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
)
