"""A reading counts and names the groups outside of its bases that list people who were read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0029"
branch_labels = None
depends_on = None

NEW = (("outside_count", sa.Integer(), "0"), ("outside", sa.JSON(), "[]"))


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
