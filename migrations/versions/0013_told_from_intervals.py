"""Rights given and taken are told from the intervals of memberships; sentences that were kept stay as they are."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INDEXES = {"membership": ("since",), "past_membership": ("since", "until")}

# Versions before know nothing but sentences: they get one for each right given or taken since.
SENTENCES = """
INSERT INTO reading_change (reading_id, kind, text, person_id, entitlement_id)
SELECT DISTINCT reading.id, '{kind}',
  CASE WHEN held.person_id IS NULL THEN 'Group ' || inside.cn || ' {of_group} '
       WHEN person.name = person.uid THEN person.uid || ' {of_person} '
       ELSE person.name || ' (' || person.uid || ') {of_person} ' END || entitlement.cn || '.',
  held.person_id, held.entitlement_id
FROM ({held}) held
JOIN entitlement ON entitlement.id = held.entitlement_id
JOIN reading ON reading.directory_id = entitlement.directory_id AND reading.ended_at = held.at
LEFT JOIN person ON person.id = held.person_id
LEFT JOIN entitlement inside ON inside.id = held.child_id
WHERE reading.state = 'complete' AND reading.id NOT IN (
  SELECT reading_id FROM reading_change WHERE kind = '{kind}' AND entitlement_id IS NOT NULL)"""
BEGUN = """
SELECT entitlement_id, person_id, child_id, since AS at FROM membership
  WHERE kind IN ('person', 'group') AND absent_at < since
UNION ALL
SELECT entitlement_id, person_id, child_id, since FROM past_membership WHERE absent_at < since"""
ENDED = "SELECT entitlement_id, person_id, child_id, until AS at FROM past_membership WHERE ended = 'taken'"


def upgrade() -> None:
    for table, columns in INDEXES.items():
        for column in columns:
            op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_index("ix_reading_directory_ended", "reading", ["directory_id", "ended_at"])
    op.drop_index("ix_reading_directory_id", "reading")


def downgrade() -> None:
    op.execute(SENTENCES.format(kind="given", of_person="was given", of_group="was put into", held=BEGUN))
    op.execute(SENTENCES.format(kind="taken", of_person="no longer has", of_group="was taken out of", held=ENDED))
    op.create_index("ix_reading_directory_id", "reading", ["directory_id"])
    op.drop_index("ix_reading_directory_ended", "reading")
    for table, columns in INDEXES.items():
        for column in columns:
            op.drop_index(f"ix_{table}_{column}", table)
