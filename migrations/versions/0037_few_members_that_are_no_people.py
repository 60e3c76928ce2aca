"""Indexes of the members of groups that are no people, which are few.

Revision ID: 0037
Revises: 0036
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

TABLE, CHILD, IDLE = "membership", "ix_membership_child_id", "ix_membership_idle"


def upgrade() -> None:
    op.drop_index(CHILD, TABLE)
    _index_some(CHILD, "child_id", "child_id IS NOT NULL")
    _index_some(IDLE, "entitlement_id", "person_id IS NULL")


def downgrade() -> None:
    op.drop_index(IDLE, TABLE)
    op.drop_index(CHILD, TABLE)
    op.create_index(CHILD, TABLE, ["child_id"])


def _index_some(name: str, column: str, condition: str) -> None:
    few = sa.text(condition)
    op.create_index(name, TABLE, [column], sqlite_where=few, postgresql_where=few)
