"""``rung directory change``: the twin of the page, with the same refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.core.parts import KEY, Parts
from app.core.settings import Settings
from app.directory import queries
from tests.conftest import Rung


@pytest.fixture
def parts(app: Any) -> Parts:
    found: Parts = app.extensions[KEY]
    return found


@pytest.fixture
def connected(rung: Rung, settings: Settings) -> Path:
    """A directory called Main with a reading account whose password lies in a file; the folder for
    secrets.
    """
    folder = settings.home / "secrets"
    (folder / "reading").write_text("opensesame")
    (folder / "other").write_text("another")
    done = rung(
        "directory",
        "add",
        "Main",
        "ldaps://dc1.example",
        "--base",
        "dc=a,dc=example",
        "--bind-dn",
        "cn=reader,dc=a,dc=example",
        "--bind-password-file",
        "reading",
    )
    assert done.code == 0, done.err
    return folder


def values(parts: Parts) -> Any:
    with parts.database.read() as session:
        return queries.values_of(queries.find_directory(session, ""))


def test_what_is_not_said_stays_as_it_is(
    rung: Rung, connected: Path, parts: Parts
) -> None:
    before = values(parts)
    done = rung(
        "directory",
        "change",
        "Main",
        "--group-base",
        "ou=groups,dc=a,dc=example",
        "--json",
    )
    assert done.code == 0, done.err
    assert done.json["changed"] == ["group_base"]
    after = values(parts)
    assert after.group_base == "ou=groups,dc=a,dc=example"
    assert (after.url, after.bind_dn, after.bind_password) == (
        before.url,
        before.bind_dn,
        before.bind_password,
    )


def test_it_says_what_comes_next_and_the_trail_knows(
    rung: Rung, connected: Path
) -> None:
    done = rung("directory", "change", "Main", "--name", "Head office")
    assert "Changed Head office: name." in done.out
    assert "Next: rung directory check Head office" in done.out
    assert (
        rung("directory", "list", "--json").json["directories"][0]["name"]
        == "Head office"
    )


ELSEWHERE: tuple[tuple[str, ...], ...] = (
    ("--url", "ldaps://evil.example"),
    ("--url", "ldaps://dc1.example:1636"),
    ("--url", "ldap://dc1.example", "--starttls"),
    ("--bind-dn", "cn=somebody,dc=a,dc=example"),
    ("--ca-file", "CA"),
)


@pytest.mark.parametrize("way", ELSEWHERE, ids=" ".join)
def test_another_way_or_account_needs_its_password_named_again(
    rung: Rung, connected: Path, parts: Parts, way: tuple[str, ...]
) -> None:
    before = values(parts)
    done = rung(
        "directory",
        "change",
        "Main",
        *(str(connected / "ca") if word == "CA" else word for word in way),
    )
    assert done.code != 0
    assert "say again where the password is" in done.err
    assert values(parts) == before


def test_a_password_given_for_one_server_is_not_sent_to_another(
    rung: Rung, connected: Path, parts: Parts
) -> None:
    before = values(parts)
    done = rung(
        "directory",
        "change",
        "Main",
        "--url",
        "ldaps://evil.example",
        "--bind-password-file",
        "reading",
    )
    assert done.code != 0
    assert "is not sent elsewhere" in done.err
    assert values(parts) == before


def test_a_file_of_its_own_is_the_way_to_a_new_server(
    rung: Rung, connected: Path, parts: Parts
) -> None:
    done = rung(
        "directory",
        "change",
        "Main",
        "--url",
        "ldaps://dc2.example",
        "--bind-password-file",
        "other",
    )
    assert done.code == 0, done.err
    assert values(parts).url == "ldaps://dc2.example"


REFUSED: tuple[tuple[tuple[str, ...], str], ...] = (
    ((), "Say what is to be changed"),
    (("--url", ""), ""),
    (("--url", "ldap://dc1.example"), "would send passwords unencrypted"),
    (("--base", "nonsense"), ""),
    (("--name", ""), ""),
    (("--plaintext", "--starttls"), "exclude each other"),
    (("--ca-file", "/nowhere", "--system-certificates"), "exclude each other"),
    (("--bind-password-file", "a", "--bind-password-env", "B"), "once"),
    (("--bind-password-file", "/etc/shadow"), ""),
)


@pytest.mark.parametrize(
    ("said", "why"),
    REFUSED,
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else "",
)
def test_what_cannot_be_used_is_refused_and_changes_nothing(
    rung: Rung, connected: Path, parts: Parts, said: tuple[str, ...], why: str
) -> None:
    before = values(parts)
    done = rung("directory", "change", "Main", *said)
    assert done.code in (1, 2), done.out
    assert why in " ".join(done.err.split())
    assert values(parts) == before


def test_what_is_like_that_already_is_left(rung: Rung, connected: Path) -> None:
    done = rung("directory", "change", "Main", "--base", "dc=a,dc=example", "--json")
    assert done.code == 0 and done.json["changed"] == []


def test_a_directory_that_is_not_there_is_said(rung: Rung, connected: Path) -> None:
    assert rung("directory", "change", "Nowhere", "--name", "x").code != 0


def test_a_second_server_needs_the_password_named_again(
    rung: Rung, connected: Path, parts: Parts
) -> None:
    both = "ldaps://dc1.example  ldaps://dc2.example"
    refused = rung("directory", "change", "Main", "--url", both)
    assert refused.code == 1 and "say again where the password is" in refused.err
    named = ("--bind-password-file", "reading")
    done = rung("directory", "change", "Main", "--url", both, *named)
    assert done.code == 0, done.err
    assert values(parts).url == "ldaps://dc1.example ldaps://dc2.example"
    fewer = rung("directory", "change", "Main", "--url", "ldaps://dc2.example")
    assert fewer.code == 0, fewer.err  # the password goes nowhere it did not go before
    other = ("--url", "ldaps://dc3.example", *named)
    assert rung("directory", "change", "Main", *other).code == 1


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("ldaps://dc1.example ldaps://DC1.example", "there twice"),
        ("ldaps://dc1.example dc2.example", "starts with ldaps://"),
        ("ldaps://dc1.example ldap://dc2.example", "not encrypted from the start"),
    ],
)
def test_every_address_has_to_be_one(
    rung: Rung, connected: Path, url: str, fault: str
) -> None:
    named = ("--bind-password-file", "reading")
    refused = rung("directory", "change", "Main", "--url", url, *named)
    assert refused.code == 1 and fault in refused.err
