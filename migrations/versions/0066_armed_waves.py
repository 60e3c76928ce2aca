"""A wave can be armed: it begins by itself within its window, under terms that stop it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

STATES = (
    "planned",
    "approved",
    "applying",
    "paused",
    "soaking",
    "confirmed",
    "stopped",
    "undoing",
    "undone",
    "withdrawn",
)
MOMENTS = ("armed_at", "opens_at", "closes_at")


def upgrade() -> None:
    _allow(*STATES, "armed", "canary")
    op.add_column(
        "wave",
        sa.Column("armed_by", sa.String(), nullable=False, server_default=""),
    )
    op.add_column(
        "wave", sa.Column("terms", sa.JSON(), nullable=False, server_default="{}")
    )
    for name in MOMENTS:
        op.add_column(
            "wave", sa.Column(name, sa.DateTime(timezone=True), nullable=True)
        )


def _allow(*states: str) -> None:
    quoted = ", ".join(f"'{state}'" for state in states)
    name = op.f("ck_wave_state")
    with op.batch_alter_table("wave") as table:
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, f"state IN ({quoted})")


def downgrade() -> None:
    op.execute("UPDATE wave SET state = 'approved' WHERE state = 'armed'")
    op.execute("UPDATE wave SET state = 'stopped' WHERE state = 'canary'")
    _allow(*STATES)
    for name in (*MOMENTS, "terms", "armed_by"):
        op.drop_column("wave", name)
