"""When the end of an exception was tried last is known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("access_exception") as kept:
        kept.add_column(
            sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True)
        )


def downgrade() -> None:
    with op.batch_alter_table("access_exception") as kept:
        kept.drop_column("tried_at")
