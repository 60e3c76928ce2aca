"""Suggested roles: what was worked out, and what was refused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0086"
down_revision = "0079"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "suggested_sets",
        _directory("suggested_sets"),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("wanted", sa.String(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("sets", sa.JSON(), nullable=False),
        sa.Column("ahead", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("directory_id", name=op.f("pk_suggested_sets")),
    )
    op.create_table(
        "refused_suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        _directory("refused_suggestion"),
        sa.Column("rights", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refused_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_suggestion")),
    )
    index = op.f("ix_refused_suggestion_directory_id")
    op.create_index(index, "refused_suggestion", ["directory_id"])


def _directory(table: str) -> sa.Column[int]:
    name = op.f(f"fk_{table}_directory_id_directory")
    key = sa.ForeignKey("directory.id", ondelete="CASCADE", name=name)
    return sa.Column("directory_id", sa.Integer(), key, nullable=False)


def downgrade() -> None:
    op.drop_table("refused_suggestion")
    op.drop_table("suggested_sets")
