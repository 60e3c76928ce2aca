"""Certificates for servers under test, made with the openssl command."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.ldap_sync.servers import free_port, run


@dataclass
class Authority:
    """A certificate authority of our own, made with the openssl command."""

    folder: Path

    @property
    def file(self) -> Path:
        """Return the file a client trusts."""
        return self.folder / "ca.pem"

    def create(self) -> Self:
        """Make key and certificate of the authority."""
        self.folder.mkdir(parents=True, exist_ok=True)
        key = str(self.folder / "ca.key")
        run(
            *[
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=Test-CA",
            ],
            "-keyout",
            key,
            "-out",
            str(self.file),
        )
        return self

    def certificate(self, names: str) -> Certificate:
        """Issue a server certificate for ``names``, such as ``DNS:localhost,IP:127.0.0.1``."""
        base = self.folder / f"server-{free_port()}"
        key, request, extension = (
            base.with_suffix(".key"),
            base.with_suffix(".csr"),
            base.with_suffix(".ext"),
        )
        extension.write_text(f"subjectAltName={names}\n")
        run(
            *["openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=server"],
            "-keyout",
            str(key),
            "-out",
            str(request),
        )
        signed = [
            "-CA",
            str(self.file),
            "-CAkey",
            str(self.folder / "ca.key"),
            "-CAcreateserial",
            "-extfile",
            str(extension),
        ]
        run(
            *["openssl", "x509", "-req", "-days", "2"],
            "-in",
            str(request),
            *signed,
            "-out",
            str(base.with_suffix(".pem")),
        )
        return Certificate(self.file, base.with_suffix(".pem"), key)


@dataclass
class Certificate:
    """A server certificate with its key, and the port LDAPS listens on."""

    authority: Path
    file: Path
    key: Path
    port: int = field(default_factory=free_port)

    def settings(self) -> str:
        """Return the lines slapd needs."""
        return (
            f"TLSCACertificateFile {self.authority}\nTLSCertificateFile {self.file}\n"
            f"TLSCertificateKeyFile {self.key}\n"
        )
