"""Links to the status page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0096"
down_revision = "0086"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "status_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("for_whom", sa.String(), nullable=False),
        sa.Column("improvement_id", sa.Integer(), nullable=True),
        sa.Column("decides", sa.Boolean(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["given_by_id"],
            ["operator.id"],
            name=op.f("fk_status_link_given_by_id_operator"),
        ),
        sa.ForeignKeyConstraint(
            ["improvement_id"],
            ["improvement.id"],
            name=op.f("fk_status_link_improvement_id_improvement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_link")),
    )
    for column in ("given_by_id", "improvement_id"):
        op.create_index(op.f(f"ix_status_link_{column}"), "status_link", [column])


def downgrade() -> None:
    op.drop_table("status_link")
