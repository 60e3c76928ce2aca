"""A stamp tells whether people, rights or memberships changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "graph_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_graph_mark")),
    )


def downgrade() -> None:
    op.drop_table("graph_mark")
