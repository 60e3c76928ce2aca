"""A role can be taken back as a whole, wave after wave."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0082"
down_revision = "0078"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "role_undo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=True),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("waves", sa.JSON(), nullable=False),
        sa.Column("decisions", sa.JSON(), nullable=False),
        sa.Column("passed", sa.JSON(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        _link("role", "CASCADE"),
        _link("wave", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_undo")),
    )
    for name in ("role_id", "wave_id", "ended_at"):
        op.create_index(op.f(f"ix_role_undo_{name}"), "role_undo", [name])


def _link(other: str, gone: str) -> sa.ForeignKeyConstraint:
    column = f"{other}_id"
    name = op.f(f"fk_role_undo_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=gone)


def downgrade() -> None:
    op.drop_table("role_undo")
