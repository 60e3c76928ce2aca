"""Memberships that ended are kept with their time."""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ENDS = ("taken", "holder gone", "right gone", "switch")

# Until now memberships that ended were not kept, so the record begins with what is known to be there now: at the last
# complete reading, or at the last change of our own that followed it.
KNOWN_SINCE = """
UPDATE directory SET known_since = (
  SELECT max(moment) FROM (
    SELECT reading.ended_at AS moment FROM reading
      WHERE reading.directory_id = directory.id AND reading.state = 'complete'
    UNION ALL
    SELECT membership.since FROM membership JOIN entitlement ON entitlement.id = membership.entitlement_id
      WHERE entitlement.directory_id = directory.id
    UNION ALL
    SELECT step.ended_at FROM step JOIN wave ON wave.id = step.wave_id JOIN role ON role.id = wave.role_id
      WHERE role.directory_id = directory.id) AS moments)
WHERE EXISTS (SELECT 1 FROM reading WHERE reading.directory_id = directory.id AND reading.state = 'complete')"""

MOMENT = sa.DateTime(timezone=True)
MEMBERSHIPS = sa.table(
    "membership",
    sa.column("id"),
    sa.column("entitlement_id"),
    sa.column("since", MOMENT),
    sa.column("absent_at", MOMENT),
)
RIGHTS = sa.table("entitlement", sa.column("id"), sa.column("directory_id"))
READINGS = sa.table("reading", sa.column("directory_id"), sa.column("state"), sa.column("ended_at", MOMENT))


def note_absences() -> None:
    """Say of each membership which complete reading was the last that did not see it yet."""
    readings: dict[int, list[datetime]] = {}
    complete = sa.select(READINGS.c.directory_id, READINGS.c.ended_at).where(READINGS.c.state == "complete")
    for directory_id, at in op.get_bind().execute(complete.order_by(READINGS.c.ended_at)):
        readings.setdefault(directory_id, []).append(at)
    held = sa.select(MEMBERSHIPS.c.id, RIGHTS.c.directory_id, MEMBERSHIPS.c.since).join(
        RIGHTS, RIGHTS.c.id == MEMBERSHIPS.c.entitlement_id
    )
    absent = []
    for row, directory_id, since in op.get_bind().execute(held):
        earlier = readings.get(directory_id, [])
        if place := bisect_left(earlier, since):
            absent.append({"row": row, "at": earlier[place - 1]})
    if absent:
        this = sa.update(MEMBERSHIPS).where(MEMBERSHIPS.c.id == sa.bindparam("row"))
        op.get_bind().execute(this.values(absent_at=sa.bindparam("at")), absent)


def upgrade() -> None:
    op.add_column("directory", sa.Column("known_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("membership", sa.Column("absent_at", sa.DateTime(timezone=True), nullable=True))
    ended = sa.Enum(*ENDS, name="ended", native_enum=False, create_constraint=True, length=20)
    op.create_table(
        "past_membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entitlement_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("child_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("absent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", ended, nullable=False),
        sa.ForeignKeyConstraint(
            ["child_id"],
            ["entitlement.id"],
            name=op.f("fk_past_membership_child_id_entitlement"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["entitlement_id"],
            ["entitlement.id"],
            name=op.f("fk_past_membership_entitlement_id_entitlement"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_past_membership_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_membership")),
    )
    op.create_index("ix_past_membership_right", "past_membership", ["entitlement_id", "until"])
    op.create_index("ix_past_membership_person", "past_membership", ["person_id", "until"])
    op.create_index("ix_past_membership_child", "past_membership", ["child_id", "until"])
    op.execute(KNOWN_SINCE)
    note_absences()


def downgrade() -> None:
    op.drop_table("past_membership")
    op.drop_column("membership", "absent_at")
    op.drop_column("directory", "known_since")
