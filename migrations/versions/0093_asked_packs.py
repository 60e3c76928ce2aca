"""Packs of evidence that the worker makes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0093"
down_revision = "0096"
branch_labels = None
depends_on = None

STATES = "waiting", "working", "made", "refused", "cancelled"


def upgrade() -> None:
    op.create_table(
        "asked_pack",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", _states(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_now", sa.Boolean(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("adds_up", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_pack")),
    )
    op.create_index(op.f("ix_asked_pack_state"), "asked_pack", ["state"])


def _states() -> sa.Enum:
    return sa.Enum(
        *STATES, name="state", native_enum=False, create_constraint=True, length=20
    )


def downgrade() -> None:
    op.drop_table("asked_pack")
