"""Secrets are bound to what they were given for, operators are told, permissions are remembered."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "known_permission",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_known_permission")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_at"), ["at"], unique=False)

    op.create_table(
        "reference_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_use")),
        sa.UniqueConstraint("reference", "target", name=op.f("uq_reference_use_reference_target")),
    )
    op.create_table(
        "notice_seen",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_notice_seen_notice_id_notice"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_notice_seen_operator_id_operator"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("notice_id", "operator_id", name=op.f("pk_notice_seen")),
    )
    _bind_what_is_known()


def downgrade() -> None:
    op.drop_table("notice_seen")
    op.drop_table("reference_use")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_at"))

    op.drop_table("notice")
    op.drop_table("known_permission")


def _bind_what_is_known() -> None:
    """Every password is for the server it is used for today, and every channel's secret for messages."""
    known = op.get_bind()
    directories = known.execute(
        sa.text("SELECT url, security, bind_password, write_password FROM directory WHERE url NOT IN ('', 'demo:')")
    )
    channels = known.execute(sa.text("SELECT url FROM channel WHERE url LIKE 'file:%' OR url LIKE 'env:%'"))
    found = {*_of_directories(directories.all()), *((_spelled(url), "messages") for (url,) in channels.all())}
    use = sa.table("reference_use", sa.column("reference"), sa.column("target"), sa.column("since"))
    use.c.since.type = sa.DateTime(timezone=True)
    now = datetime.now(UTC)
    rows = [{"reference": reference, "target": target, "since": now} for reference, target in sorted(found)]
    if rows:
        op.bulk_insert(use, rows)


def _of_directories(rows: object) -> Iterator[tuple[str, str]]:
    words = {"ldaps": "LDAPS", "starttls": "StartTLS", "plaintext": "not encrypted"}
    for url, security, *references in rows:  # type: ignore[attr-defined]
        parts = urlsplit(url.strip().lower())
        port = parts.port or {"ldap": 389, "ldaps": 636}.get(parts.scheme, 0)
        target = f"{parts.scheme}://{parts.hostname}:{port} ({words.get(security, security)})"
        yield from ((_spelled(reference), target) for reference in references if reference)


def _spelled(reference: str) -> str:
    kind, _, place = reference.partition(":")
    return f"file:{os.path.realpath(place)}" if kind == "file" and place.startswith("/") else reference
