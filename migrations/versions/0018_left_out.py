"""A reading counts and names the entries it left out: deleted ones and those of replication conflicts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

NEW = (("left_out_count", sa.Integer(), "0"), ("left_out", sa.JSON(), "[]"))


def upgrade() -> None:
    with op.batch_alter_table("reading") as batch:
        for name, kind, empty in NEW:
            batch.add_column(sa.Column(name, kind, server_default=empty, nullable=False))
    with op.batch_alter_table("reading") as batch:
        for name, _, _ in NEW:
            batch.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("reading") as batch:
        for name, _, _ in NEW:
            batch.drop_column(name)
