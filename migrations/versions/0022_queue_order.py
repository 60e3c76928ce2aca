"""The indexes of the queue stand in its order, and one holds what "my services" counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

QUEUES = {
    "ix_incident_queue": ("is_open",),
    "ix_incident_team_queue": ("team_id", "is_open"),
}
ORDER = ("rank", sa.text("site_weight DESC"), "target_at", "reported_at", "id")
BEFORE = ("rank", "site_weight", "target_at", "reported_at")


def upgrade() -> None:
    for name, first in QUEUES.items():
        op.drop_index(name, "incident")
        op.create_index(name, "incident", [*first, *ORDER])
    columns = ["is_open", "service_id", "team_id", "owner"]
    op.create_index("ix_incident_watched", "incident", columns)


def downgrade() -> None:
    op.drop_index("ix_incident_watched", "incident")
    for name, first in QUEUES.items():
        op.drop_index(name, "incident")
        op.create_index(name, "incident", [*first, *BEFORE])
