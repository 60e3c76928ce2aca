"""What the directory check must find, and leave alone, on every server."""

from __future__ import annotations

from dataclasses import replace

from tests.ldap_sync.conftest import World


def test_a_check_changes_nothing_at_all(world: World) -> None:
    world.group(*world.people(3))
    before = world.server.everything()
    world.reader.check()
    assert world.server.everything() == before


def test_a_check_finds_out_what_the_server_does(world: World) -> None:
    inner = world.group(world.person())
    world.group(inner.dn)
    profile = world.reader.check().profile
    expected = replace(
        world.reader.profile, **world.server.abilities, tested=True, paging=True
    )
    assert profile == expected


def test_a_server_that_shows_everything_has_no_problem(world: World) -> None:
    world.group(world.person())
    report = world.reader.check()
    assert report.ok
    levels = {finding.subject: finding.level for finding in report.findings}
    for subject in (
        "server",
        "write account",
        "reading",
        "hidden values",
        "write rights",
    ):
        assert levels[subject] == "ok"


def test_a_check_without_a_write_account_says_that_nothing_can_be_applied(
    world: World,
) -> None:
    reader = world.doors.reader(world.server.connection(write_dn="", write_password=""))
    [finding] = [
        finding
        for finding in reader.check().findings
        if finding.subject == "write account"
    ]
    assert finding.level == "ok"
    assert "everything but apply works" in finding.text
