"""Waves say themselves whether they bring a new version of their role."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0088"
down_revision = "0103"
branch_labels = None
depends_on = None

MARK = '"versions":true'


def upgrade() -> None:
    column = sa.Column(
        "brings_version", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("wave", column)
    wave = sa.table("wave", sa.column("plan"), sa.column("brings_version"))
    bring = wave.c.plan.contains(MARK, autoescape=True)
    op.execute(wave.update().where(bring).values(brings_version=sa.true()))


def downgrade() -> None:
    op.drop_column("wave", "brings_version")
