"""The tables: head equals the models, up and down with data, and what is said when they are not up
to date.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from app.core import schema
from app.core.db import BEHIND, Database
from app.core.errors import Away
from tests.rows import APPEND_ONLY, counts, fill

CHAIN = ScriptDirectory(str(schema.MIGRATIONS))
REVISIONS = [one.revision for one in reversed(list(CHAIN.walk_revisions()))]
NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "{number}"
down_revision = "{before}"
branch_labels = depends_on = None


def upgrade() -> None:
{upgrade}


def downgrade() -> None:
    raise NotImplementedError
"""


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    database = Database(empty_url)
    yield database
    database.dispose()


@pytest.fixture
def with_newer_revision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A copy of our revisions to which a test adds one of its own."""
    copy = tmp_path / "migrations"
    shutil.copytree(
        schema.MIGRATIONS, copy, ignore=shutil.ignore_patterns("__pycache__")
    )
    monkeypatch.setattr(schema, "MIGRATIONS", copy)
    yield copy


def add_revision(folder: Path, upgrade: str) -> str:
    number = f"{int(max(REVISIONS)) + 1:04}"
    body = NEXT.format(
        number=number,
        before=REVISIONS[-1],
        upgrade="\n".join(f"    {line}" for line in upgrade.splitlines()),
    )
    (folder / "versions" / f"{number}_next.py").write_text(body)
    return number


def test_the_newest_revision_equals_the_models(database: Database) -> None:
    assert schema.is_current(database)
    assert schema.differences(database) == []


def test_every_revision_goes_up_and_down_and_up_again(empty: Database) -> None:
    for number in REVISIONS:
        schema.upgrade(empty, number)
        assert schema.revision_of(empty) == number
    for number in reversed(["base", *REVISIONS[:-1]]):
        schema.downgrade(empty, number)
        assert schema.revision_of(empty) == ("" if number == "base" else number)
    assert inspect(empty.engine).get_table_names() == ["alembic_version"]
    schema.upgrade(empty)
    assert schema.differences(empty) == []


def test_going_down_with_a_row_in_every_table_works(database: Database) -> None:
    assert set(fill(database).values()) == {1}
    schema.downgrade(database, "base")
    schema.upgrade(database)
    assert set(counts(database).values()) == {
        0,
        1,
    }  # the head of the audit chain is there from the start


def test_rebuilding_a_parent_table_keeps_its_children(
    database: Database, with_newer_revision: Path
) -> None:
    before = fill(database)
    rebuild = (
        'with op.batch_alter_table("directory") as batch:\n    batch.alter_column("name", '
        "type_=sa.Text())"
    )
    add_revision(with_newer_revision, rebuild)
    schema.upgrade(database)
    assert counts(database) == before


def test_a_failing_revision_leaves_nothing_behind(
    database: Database, with_newer_revision: Path
) -> None:
    add_revision(
        with_newer_revision,
        'op.create_table("half", sa.Column("id", sa.Integer))\nop.execute("nonsense")',
    )
    with pytest.raises((DBAPIError, Away)):
        schema.upgrade(database)
    assert schema.revision_of(database) == REVISIONS[-1]
    assert "half" not in inspect(database.engine).get_table_names()


def test_a_revision_that_leaves_rows_pointing_nowhere_is_taken_back(
    database: Database, with_newer_revision: Path
) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL watches over references by itself")
    before = fill(database)
    add_revision(with_newer_revision, 'op.execute("DELETE FROM directory")')
    with pytest.raises(RuntimeError, match="point nowhere"):
        schema.upgrade(database)
    assert counts(database) == before


def test_a_revision_that_loses_the_triggers_of_rows_that_may_only_be_added_is_taken_back(
    database: Database, with_newer_revision: Path
) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL keeps the triggers of a table whose columns change")
    rebuild = (
        'with op.batch_alter_table("{0}") as batch:\n    batch.alter_column("id", '
        "type_=sa.BigInteger())"
    )
    with database.read() as session:
        before = schema.guards(session.connection())
    assert set(before.values()) == set(APPEND_ONLY)
    for table in APPEND_ONLY:
        file = add_revision(with_newer_revision, rebuild.format(table))
        three = rf"{table}_no_\w+, {table}_no_\w+, {table}_no_replace"
        with pytest.raises(RuntimeError, match=f"loses the triggers {three}"):
            schema.upgrade(database, file)
        with database.read() as session:
            assert schema.guards(session.connection()) == before


def test_the_embedded_database_is_copied_and_brought_up_to_date(
    database: Database, with_newer_revision: Path, tmp_path: Path
) -> None:
    number = add_revision(
        with_newer_revision, 'op.add_column("freeze", sa.Column("extra", sa.Text()))'
    )
    if database.is_sqlite:
        schema.make_ready(database, tmp_path / "backups")
        assert schema.revision_of(database) == number
        [kept] = (tmp_path / "backups").iterdir()
        old = Database(f"sqlite:///{kept}")
        assert schema.revision_of(old) == REVISIONS[-1]
        assert kept.stat().st_mode & 0o077 == 0
        old.dispose()
    else:
        with pytest.raises(Away, match="rung db upgrade"):
            schema.make_ready(database, tmp_path / "backups")
        assert schema.revision_of(database) == REVISIONS[-1]


def test_a_new_embedded_database_needs_no_copy(empty: Database, tmp_path: Path) -> None:
    if not empty.is_sqlite:
        pytest.skip("a server's tables are made when somebody says so")
    schema.make_ready(empty, tmp_path / "backups")
    assert schema.is_current(empty)
    assert not (tmp_path / "backups").exists()


def test_a_database_that_is_behind_is_told_with_the_command_that_helps(
    empty: Database,
) -> None:
    with pytest.raises(Away, match="rung db upgrade") as told:
        schema.demand_current(empty)
    assert told.value.message == BEHIND


def test_a_database_of_a_newer_version_is_left_alone(
    database: Database, tmp_path: Path
) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Away, match="newer version"):
        schema.make_ready(database, tmp_path)


def test_two_processes_that_upgrade_at_once_do_not_collide(empty: Database) -> None:
    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(schema.upgrade, empty) for _ in range(3)]:
            done.result(30)
    assert schema.is_current(empty)


def test_the_newest_revision_is_the_end_of_the_chain_and_each_file_bears_its_number() -> (
    None
):
    assert schema.head() == CHAIN.get_current_head() == REVISIONS[-1]
    assert schema._known() == {*REVISIONS}


def test_a_command_that_changes_no_table_does_without_alembic() -> None:
    asks = "import sys, app.factory, app.core.terminal; print('alembic' in sys.modules)"
    asked = subprocess.run(
        (sys.executable, "-c", asks), capture_output=True, text=True, check=True
    )
    assert asked.stdout.strip() == "False"


def test_the_newest_revision_is_the_one_no_other_follows_whatever_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = tmp_path / "versions"
    versions.mkdir()
    for number, before in (("0001", None), ("0041", "0001"), ("0038", "0041")):
        said = f'"{before}"' if before else "None"
        (versions / f"{number}_x.py").write_text(f"down_revision = {said}\n")
    monkeypatch.setattr(schema, "MIGRATIONS", tmp_path)
    assert schema.head() == "0038"
