"""What came of a meeting may have become the decision of a rung."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0124"
down_revision = "0098"
branch_labels = None
depends_on = None

KEY = "fk_meeting_outcome_decision_id_decision"
INDEX = "ix_meeting_outcome_decision_id"


def upgrade() -> None:
    with op.batch_alter_table("meeting_outcome") as batch:
        batch.add_column(sa.Column("decision_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f(KEY), "decision", ["decision_id"], ["id"], ondelete="SET NULL"
        )
        batch.create_index(op.f(INDEX), ["decision_id"])


def downgrade() -> None:
    with op.batch_alter_table("meeting_outcome") as batch:
        batch.drop_index(op.f(INDEX))
        batch.drop_constraint(op.f(KEY), type_="foreignkey")
        batch.drop_column("decision_id")
