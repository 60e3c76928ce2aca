"""What groups list and is no person is told from what is left over; people may have several account names."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NEW = (
    ("membership", "what", sa.String(), ""),
    ("person", "further_uids", sa.JSON(), "[]"),
)
KINDS = ("person", "group", "placeholder", "dangling")


def upgrade() -> None:
    for table, name, kind, empty in NEW:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column(name, kind, server_default=empty, nullable=False))
        with op.batch_alter_table(table) as batch:
            batch.alter_column(name, server_default=None)
    _allow(*KINDS, "other")


def downgrade() -> None:
    op.execute("UPDATE membership SET kind = 'dangling' WHERE kind = 'other'")
    _allow(*KINDS)
    for table, name, _, _ in NEW:
        with op.batch_alter_table(table) as batch:
            batch.drop_column(name)


def _allow(*kinds: str) -> None:
    with op.batch_alter_table("membership") as batch:
        batch.drop_constraint(op.f("ck_membership_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_membership_kind"), f"kind IN ({', '.join(map(repr, kinds))})")
