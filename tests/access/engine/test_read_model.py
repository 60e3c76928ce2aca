"""What Rung itself changed shows at once: the read model says what the next complete reading will
say.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from app.access.undo.actions import undo
from app.core.settings import Settings
from app.models.access.words import Realisation
from app.models.directory import Entitlement, Membership
from tests.access.builders import DemoWorld, demo_world
from tests.acting import acting
from tests.conftest import Clock


@pytest.fixture
def company(settings: Settings, clock: Clock) -> Iterator[DemoWorld]:
    with demo_world(settings, clock) as company:
        yield company


def known(company: DemoWorld) -> set[tuple[str, str, str]]:
    """Return every membership the read model knows: right, kind, value."""
    columns = Entitlement.dn, Membership.kind, Membership.value
    query = select(*columns).join(
        Entitlement, Entitlement.id == Membership.entitlement_id
    )
    with company.database.read() as session:
        return {(dn, kind.value, value) for dn, kind, value in session.execute(query)}


@pytest.mark.parametrize("realisation", list(Realisation))
def test_after_every_apply_and_undo_the_read_model_says_what_a_new_reading_says(
    company: DemoWorld, settings: Settings, realisation: Realisation
):
    role = company.role(realisation=realisation)
    choices = {
        "losses": {(None, company.rights["wiki"]): "agreed"},
        "accept_all_gains": True,
    }
    wave = company.wave(role, "ada", "cyd", "dot", **choices)
    company.approve(wave, settings)
    company.apply(wave, settings)
    start = known(company)
    company.run()
    applied = known(company)
    company.read()
    assert applied == known(company) != start
    with company.database.write() as session:
        undo(acting(session, "anna", company.now()), wave)
    company.run()
    undone = known(company)
    company.read()
    assert undone == known(company)
    assert {entry for entry in undone if not entry[0].startswith("cn=Clerk,")} == start
