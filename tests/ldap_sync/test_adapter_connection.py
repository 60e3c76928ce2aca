"""Every way a connection can fail to come about gives one sentence that says what to do."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ldap_sync.adapter import Timeouts, open_reader, open_writer
from ldap_sync.port import Unavailable
from ldap_sync.values import Connection
from tests.ldap_sync.certificates import Authority
from tests.ldap_sync.conftest import Doors
from tests.ldap_sync.servers import Slapd, free_port

IMPATIENT = Timeouts(connect=1, answer=1)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca")).create()


@pytest.fixture(scope="module")
def secure(authority: Authority) -> Iterator[Slapd]:
    with Slapd(
        certificate=authority.certificate("DNS:localhost,IP:127.0.0.1")
    ) as running:
        yield running


@pytest.fixture(scope="module")
def misnamed(authority: Authority) -> Iterator[Slapd]:
    with Slapd(certificate=authority.certificate("DNS:other.example")) as running:
        yield running


@pytest.fixture(scope="module")
def plain() -> Iterator[Slapd]:
    with Slapd() as running:
        yield running


def problem(connection: Connection, timeouts: Timeouts = IMPATIENT) -> str:
    with (
        contextlib.closing(open_reader(connection, timeouts)) as reader,
        pytest.raises(Unavailable) as caught,
    ):
        _ = reader.profile
    return str(caught.value)


def ldaps(server: Slapd, authority: Authority, host: str = "127.0.0.1") -> Connection:
    url = f"ldaps://{host}:{server.secure_port}"
    return server.connection(url=url, security="ldaps", ca_file=str(authority.file))


def starttls(server: Slapd, authority: Authority) -> Connection:
    return server.connection(security="starttls", ca_file=str(authority.file))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_ldaps_works_with_the_right_authority_and_name(
    secure: Slapd, authority: Authority, doors: Doors, host: str
) -> None:
    assert doors.reader(ldaps(secure, authority, host)).profile.family == "openldap"


def test_starttls_works_with_the_right_authority_and_name(
    secure: Slapd, authority: Authority, doors: Doors
) -> None:
    assert doors.reader(starttls(secure, authority)).profile.family == "openldap"


def test_another_authority_is_refused(secure: Slapd, tmp_path: Path) -> None:
    other = Authority(tmp_path).create()
    assert "name the right CA file" in problem(ldaps(secure, other))
    assert "name the right CA file" in problem(starttls(secure, other))


def test_without_a_ca_file_the_system_decides(
    secure: Slapd, authority: Authority
) -> None:
    connection = secure.connection(url=ldaps(secure, authority).url, security="ldaps")
    assert "the system's list of authorities" in problem(connection)


def test_another_host_name_is_refused(misnamed: Slapd, authority: Authority) -> None:
    assert "made out for another name" in problem(ldaps(misnamed, authority))
    assert "made out for another name" in problem(starttls(misnamed, authority))


def test_starttls_that_is_not_offered_is_told(
    plain: Slapd, authority: Authority
) -> None:
    assert "does not offer StartTLS" in problem(starttls(plain, authority))


def test_a_ca_file_that_is_missing_or_none_is_told(
    secure: Slapd, authority: Authority, tmp_path: Path
) -> None:
    missing, empty = tmp_path / "missing.pem", tmp_path / "empty.pem"
    empty.write_text("")
    url = ldaps(secure, authority).url
    assert "is not there" in problem(
        secure.connection(url=url, security="ldaps", ca_file=str(missing))
    )
    assert "cannot be used" in problem(
        secure.connection(url=url, security="ldaps", ca_file=str(empty))
    )


def test_ldaps_to_a_port_without_tls_is_told(
    plain: Slapd, authority: Authority
) -> None:
    url = f"ldaps://127.0.0.1:{plain.port}"
    connection = plain.connection(
        url=url, security="ldaps", ca_file=str(authority.file)
    )
    assert "does not speak TLS on this port" in problem(connection)


def test_plain_ldap_to_a_port_with_tls_is_told(secure: Slapd) -> None:
    assert "a port for plain LDAP?" in problem(
        secure.connection(url=f"ldap://127.0.0.1:{secure.secure_port}")
    )


def test_a_wrong_password_is_told(plain: Slapd) -> None:
    assert "the name or the password is wrong" in problem(
        plain.connection(bind_password="wrong")
    )


def test_a_name_that_is_no_dn_is_told(plain: Slapd) -> None:
    assert "write a DN" in problem(plain.connection(bind_dn="reader"))


def test_an_empty_password_never_signs_in_as_nobody(plain: Slapd) -> None:
    assert "No password is set for cn=reader" in problem(
        plain.connection(bind_password="")
    )


def test_an_unknown_host_is_told(plain: Slapd) -> None:
    assert "The name directory.invalid is unknown" in problem(
        plain.connection(url="ldap://directory.invalid")
    )


def test_a_closed_port_is_told(plain: Slapd) -> None:
    assert "Nobody listens on 127.0.0.1" in problem(
        plain.connection(url=f"ldap://127.0.0.1:{free_port()}")
    )


def test_a_server_that_never_answers_is_told(plain: Slapd) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"ldap://127.0.0.1:{silent.getsockname()[1]}"
        assert "did not answer in time" in problem(plain.connection(url=url))


def test_a_server_that_speaks_no_ldap_is_told(plain: Slapd) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_greet, args=(listener,), daemon=True).start()
        url = f"ldap://127.0.0.1:{listener.getsockname()[1]}"
        assert "no LDAP" in problem(plain.connection(url=url))


def _greet(listener: socket.socket) -> None:
    """Greet as a mail server does."""
    client, _ = listener.accept()
    with client:
        client.sendall(b"220 mail.example ESMTP\r\n")
        client.recv(1000)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "directory",
        "http://directory",
        "ldap://",
        "ldap://host:99999",
        "ldap://[::1",
    ],
)
def test_an_address_that_is_none_is_told(plain: Slapd, url: str) -> None:
    assert "is no LDAP address" in problem(plain.connection(url=url))


def test_an_unencrypted_address_is_not_taken_for_ldaps(plain: Slapd) -> None:
    assert "is not encrypted" in problem(plain.connection(security="ldaps"))


def test_ldaps_and_starttls_do_not_go_together(plain: Slapd) -> None:
    assert "starttls was chosen" in problem(
        plain.connection(url="ldaps://127.0.0.1", security="starttls")
    )


def test_a_way_to_secure_a_connection_that_is_none_is_not_taken_for_plaintext(
    plain: Slapd,
) -> None:
    assert "choose ldaps, starttls, plaintext" in problem(
        plain.connection(security="none")
    )


def test_without_a_write_account_nothing_can_be_applied(plain: Slapd) -> None:
    with pytest.raises(Unavailable, match="No write account is set"):
        open_writer(plain.connection(write_dn="", write_password=""))


def test_passwords_are_in_no_sentence(plain: Slapd) -> None:
    assert "hunter2" not in problem(plain.connection(bind_password="hunter2"))
