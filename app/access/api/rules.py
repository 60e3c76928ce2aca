"""What programs may ask of roles and waves: to read and to plan, never to approve."""

from __future__ import annotations

from app.core.interface import Fields, Operation

PLAN: Fields = {
    "people": ("string", False),
    "next": ("boolean", False),
    "accept_gain": ("boolean", False),
    "reason": ("string", False),
}
ROLES, WAVES = "/api/v1/roles", "/api/v1/waves"
READ = "read"
OPERATIONS = (
    Operation("get", ROLES, "List roles in use", READ, query=("limit", "offset")),
    Operation(
        "get",
        "/api/v1/roles/{role_id}",
        "One role with its rights, its ladder, who comes next and its named duties",
        READ,
    ),
    Operation(
        "post",
        "/api/v1/roles/{role_id}/waves",
        "Plan a wave; it waits for the approval of a person",
        "plan",
        PLAN,
    ),
    Operation(
        "get",
        WAVES,
        "List waves, the newest first",
        READ,
        query=("role_id", "state", "limit", "offset"),
    ),
    Operation(
        "get",
        "/api/v1/waves/{wave_id}",
        "One wave with where its people stand, its gate and its named duties",
        READ,
    ),
)
