"""An account that is off is off in whatever way its server says so, live and in an export."""

from __future__ import annotations

from pathlib import Path

from ldap_sync.ldif import snapshot_from_ldif
from ldap_sync.values import DirectoryPerson, DirectorySnapshot
from tests.ldap_sync.conftest import Doors, World
from tests.ldap_sync.test_accounts import NOW, Judge

HOUSE = ("description=gone",)


def changed(world: World, lines: str) -> DirectoryPerson:
    """Add a person and give it further values, in place of those it has."""
    person = world.person()
    for line in lines.split("|"):
        name, _, value = line.partition(": ")
        verb = "add" if name == "objectClass" else "replace"
        world.server.change(
            f"dn: {person.dn}\nchangetype: modify\n{verb}: {name}\n{name}: {value}\n"
        )
    return person


def exported(
    world: World, folder: Path, judge: Judge | None = None
) -> DirectorySnapshot:
    """Read what the server's own client exports as a file."""
    export = folder / "export.ldif"
    export.write_text(
        "\n\n".join(filter(None, world.server.everything())) + "\n\n", encoding="utf-8"
    )
    return snapshot_from_ldif(export, judge=judge)


def is_off(snapshot: DirectorySnapshot, person: DirectoryPerson) -> bool:
    """Tell whether a person of a reading is off."""
    [found] = [one for one in snapshot.people if one.key == person.key]
    return found.disabled


def test_every_way_in_which_this_server_switches_an_account_off_is_understood(
    world: World, tmp_path: Path
) -> None:
    people = {lines: changed(world, lines) for lines in world.server.off}
    others = [world.person(), changed(world, "description: gone")]
    for snapshot in (
        world.reader.read(lambda _what, _count: None),
        exported(world, tmp_path),
    ):
        assert {
            lines: is_off(snapshot, person) for lines, person in people.items()
        } == dict.fromkeys(people, True)
        assert [is_off(snapshot, person) for person in others] == [False, False]
    for person in people.values():
        found = world.reader.person(person.key)
        assert found is not None
        assert found.disabled


def test_a_house_rule_switches_off_too(
    world: World, doors: Doors, tmp_path: Path
) -> None:
    gone, here = changed(world, "description: gone"), world.person()
    reader = doors.reader(world.server.connection(off_when=HOUSE))
    file = exported(world, tmp_path, Judge.at(NOW, HOUSE))
    for snapshot in (reader.read(lambda _what, _count: None), file):
        assert [is_off(snapshot, person) for person in (gone, here)] == [True, False]
    found = reader.person(gone.key)
    assert found is not None
    assert found.disabled
