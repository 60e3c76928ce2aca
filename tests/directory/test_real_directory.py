"""From connecting to the read model, with the command line and the adapter on a real slapd."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.conftest import Done, Rung
from tests.ldap_sync.certificates import Authority
from tests.ldap_sync.servers import (
    GROUPS,
    HIDDEN_VALUES,
    PASSWORD,
    PEOPLE,
    READER,
    ROLES,
    SUFFIX,
    WRITER,
    Slapd,
    group_ldif,
    person_ldif,
)

NAMES = ("anna", "ben", "cleo", "hanna")
DNS = [f"uid={name},{PEOPLE}" for name in NAMES]
COMPANY = "".join(person_ldif(name, cn=name.capitalize()) for name in NAMES)
COMPANY += group_ldif("mail", DNS) + group_ldif(
    "vpn", [DNS[0], f"cn=mail,{GROUPS}", f"uid=gone,{PEOPLE}"]
)
COMPANY += group_ldif("clerk", [WRITER], dn=f"cn=clerk,{ROLES}")

Connect = Callable[..., Done]


@pytest.fixture(scope="module")
def slapd() -> Iterator[Slapd]:
    with Slapd(ldif=COMPANY) as running:
        yield running


@pytest.fixture
def connect(rung: Rung, tmp_path) -> Connect:
    """Connect a server under the name Acme; further options as on the command line."""

    def do(
        server: Slapd,
        *options: str,
        url: str = "",
        reader: str = READER,
        password: str = PASSWORD,
    ) -> Done:
        secret = tmp_path / "home" / "secrets" / "acme"
        secret.write_text(password)
        bases = (
            "--base",
            SUFFIX,
            "--people-base",
            PEOPLE,
            "--group-base",
            SUFFIX,
            "--role-base",
            ROLES,
        )
        account = ("--bind-dn", reader, "--bind-password-file", str(secret))
        done = rung(
            "directory",
            "add",
            "Acme",
            url or server.url,
            *bases,
            *account,
            *(options or ("--plaintext",)),
        )
        assert done.code == 0, done.err
        return done

    return do


def test_a_directory_is_connected_checked_and_read(rung, connect, slapd):
    connect(slapd, "--plaintext", "--write-dn", WRITER, "--write-password-file", "acme")
    checked = rung("directory", "check", "--json")
    assert checked.code == 0, checked.out
    assert checked.json["profile"]["family"] == "openldap"
    done = rung("sync", "--json").json
    assert {key: done[key] for key in ("people", "groups", "grants", "complete")} == {
        "people": 4,
        "groups": 3,
        "grants": 5,
        "complete": True,
    }
    shown = rung("right", "show", "vpn", "--json").json
    assert {who["person"]: who["way"] for who in shown["people"]} == {
        "anna": [],
        "ben": ["mail"],
        "cleo": ["mail"],
        "hanna": ["mail"],
    }
    assert shown["left_over"] == [f"uid=gone,{PEOPLE}"]
    (role,) = rung("right", "list", "--kind", "roles", "--json").json["rights"]
    assert (role["cn"], role["inside"]["placeholder"]) == ("clerk", 1)


def test_what_changed_behind_our_back_is_told_by_the_next_reading(rung, connect):
    with Slapd(ldif=COMPANY) as server:
        connect(server)
        rung("sync")
        server.rename(f"uid=ben,{PEOPLE}", "uid=benjamin")
        server.change(
            f"dn: cn=mail,{GROUPS}\nchangetype: modify\ndelete: member\nmember: uid=cleo,{PEOPLE}\n"
        )
        done = rung("sync", "--json").json
    assert (
        done["changes"] == 4
    )  # ben renamed; both lost mail; the old name is left over in mail
    assert (done["people"], done["grants"]) == (4, 3)
    assert (
        rung("person", "list", "benjamin", "--json").json["people"][0]["uid"]
        == "benjamin"
    )


def test_a_read_cut_by_the_size_limit_is_refused_and_the_last_good_one_stays(
    rung, connect
):
    with Slapd(ldif=COMPANY, sizelimit="3") as server:
        connect(server)
        done = rung("sync")
    assert (done.code, done.out) == (1, "")
    assert len(done.err.splitlines()) == 1
    assert rung("person", "list", "--json").json["people"] == []
    assert (
        rung("directory", "list", "--json").json["directories"][0]["state"]
        == "last reading refused"
    )


def test_hidden_members_are_told_by_the_check_and_the_reading_is_refused(rung, connect):
    with Slapd(ldif=COMPANY, access=HIDDEN_VALUES) as server:
        connect(
            server,
            "--plaintext",
            "--write-dn",
            WRITER,
            "--write-password-file",
            "acme",
        )
        checked, read = rung("directory", "check", "--json"), rung("sync")
    assert checked.code == 1
    assert any(finding["level"] == "problem" for finding in checked.json["findings"])
    assert read.code == 1
    assert "does not see 1 member that the write account sees" in read.err


def test_a_wrong_password_is_told_in_one_line(rung, connect, slapd):
    connect(slapd, password="wrong")
    for command in (("sync",), ("directory", "check", "Acme")):
        done = rung(*command)
        assert done.code == 4
        assert "password" in (done.err + done.out).lower()


def test_an_empty_base_is_refused(rung, slapd, connect):
    rung(
        "directory",
        "add",
        "Nowhere",
        slapd.url,
        "--base",
        "ou=nowhere,dc=acme,dc=test",
        "--plaintext",
    )
    done = rung("sync", "Nowhere")
    assert done.code in (1, 4)
    assert "ou=nowhere" in done.err


def test_a_directory_that_vanishes_between_readings_loses_nothing(rung, connect):
    with Slapd(ldif=COMPANY) as server:
        connect(server)
        rung("sync")
    done = rung("sync")
    assert done.code == 4
    assert len(rung("person", "list", "--json").json["people"]) == 4


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca")).create()


def test_a_certificate_of_somebody_else_is_refused(
    rung, connect, authority, tmp_path_factory
):
    other = Authority(tmp_path_factory.mktemp("other")).create()
    with Slapd(
        ldif=COMPANY, certificate=authority.certificate("IP:127.0.0.1")
    ) as server:
        url = f"ldaps://127.0.0.1:{server.secure_port}"
        connect(server, "--ca-file", str(other.file), url=url)
        done = rung("sync")
        assert done.code == 4
        assert "certificate" in done.err
        rung("directory", "remove", "Acme")
        connect(server, "--ca-file", str(authority.file), url=url)
        assert rung("sync").code == 0
        rung("directory", "remove", "Acme")
        connect(server, "--starttls", "--ca-file", str(authority.file))
        assert rung("sync").code == 0


def test_a_certificate_for_another_name_is_refused(rung, connect, authority):
    with Slapd(
        ldif=COMPANY, certificate=authority.certificate("DNS:other.example")
    ) as server:
        connect(
            server,
            "--ca-file",
            str(authority.file),
            url=f"ldaps://127.0.0.1:{server.secure_port}",
        )
        done = rung("sync")
    assert done.code == 4
    assert "127.0.0.1" in done.err
