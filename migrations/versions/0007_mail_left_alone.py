"""Mails left alone are kept, so that an incident can still be made of them; two mails may have one Message-ID."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TEXTS = ("digest", "kept", "settled_by")
INDEXED = ("try_at", "delete_on", "settled_at")
LEFT_BEFORE = "UPDATE mail_seen SET settled_at = at WHERE outcome NOT IN ('new', 'answer')"
"""What was left alone before was not kept: there is nothing to decide about it."""

TWICE = """
DELETE FROM mail_seen WHERE id NOT IN (SELECT least_id FROM (
  SELECT min(id) AS least_id FROM mail_seen GROUP BY message_id) AS first)"""
NOT_TAKEN = "DELETE FROM mail_seen WHERE outcome = 'set aside'"


def upgrade() -> None:
    with op.batch_alter_table("mail_seen") as table:
        for name in TEXTS:
            table.add_column(sa.Column(name, sa.String(), server_default="", nullable=False))
        table.add_column(sa.Column("why", sa.Text(), server_default="", nullable=False))
        table.add_column(sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))
        table.add_column(sa.Column("size", sa.Integer(), server_default="0", nullable=False))
        table.add_column(sa.Column("try_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("delete_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
        table.drop_constraint(op.f("uq_mail_seen_message_id"), type_="unique")
        table.create_unique_constraint(op.f("uq_mail_seen_message_id_digest"), ["message_id", "digest"])
    with op.batch_alter_table("mail_seen") as table:
        for name in (*TEXTS, "why", "attempts", "size"):
            table.alter_column(name, server_default=None)
    for name in INDEXED:
        op.create_index(op.f(f"ix_mail_seen_{name}"), "mail_seen", [name])
    op.execute(LEFT_BEFORE)


def downgrade() -> None:
    op.execute(NOT_TAKEN)
    op.execute(TWICE)
    for name in INDEXED:
        op.drop_index(op.f(f"ix_mail_seen_{name}"), table_name="mail_seen")
    with op.batch_alter_table("mail_seen") as table:
        table.drop_constraint(op.f("uq_mail_seen_message_id_digest"), type_="unique")
        table.create_unique_constraint(op.f("uq_mail_seen_message_id"), ["message_id"])
        for name in (*TEXTS, "why", "attempts", "size", "try_at", "delete_on", "settled_at"):
            table.drop_column(name)
