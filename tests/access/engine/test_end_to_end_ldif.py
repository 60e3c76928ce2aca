"""A plan can be run and taken back with the system's own ldapmodify, to the same end as by Rung
(design 5.14).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from app.core.settings import Settings
from app.directory.actions import freeze
from tests.access.engine.slapd_world import (
    PLACEHOLDER,
    SlapdWorld,
    company,
    one_packet_a_window,
    person_dn,
    right_dn,
    role_dn,
)
from tests.acting import acting
from tests.conftest import Clock
from tests.ldap_sync.servers import group_ldif, run

Company = Callable[..., SlapdWorld]


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    one_packet_a_window(monkeypatch)


@pytest.fixture
def start(settings: Settings, clock: Clock) -> Iterator[Company]:
    with ExitStack() as stack:
        yield lambda *held, **more: stack.enter_context(
            company(settings, clock, *held, **more)
        )


@pytest.fixture
def world(start: Company) -> SlapdWorld:
    return start()


def take_back(world: SlapdWorld, ldif: str) -> None:
    """Run the way back as the file says it is to be run: going on after errors."""
    run(*world.server._client("ldapmodify", "-c"), text=ldif, check=False)


@pytest.mark.parametrize("realise", ["nested", "materialised"])
def test_ldapmodify_comes_to_the_same_end_as_apply_and_undo(
    world: SlapdWorld, realise: str
):
    before = world.state()
    world.role("mail", "post", realise=realise)
    wave = world.approved(
        "cyd",
        "dot",
        more=["--accept-gain", "--accept-loss", "wiki", "--reason", "gone"],
    )
    world.server.change(world.rung("wave", "ldif", wave).out)
    forward = world.state()
    take_back(world, world.rung("wave", "ldif", wave, "--reverse").out)
    assert world.state() == before | {role_dn("clerk"): (PLACEHOLDER,)}
    world.done("wave", "apply", wave)
    assert world.state() == forward
    world.undone(wave)
    assert world.state() == before | {role_dn("clerk"): (PLACEHOLDER,)}


def test_the_files_are_on_disk_before_anything_is_written(world: SlapdWorld):
    world.role("mail", "post")
    wave = world.planned("ada")
    plans = world.parts.settings.plans
    for option, name in (
        ((), f"wave-{wave}.ldif"),
        (("--reverse",), f"wave-{wave}-reverse.ldif"),
    ):
        told = world.done("wave", "ldif", wave, *option)["ldif"]
        assert (plans / name).read_text(encoding="utf-8") == told
    for file in plans.iterdir():
        file.unlink()
    world.done("wave", "approve", wave, "--as", "olga")
    world.doors.ahead_of(
        1, lambda: written.extend(sorted(file.name for file in plans.iterdir()))
    )
    written: list[str] = []
    world.done("wave", "apply", wave)
    assert written == [f"wave-{wave}-reverse.ldif", f"wave-{wave}.ldif"]


def test_names_of_all_sorts_and_a_last_member_survive_the_way_through_ldif(
    start: Company,
):
    names = ["o'neil, ann", "jörg müller"]
    world = start(dict.fromkeys(names, "mail"), spare=False)
    world.server.add(
        group_ldif("Büro, alt", [person_dn(names[0])], dn=right_dn("Büro, alt"))
    )
    world.sync()
    before = world.rights()
    world.role("mail", name="Rolle, groß")
    more = ["--accept-loss", "Büro, alt", "--reason", "Nobody sits there."]
    wave = world.approved(*names, role="Rolle, groß", more=more)
    world.server.change(world.rung("wave", "ldif", wave).out)
    assert PLACEHOLDER in world.state()[next(dn for dn in world.state() if "alt" in dn)]
    take_back(world, world.rung("wave", "ldif", wave, "--reverse").out)
    assert world.rights() == before


@pytest.mark.parametrize("number", [2, 4, 5, 6, 8])
def test_the_way_back_works_also_from_the_middle(world: SlapdWorld, number: int):
    def stop() -> None:
        with world.parts.database.write() as session:
            freeze(acting(session, "olga", world.parts.now()), reason="")

    before = world.rights()
    world.role("mail", "post")
    wave = world.approved("ada", "ben")
    world.doors.then(number, stop)
    assert world.rung("wave", "apply", wave).code == 1
    take_back(world, world.rung("wave", "ldif", wave, "--reverse").out)
    assert world.rights() == before
