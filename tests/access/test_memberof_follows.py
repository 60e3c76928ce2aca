"""Applications that read memberOf see every move and every undo, on a server whose check has run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from app.settings import Settings
from ldap_sync.dn import fold_or_self
from tests.access.slapd_world import SlapdWorld, company, memberof_due, person_dn, right_dn, role_dn
from tests.conftest import Clock

Company = Callable[..., SlapdWorld]
KINDS = ("memberof", "memberof and refint", "demo")
ODD = {"Müller, Jörg": "mail post", "star*(x)": "mail post", "back\\slash": "mail post wiki"}
"""People whose names need escaping, in DNs and in filters."""


@pytest.fixture
def start(settings: Settings, clock: Clock) -> Iterator[Company]:
    """Start a company as ``company`` does; it ends with the test."""
    with ExitStack() as stack:
        yield lambda *held, **more: stack.enter_context(company(settings, clock, *held, **more))


def groups_shown(world: SlapdWorld, person: str) -> set[str]:
    """Return the groups a person shows in memberOf."""
    return set(world.memberof().get(fold_or_self(person_dn(person)), ()))


@pytest.mark.parametrize("realise", ["nested", "materialised"])
@pytest.mark.parametrize("kind", KINDS)
def test_memberof_is_exact_before_after_a_wave_and_after_its_undo(start: Company, kind: str, realise: str):
    world = start(kind=kind)
    before = world.memberof()
    assert before == memberof_due(world.state())
    world.role("mail", "post", realise=realise)
    wave = world.applied("ada", "ben", "cyd")
    assert set(world.states(wave).values()) == {"soaking"}
    assert world.memberof() == memberof_due(world.state())
    assert fold_or_self(role_dn("clerk")) in groups_shown(world, "ada")
    assert (fold_or_self(right_dn("mail")) in groups_shown(world, "ada")) is (realise == "materialised")
    world.undone(wave)
    assert world.memberof() == before


def test_memberof_is_exact_for_names_that_need_escaping(start: Company):
    world = start(ODD, kind="memberof and refint")
    before = world.memberof()
    world.role("mail", "post", name='Rôle*(a), "b"')
    wave = world.applied(*ODD, role='Rôle*(a), "b"')
    assert set(world.states(wave).values()) == {"soaking"}
    assert world.memberof() == memberof_due(world.state())
    world.undone(wave)
    assert world.memberof() == before
