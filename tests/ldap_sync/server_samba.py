"""A real Active Directory domain controller by Samba as a plain process, on a loopback address of
its own.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import random
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import pytest

from ldap_sync.dn import escape
from ldap_sync.values import NewGroup
from tests.ldap_sync.process import PATIENCE, ServerProcess
from tests.ldap_sync.servers import LdapServer

PACKAGES = (
    "samba samba-ad-dc samba-ad-provision samba-dsdb-modules samba-vfs-modules winbind"
)
SUFFIX = "DC=acme,DC=test"
PASSWORD = "Secret-2026"
SEED = Path(__file__).with_name("seed_samba.py")
QUICK = {**os.environ, "TDB_NO_FSYNC": "1"}
SCOPES = {
    "global": "-2147483646",
    "domain local": "-2147483644",
    "universal": "-2147483640",
}
"""The ``groupType`` of security groups."""

_numbers = itertools.count(1)


def missing() -> str:
    """Say why this server cannot be started here, or nothing."""
    if not all(map(shutil.which, ("samba", "samba-tool"))):
        return (
            f"Samba is not installed as a domain controller: apt-get install {PACKAGES}"
        )
    return (
        ""
        if os.geteuid() == 0
        else "Samba as a domain controller wants to be started by root"
    )


def domain(factory: pytest.TempPathFactory) -> Path:
    """Return a provisioned domain to copy, made once per test run, however many processes run
    it.
    """
    shared = (
        factory.getbasetemp().parent
        if "PYTEST_XDIST_WORKER" in os.environ
        else factory.getbasetemp()
    )
    place = shared / "samba"
    with (shared / "samba.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            _provision(shared / "samba.new")
            (shared / "samba.new").rename(place)
    return place


def _provision(place: Path) -> None:
    _quick(
        *[
            "samba-tool",
            "domain",
            "provision",
            "--quiet",
            "--server-role=dc",
            "--dns-backend=NONE",
        ],
        *["--realm=ACME.TEST", "--domain=ACME", f"--adminpass={PASSWORD}"],
        *[
            "--host-name=dc1",
            "--host-ip=127.0.0.1",
            "--option=interfaces=lo",
            f"--targetdir={place}",
        ],
    )
    _quick(
        "/usr/bin/python3",
        str(SEED),
        str(place / "etc/smb.conf"),
        str(place / "private/sam.ldb"),
    )


def _quick(*command: str) -> None:
    done = subprocess.run(
        command,
        env=QUICK,
        capture_output=True,
        text=True,
        check=False,
        timeout=3 * PATIENCE,
    )
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}"


def free_host() -> str:
    """Return a loopback address nobody uses: Samba listens on 389 and nothing else."""
    while True:
        host = f"127.{random.randint(1, 254)}.{random.randint(0, 254)}.{random.randint(1, 254)}"
        with socket.socket() as probe, suppress(OSError):
            probe.bind((host, 389))
            return host


@dataclass
class SambaAd(ServerProcess, LdapServer):
    """A throw-away copy of the domain.

    People are users, groups are global security groups unless told otherwise.
    """

    admin, admin_password = f"CN=Administrator,CN=Users,{SUFFIX}", PASSWORD
    reader, writer, password = (
        f"CN=reader,OU=services,{SUFFIX}",
        f"CN=rung-write,OU=services,{SUFFIX}",
        PASSWORD,
    )
    suffix, people, groups, roles = (
        SUFFIX,
        f"OU=people,{SUFFIX}",
        f"OU=groups,{SUFFIX}",
        f"OU=roles,{SUFFIX}",
    )
    family, key_attribute = "ad", "objectGUID"
    assertions = post_read = False
    memberof = "direct"
    kinds = tuple(SCOPES)
    off = (
        "employeeType: leaver",
        "userAccountControl: 514",
        "accountExpires: 130000000000000000",
    )
    takes_nobodies = False
    crowd = 40

    domain: Path
    host: str = field(default_factory=free_host)
    folder: Path = field(
        default_factory=lambda: Path(tempfile.mkdtemp(prefix="samba-"))
    )
    port: int = 389

    def start(self) -> Self:
        """Copy the domain, start the server and wait until it answers."""
        shutil.copytree(self.domain, self.folder, dirs_exist_ok=True)
        for name in ("run", "sockets"):
            (self.folder / name).mkdir()
        self._configuration.write_text(self._configured())
        return self.resume()

    def command(self) -> list[str]:
        """Return the command that starts Samba in the foreground."""
        return [
            "env",
            "TDB_NO_FSYNC=1",
            "samba",
            "-i",
            "-M",
            "single",
            "-s",
            str(self._configuration),
        ]

    @property
    def _configuration(self) -> Path:
        return self.folder / "etc/smb.conf"

    def _configured(self) -> str:
        """Return settings for a domain controller that offers LDAP and nothing else."""
        folders = {
            "private dir": "private",
            "state directory": "state",
            "cache directory": "cache",
        }
        folders |= {"lock directory": ".", "pid directory": "run"}
        sockets = (
            "ncalrpc dir",
            "winbindd socket directory",
            "ntp signd socket directory",
        )
        lines = [
            *["netbios name = DC1", "realm = ACME.TEST", "workgroup = ACME"],
            *[
                "server role = active directory domain controller",
                "server services = ldap",
                "tls enabled = no",
            ],
            *["dcerpc endpoint servers =", "ldap server require strong auth = no"],
            *[
                f"interfaces = {self.host}/8",
                "bind interfaces only = yes",
                f"log file = {self.folder}/log",
            ],
            *[f"{name} = {self.folder}/{place}" for name, place in folders.items()],
            *[f"{name} = {self.folder}/sockets" for name in sockets],
        ]
        return "\n\t".join(["[global]", *lines]) + "\n"

    def person_dn(self, name: str) -> str:
        """Return where a person of that name stands."""
        return f"CN={escape(name)},{self.people}"

    def fillers(self, count: int) -> list[str]:
        """Return people to fill a group with; the seed has put them there."""
        return [f"CN=m{number},OU=fillers,{SUFFIX}" for number in range(count)]

    def add_person(self, name: str, account_control: int = 512) -> str:
        """Add a user of that name and return the DN."""
        attributes = {
            "sAMAccountName": [account_name(name)],
            "userAccountControl": [str(account_control)],
        }
        return self._added(self.person_dn(name), "user", attributes)

    def add_others(self, mark: str) -> dict[str, str]:
        """Add a machine, an address and a managed service account; accounts of other domains are
        there already.
        """
        place = f"OU=services,{self.suffix}"
        managed = {
            "sAMAccountName": [f"m{mark}$"],
            "msDS-ManagedPasswordInterval": ["30"],
        }
        made = {
            f"CN=pc-{mark},{place}": ("computer", {"sAMAccountName": [f"pc{mark}$"]}),
            f"CN=vendor-{mark},{place}": ("contact", {}),
            f"CN=managed-{mark},{place}": ("msDS-GroupManagedServiceAccount", managed),
        }
        added = {self._added(dn, kind, more): kind for dn, (kind, more) in made.items()}
        return {
            **added,
            f"CN=S-1-5-11,CN=ForeignSecurityPrincipals,{self.suffix}": "foreignSecurityPrincipal",
        }

    def add_group(self, name: str, members: Sequence[str], kind: str = "global") -> str:
        """Add a security group of a scope and return the DN."""
        attributes = {
            "sAMAccountName": [account_name(name)],
            "groupType": [SCOPES.get(kind, SCOPES["global"])],
        }
        listed = {"member": list(members)} if members else {}
        return self._added(
            f"CN={escape(name)},{self.groups}", "group", attributes | listed
        )

    def new_group(self, name: str, member: str, above: str = "") -> NewGroup:
        """Return a group that Rung is to create for a role."""
        names = (
            ("cn", (name,)),
            ("sAMAccountName", (name,)),
            ("groupType", (SCOPES["global"],)),
            ("member", (member,)),
        )
        return NewGroup(
            f"CN={name},{above or self.roles}",
            (("objectClass", ("top", "group")), *names),
        )

    def everything(self) -> list[str]:
        """Return people, groups and roles with all their attributes, in no order of the
        server's.
        """
        places = (self.people, self.groups, self.roles)
        return sorted(entry for place in places for entry in self._below(place))

    def key_of(self, dn: str) -> str:
        """Return the identity the server gave to an entry."""
        return str(uuid.UUID(bytes_le=self._raw(dn, "objectGUID")[0]))

    def relative_id(self, dn: str) -> int:
        """Return the number by which people name their primary group."""
        return int.from_bytes(self._raw(dn, "objectSid")[0][-4:], "little")


def account_name(name: str) -> str:
    """Return an account name that is like ``name`` where Active Directory allows that."""
    return name if name.isascii() and name.isalnum() else f"odd{next(_numbers)}"
