"""Which of several servers of a directory was asked last, and how far it was.

Revision ID: 0036
Revises: 0034
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0034"
branch_labels = None
depends_on = None

TEXT = {"server_default": "", "nullable": False}


def upgrade() -> None:
    with op.batch_alter_table("directory") as table:
        table.add_column(sa.Column("server", sa.String(), **TEXT))
        table.add_column(sa.Column("seen", sa.JSON(), server_default="[]", nullable=False))
        table.add_column(
            sa.Column("unfinished", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    with op.batch_alter_table("reading") as table:
        table.add_column(sa.Column("server", sa.String(), **TEXT))


def downgrade() -> None:
    with op.batch_alter_table("reading") as table:
        table.drop_column("server")
    with op.batch_alter_table("directory") as table:
        for name in ("unfinished", "seen", "server"):
            table.drop_column(name)
