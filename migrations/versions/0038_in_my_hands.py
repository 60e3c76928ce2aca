"""The incidents in somebody's hands are read in the order of the queue, however many they are.

Revision ID: 0038
Revises: 0042
"""

from __future__ import annotations

from alembic import op

revision = "0038"
down_revision = "0042"
branch_labels = None
depends_on = None

NAME = "ix_incident_agent"


def upgrade() -> None:
    op.drop_index(NAME, "incident")
    op.create_index(NAME, "incident", ["agent", "is_open", "rank", "id"])


def downgrade() -> None:
    op.drop_index(NAME, "incident")
    op.create_index(NAME, "incident", ["agent", "is_open"])
