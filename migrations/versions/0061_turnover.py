"""What was done about people who joined, moved or left is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "turnover_done",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"],
            ["reading_change.id"],
            name=op.f("fk_turnover_done_change_id_reading_change"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"],
            ["wave.id"],
            name=op.f("fk_turnover_done_wave_id_wave"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turnover_done")),
        sa.UniqueConstraint("change_id", name=op.f("uq_turnover_done_change_id")),
    )
    op.create_index(op.f("ix_turnover_done_wave_id"), "turnover_done", ["wave_id"])


def downgrade() -> None:
    op.drop_table("turnover_done")
