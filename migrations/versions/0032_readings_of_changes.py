"""Readings of what changed alone: up to where changes are known, why everything was read, what was
missed, and who stopped one.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

def columns() -> tuple[sa.Column, ...]:
    return (
    sa.Column("full", sa.Boolean(), nullable=False, server_default=sa.true()),
    sa.Column("note", sa.Text(), nullable=False, server_default=""),
    sa.Column("mark", sa.JSON(), nullable=False, server_default="{}"),
    sa.Column("missed_count", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("missed", sa.JSON(), nullable=False, server_default="[]"),
    sa.Column("stopped_by", sa.String(), nullable=False, server_default=""),
)


def upgrade() -> None:
    for column in columns():
        op.add_column("reading", column)
    with op.batch_alter_table("reading") as batch:
        for column in columns():
            batch.alter_column(column.name, server_default=None)


def downgrade() -> None:
    for column in reversed(columns()):
        op.drop_column("reading", column.name)
