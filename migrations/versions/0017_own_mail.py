"""Each mail that leaves has a Message-ID of our own, by which its answers are known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("mail_id", sa.String(), nullable=True))
    op.create_index("ix_delivery_mail_id", "delivery", ["mail_id"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_delivery_mail_id", "delivery")
    op.drop_column("delivery", "mail_id")
