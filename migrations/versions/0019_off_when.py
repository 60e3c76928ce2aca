"""A directory keeps house rules of what means that an account is off."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("directory") as batch:
        batch.add_column(sa.Column("off_when", sa.JSON(), server_default="[]", nullable=False))
    with op.batch_alter_table("directory") as batch:
        batch.alter_column("off_when", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("directory") as batch:
        batch.drop_column("off_when")
