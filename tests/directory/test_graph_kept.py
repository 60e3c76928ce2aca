"""Who holds what is loaded once for all, and never shown as it was before a change."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.access.fit.queries import fits_of
from app.access.fit.rules import Fit
from app.access.queries import load_role
from app.core.db import Database
from app.directory.actions import note_change
from app.directory.actions.store import understand_again
from app.directory.queries import load_graph
from app.directory.rules import Graph
from app.models.directory import Directory, Entitlement, GraphMark, Lens, Membership
from app.models.people import Person
from ldap_sync.values import DirectoryChange
from tests.access.builders import MONDAY, World, a_world, counted
from tests.directory.builders import a_person, holds

HELD = {"ada": "mail post", "ben": "mail", "cyd": "wiki"}


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return a_world(database, HELD, plans=tmp_path / "plans")


def graph(world: World) -> Graph:
    with world.database.read() as session:
        return load_graph(session, world.directory_id)


def mail_holders(world: World) -> set[str]:
    found = graph(world)
    return {found.people[each].uid for each in found.members[world.rights["mail"]]}


def test_who_asks_again_gets_the_same_graph_for_one_statement(world: World) -> None:
    first = graph(world)
    with counted(world.database) as statements:
        assert graph(world) is first
    assert len(statements) == 1


def test_people_who_ask_at_once_wait_for_one_loading(world: World) -> None:
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: graph(world), range(4)))
    assert len({id(each) for each in found}) == 1


def put_in_by_a_row(session: Session, world: World) -> None:
    right = session.get_one(Entitlement, world.rights["mail"])
    holds(session, right, session.get_one(Person, world.people["cyd"]))


def put_in_by_a_wave(session: Session, world: World) -> None:
    right = session.get_one(Entitlement, world.rights["mail"])
    cyd = session.get_one(Person, world.people["cyd"])
    change = DirectoryChange(right.key, right.dn, right.attribute, add=(cyd.dn,))
    note_change(session, world.directory_id, change, MONDAY)


def taken_out_by_a_statement(session: Session, world: World) -> None:
    mine = Membership.entitlement_id == world.rights["mail"]
    session.execute(delete(Membership).where(mine))


def gone_from_the_directory(session: Session, world: World) -> None:
    ben = Person.id == world.people["ben"]
    session.execute(update(Person).where(ben).values(gone_at=MONDAY))


def called_otherwise(session: Session, world: World) -> None:
    session.get_one(Person, world.people["ada"]).uid = "adele"


CHANGES: dict[Callable[[Session, World], None], set[str]] = {
    put_in_by_a_row: {"ada", "ben", "cyd"},
    put_in_by_a_wave: {"ada", "ben", "cyd"},
    taken_out_by_a_statement: set(),
    gone_from_the_directory: {"ada"},
    called_otherwise: {"adele", "ben"},
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_after_a_change_nobody_sees_the_graph_of_before(
    world: World, change: Callable[[Session, World], None]
) -> None:
    assert mail_holders(world) == {"ada", "ben"}
    with world.database.write() as session:
        change(session, world)
        session.info["audit_events"] = 1
    assert mail_holders(world) == CHANGES[change]


def test_a_reading_that_is_taken_over_and_a_lens_that_is_noted_are_seen(
    world: World,
) -> None:
    first = graph(world)
    with world.database.write() as session:
        understand_again(
            session, session.get_one(Directory, world.directory_id), MONDAY
        )
        a_person(session, session.get_one(Directory, world.directory_id), "dot")
    second = graph(world)
    assert second is not first and len(second.people) == 4
    with world.database.write() as session:
        right = session.get_one(Entitlement, world.rights["mail"])
        right.lens = Lens.DIRECT
        session.info["audit_events"] = 1
    assert graph(world).rights[world.rights["mail"]].lens is Lens.DIRECT


def test_every_transaction_of_many_is_seen_in_its_turn(world: World) -> None:
    for name in ("cyd", "ben"):
        with world.database.write() as session:
            right = session.get_one(Entitlement, world.rights["post"])
            holds(session, right, session.get_one(Person, world.people[name]))
        post = graph(world).members[world.rights["post"]]
        assert world.people[name] in post


def test_what_is_taken_back_is_never_shown_to_others(world: World) -> None:
    before = graph(world)
    with pytest.raises(RuntimeError), world.database.write() as session:
        put_in_by_a_row(session, world)
        own = load_graph(session, world.directory_id)
        assert world.people["cyd"] in own.members[world.rights["mail"]]
        raise RuntimeError("taken back")
    assert graph(world) is before


def test_a_savepoint_that_is_taken_back_does_not_hide_what_comes_after_it(
    world: World,
) -> None:
    assert mail_holders(world) == {"ada", "ben"}
    with world.database.write() as session:
        with pytest.raises(RuntimeError), session.begin_nested():
            taken_out_by_a_statement(session, world)
            raise RuntimeError("taken back")
        put_in_by_a_row(session, world)
    assert mail_holders(world) == {"ada", "ben", "cyd"}


def test_what_was_worked_out_from_a_graph_is_worked_out_once(world: World) -> None:
    found, asked = graph(world), []

    def work(it: Graph) -> int:
        asked.append(it)
        return len(it.people)

    assert [graph(world).once("people", work) for _ in range(3)] == [3, 3, 3]
    assert asked == [found]


def test_the_stamp_is_one_row_however_much_is_changed(world: World) -> None:
    with world.database.read() as session:
        (first,) = session.scalars(select(GraphMark.stamp))
    with world.database.write() as session:
        put_in_by_a_row(session, world)
    with world.database.read() as session:
        (second,) = session.scalars(select(GraphMark.stamp))
    assert first != second


def test_how_a_role_fits_is_worked_out_once_until_rights_change(world: World) -> None:
    role = world.role()

    def fits() -> list[Fit]:
        with world.database.read() as session:
            loaded = load_role(session, role)
            return fits_of(load_graph(session, world.directory_id), loaded)

    first = fits()
    assert fits() is first and len(first) == 2
    with world.database.write() as session:
        taken_out_by_a_statement(session, world)
        session.info["audit_events"] = 1
    assert [len(fit.missing) for fit in fits()] == [1]
