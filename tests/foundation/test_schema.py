from app import schema
from app.db import Database


def test_the_newest_revision_equals_the_models(database: Database) -> None:
    assert schema.is_current(database)
    assert schema.differences(database) == []
