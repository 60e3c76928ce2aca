"""Repairs of memberOf, with the journal of what was worked out anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

REPAIR_STATES = ("waiting", "running", "done", "stopped")
REFRESH_STATES = ("planned", "intent", "done", "already", "refused", "drift", "unknown")


def upgrade() -> None:
    op.create_table(
        "memberof_repair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("directory_id", sa.Integer(), nullable=False),
        sa.Column("state", _one_of(REPAIR_STATES), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["directory_id"],
            ["directory.id"],
            name=op.f("fk_memberof_repair_directory_id_directory"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberof_repair")),
    )
    op.create_index(op.f("ix_memberof_repair_directory_id"), "memberof_repair", ["directory_id"])
    op.create_index(op.f("ix_memberof_repair_state"), "memberof_repair", ["state"])
    op.create_table(
        "memberof_refresh",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("repair_id", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.JSON(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("state", _one_of(REFRESH_STATES), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("intent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["repair_id"],
            ["memberof_repair.id"],
            name=op.f("fk_memberof_refresh_repair_id_memberof_repair"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberof_refresh")),
    )
    op.create_index(op.f("ix_memberof_refresh_repair_id"), "memberof_refresh", ["repair_id"])


def downgrade() -> None:
    op.drop_table("memberof_refresh")
    op.drop_table("memberof_repair")


def _one_of(states: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*states, name="state", native_enum=False, create_constraint=True, length=20)
