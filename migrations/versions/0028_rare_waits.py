"""What only few incidents have, time to wait and a hand-over asked for, has indexes of these few."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

RARE = (
    ("ix_incident_waits", "waiting_until"),
    ("ix_incident_asked", "asked_team_id"),
)


def upgrade() -> None:
    for name, column in RARE:
        there = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            name, "incident", [column], sqlite_where=there, postgresql_where=there
        )


def downgrade() -> None:
    for name, _column in RARE:
        op.drop_index(name, "incident")
