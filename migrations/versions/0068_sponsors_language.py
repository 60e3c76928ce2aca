"""The language in which a sponsor without an account gets the weekly mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None


def upgrade() -> None:
    language = sa.Column(
        "sponsor_language", sa.String(), nullable=False, server_default=""
    )
    op.add_column("improvement", language)


def downgrade() -> None:
    op.drop_column("improvement", "sponsor_language")
