"""Rights whose holders rule over others, accounts the server guards, and the first of two approvals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NEW = (
    ("entitlement", "privileged", sa.Boolean(), sa.false()),
    ("entitlement", "privileged_by", sa.String(), ""),
    ("person", "guarded", sa.Boolean(), sa.false()),
    ("wave", "first_approved_by", sa.String(), ""),
)


def upgrade() -> None:
    for table, name, kind, empty in NEW:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column(name, kind, server_default=empty, nullable=False))
        with op.batch_alter_table(table) as batch:
            batch.alter_column(name, server_default=None)
    op.add_column("wave", sa.Column("first_approved_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("wave", "first_approved_at")
    for table, name, _, _ in NEW:
        with op.batch_alter_table(table) as batch:
            batch.drop_column(name)
