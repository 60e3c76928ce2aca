"""An operator's language belongs to the account."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("operator", sa.Column("language", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("operator", "language")
