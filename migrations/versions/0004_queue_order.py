"""The queue's order: emergencies before what age raised, places for the longest overdue, hours of the desk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NEW_RANK = """
UPDATE incident SET rank = CASE
  WHEN priority = 1 OR is_mass THEN 0
  WHEN priority - raises < 1 THEN 1
  ELSE priority - raises END"""
OLD_RANK = "UPDATE incident SET rank = priority - raises"


def upgrade() -> None:
    with op.batch_alter_table("calendar") as table:
        table.add_column(sa.Column("is_office", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("calendar") as table:
        table.alter_column("is_office", server_default=None)
    op.add_column("incident", sa.Column("turn", sa.Integer(), nullable=True))
    op.create_index("ix_incident_turn", "incident", ["turn"])
    op.create_index("ix_incident_overdue", "incident", ["is_open", "target_at"])
    op.execute(NEW_RANK)


def downgrade() -> None:
    op.execute(OLD_RANK)
    op.drop_index("ix_incident_overdue", table_name="incident")
    op.drop_index("ix_incident_turn", table_name="incident")
    op.drop_column("incident", "turn")
    with op.batch_alter_table("calendar") as table:
        table.drop_column("is_office")
