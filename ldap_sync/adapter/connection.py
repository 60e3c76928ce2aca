"""The one place where a directory is dialled: verified, with time limits, following nobody
elsewhere.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

import ldap3
from ldap3.core.exceptions import LDAPExceptionError

from ldap_sync.adapter import words
from ldap_sync.adapter.wire import Lost, Wire
from ldap_sync.port import SignInRefused, Unavailable
from ldap_sync.values import Connection

SECURITIES = ("ldaps", "starttls", "plaintext")
USUAL_PORTS = {"ldap": 389, "ldaps": 636}
_WRONG = 49  # a wrong password is wrong on every server, and counted by each


@dataclass(frozen=True, slots=True)
class Credential:
    """A name and password to sign in with; without a name the sign-in is anonymous."""

    dn: str
    password: str


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait, in whole seconds (ldap3 accepts no fractions for an answer)."""

    connect: int = 10
    answer: int = 30
    idle: int = 20  # a connection unused for longer is not trusted any more


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server listens and whether TLS begins with the first byte."""

    host: str
    port: int
    tls: bool

    @property
    def name(self) -> str:
        """Return host and port as sentences name them."""
        return (
            f"[{self.host}]:{self.port}"
            if ":" in self.host
            else f"{self.host}:{self.port}"
        )


def sign_in(
    connection: Connection,
    credential: Credential,
    timeouts: Timeouts,
    *,
    read_only: bool,
) -> Wire:
    """Open a connection and sign in.

    Raises ``Unavailable`` with a sentence that says what to do.
    """
    if (
        credential.dn and not credential.password
    ):  # RFC 4513 section 5.1.2: it would succeed as nobody
        raise Unavailable(
            f"No password is set for {credential.dn}: an empty one would sign in as nobody."
        )
    address = parse_address(connection)
    wire = Wire(_dial(connection, address, timeouts, read_only=read_only), address.name)
    try:
        result = wire.bind(credential.dn, credential.password)
    except Lost as error:
        hint = "" if address.tls else f" Is {address.port} a port for plain LDAP?"
        raise Unavailable(f"{error}{hint}") from error
    if result.code:
        wire.close()
        kind = SignInRefused if result.code == _WRONG else Unavailable
        raise kind(words.why_not_signed_in(result, address.name, credential.dn))
    return wire


def parse_address(connection: Connection) -> Address:
    """Read the URL of a connection.

    Raises ``Unavailable`` where it is no LDAP address or says less than asked for.
    """
    url = connection.url.strip()
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), parts.hostname, parts.port
    except ValueError:
        scheme, host, port = "", None, None
    if scheme not in USUAL_PORTS or not host:
        raise Unavailable(
            f"{url or 'An empty text'} is no LDAP address: write ldaps://host or ldap://host:port."
        )
    if connection.security not in SECURITIES:
        raise Unavailable(
            f"{connection.security} is no way to secure a connection: choose "
            f"{', '.join(SECURITIES)}."
        )
    if scheme == "ldap" and connection.security == "ldaps":
        raise Unavailable(
            f"{url} is not encrypted: write ldaps://, or choose StartTLS, or plaintext knowingly."
        )
    if scheme == "ldaps" and connection.security != "ldaps":
        raise Unavailable(
            f"{url} is LDAPS, but {connection.security} was chosen: write ldap:// or choose LDAPS."
        )
    return Address(host, port or USUAL_PORTS[scheme], scheme == "ldaps")


def _dial(
    connection: Connection, address: Address, timeouts: Timeouts, *, read_only: bool
) -> ldap3.Connection:
    secured = address.tls or connection.security == "starttls"
    server = ldap3.Server(
        address.host,
        address.port,
        use_ssl=address.tls,
        tls=_Verified(connection.ca_file) if secured else None,
        get_info=ldap3.NONE,
        connect_timeout=timeouts.connect,
        allowed_referral_hosts=[],
    )
    socket = ldap3.Connection(
        server,
        client_strategy=ldap3.SYNC,  # the resending strategies write twice, ldap-notes section 0.4
        auto_referrals=False,
        auto_range=False,
        check_names=False,
        read_only=read_only,
        receive_timeout=timeouts.answer,
    )
    try:
        socket.open(read_server_info=False)
        if connection.security == "starttls":
            socket.start_tls(read_server_info=False)
    except (
        LDAPExceptionError,
        OSError,
        KeyError,
    ) as error:  # KeyError: a result code unknown to ldap3
        if socket.socket is not None:
            socket.socket.close()
        why = words.why_not_open(
            str(error), address.name, address.host, connection.ca_file, timeouts.connect
        )
        raise Unavailable(why) from error
    return socket


class _Verified(ldap3.Tls):  # type: ignore[misc]  # ldap3 has no types
    """TLS that checks authority and host name. ldap3's own checks nothing unless told, and leaks
    what it refuses.
    """

    def __init__(self, ca_file: str) -> None:
        try:
            self._context = ssl.create_default_context(cafile=ca_file or None)
        except FileNotFoundError as error:
            raise Unavailable(
                f"The CA file {ca_file} is not there: give the path of a PEM file."
            ) from error
        except OSError as error:
            reason = "it must be readable and hold certificates in PEM"
            raise Unavailable(
                f"The CA file {ca_file} cannot be used: {reason}."
            ) from error
        super().__init__(validate=ssl.CERT_REQUIRED, ca_certs_file=ca_file or None)

    def wrap_socket(
        self, connection: ldap3.Connection, do_handshake: bool = False
    ) -> None:
        """Secure the socket of a connection, whichever way ldap3 came to want that."""
        connection.socket = self._context.wrap_socket(
            connection.socket, server_hostname=connection.server.host
        )
