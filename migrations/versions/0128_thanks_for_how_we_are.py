"""Thanks say whether they were for how people are, not for one thing done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0128"
down_revision = "0124"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column(
        "manner", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    with op.batch_alter_table("thank_you") as batch:
        batch.add_column(column)
    with op.batch_alter_table("thank_you") as batch:
        batch.alter_column("manner", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("thank_you") as batch:
        batch.drop_column("manner")
