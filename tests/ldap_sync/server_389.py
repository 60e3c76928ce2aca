"""A real 389 Directory Server as a plain process, with nested memberOf and referential integrity
switched on.
"""

from __future__ import annotations

import getpass
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from ldap3.utils.conv import escape_filter_chars

from ldap_sync.debris import CONFLICT
from ldap_sync.dn import escape
from ldap_sync.values import DirectoryGroup
from tests.ldap_sync.process import ServerProcess, free_port
from tests.ldap_sync.servers import (
    COMPANY_SCHEMA,
    SUFFIX,
    TREE,
    WRITER,
    LdapServer,
    ldif_line,
)

PACKAGE = "389-ds-base"
TEMPLATE = Path("/usr/share/dirsrv/data/template-dse.ldif")
SETTINGS = Path("/etc/dirsrv")
PLUGINS = {
    "MemberOf Plugin": "on",
    "referential integrity postoperation": "on",
    "7-bit check": "off",
}

BACKEND = f"""dn: cn=userRoot,cn=ldbm database,cn=plugins,cn=config
objectClass: extensibleObject
objectClass: nsBackendInstance
cn: userRoot
nsslapd-suffix: {SUFFIX}

dn: cn="{SUFFIX}",cn=mapping tree,cn=config
objectClass: extensibleObject
objectClass: nsMappingTree
cn: {SUFFIX}
nsslapd-state: backend
nsslapd-backend: userRoot

"""

ACCESS = f"""dn: {SUFFIX}
changetype: modify
add: aci
aci: (targetattr="*")(version 3.0; acl "all read"; allow (read, search, compare) userdn="ldap:///all";)
aci: (targetattr="*")(version 3.0; acl "Rung writes"; allow (write, add) userdn="ldap:///{WRITER}";)
"""


MANAGED = "nsManagedRoleDefinition"
ROLE = ("ldapSubEntry", "nsRoleDefinition", "nsSimpleRoleDefinition", MANAGED)


def missing() -> str:
    """Say why this server cannot be started here, or nothing."""
    return (
        ""
        if shutil.which("ns-slapd")
        else f"389 Directory Server is not installed: apt-get install {PACKAGE}"
    )


@dataclass
class DirectoryServer389(ServerProcess, LdapServer):
    """A throw-away 389 Directory Server, filled over LDAP: its own set-up program wants systemd."""

    admin = "cn=Directory Manager"
    family, key_attribute = "389", "nsUniqueId"
    assertions = False
    memberof = "transitive"
    kinds = (*LdapServer.kinds, MANAGED)
    off = (
        *LdapServer.off,
        "nsAccountLock: true",
        f"nsRoleDN: cn=nsManagedDisabledRole,{SUFFIX}",
    )
    several = (
        (("groupOfNames", "posixGroup"), "member", "memberUid"),
        (("groupOfUniqueNames", "posixGroup"), "uniqueMember", "memberUid"),
        (("groupOfNames", "groupOfUniqueNames"), "member", "uniqueMember"),
    )

    ldif: str = ""
    plugins: tuple[str, ...] = ()
    """Plugins that are switched on besides the usual ones."""
    port: int = field(default_factory=free_port)
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="389-")))

    def start(self) -> Self:
        """Write the settings, start the server and load the tree and the given LDIF."""
        for name in (
            "etc/schema",
            "db",
            "bak",
            "ldif",
            "log",
            "run",
            "lock",
            "inst",
            "tmp",
        ):
            (self.folder / name).mkdir(parents=True)
        for path in [*SETTINGS.glob("config/*"), SETTINGS / "schema/99user.ldif"]:
            shutil.copy(
                path,
                self.folder
                / "etc"
                / path.relative_to(SETTINGS).as_posix().removeprefix("config/"),
            )
        (self.folder / "etc/dse.ldif").write_text(self._configured())
        schema = "".join(
            f"objectClasses: {definition}\n" for definition in COMPANY_SCHEMA
        )
        with (self.folder / "etc/schema/99user.ldif").open("a") as file:
            file.write(schema)
        self.resume()
        self.add(f"{BACKEND}{TREE}\n{self.ldif}")
        self.change(ACCESS)
        return self

    def command(self) -> list[str]:
        """Return the command that starts ns-slapd in the foreground."""
        return [
            "ns-slapd",
            "-D",
            str(self.folder / "etc"),
            "-i",
            str(self.folder / "run/pid"),
            "-d",
            "0",
        ]

    def add_debris(self, name: str) -> dict[str, str]:
        """Add the second entry of a replication conflict as 389 marks it, beside one named as
        others do.
        """
        dn = f"cn=second {name},{self.people}"
        marked = {
            "uid": [name],
            "sn": [name],
            "nsds5ReplConflict": [f"namingConflict (ADD) uid={name}"],
        }
        return {
            **super().add_debris(name),
            self._added(dn, ["inetOrgPerson", "extensibleObject"], marked): CONFLICT,
        }

    def add_group(
        self, name: str, members: Sequence[str], kind: str = "groupOfNames"
    ) -> str:
        """Add a group of that name and return the DN; a managed role is named by its members."""
        if kind != MANAGED:
            return super().add_group(name, members, kind)
        dn = self._added(f"cn={escape(name)},{self.groups}", ROLE, {"cn": [name]})
        for member in members:
            self.change(
                f"{ldif_line('dn', member)}changetype: modify\nadd: nsRoleDN\n"
                f"{ldif_line('nsRoleDN', dn)}"
            )
        return dn

    def members(self, group: DirectoryGroup) -> list[str]:
        """Return what a group lists; for a managed role who names it."""
        if group.attribute != "nsRoleDN":
            return super().members(group)
        named = f"(nsRoleDN={escape_filter_chars(group.dn)})"
        self._ldap.search(self.suffix, named)
        return sorted(entry["dn"] for entry in self._ldap.response)

    def setting(self, name: str, value: str, entry: str = "cn=config") -> None:
        """Change a setting of the running server."""
        self.change(
            f"dn: {entry}\nchangetype: modify\nreplace: {name}\n{name}: {value}\n"
        )

    def look_through_at_most(self, entries: int) -> None:
        """Limit how many entries the server looks at for one search; -1 is no limit."""
        self.setting(
            "nsslapd-lookthroughlimit",
            str(entries),
            "cn=config,cn=ldbm database,cn=plugins,cn=config",
        )

    def _configured(self) -> str:
        """Return the package's own template, filled in; slow password hashing and the access log
        are switched off.
        """
        text = re.sub(
            r"%(\w+)%", lambda name: self._values()[name[1]], TEMPLATE.read_text()
        )
        added = (
            "nsslapd-listenhost: 127.0.0.1\nnsslapd-accesslog-logging-enabled: off\n"
            "passwordStorageScheme: CLEAR\n"
        )
        text = text.replace(
            "nsslapd-port:", f"{added}nsslapd-sizelimit: -1\nnsslapd-port:", 1
        )
        for plugin, state in {**PLUGINS, **dict.fromkeys(self.plugins, "on")}.items():
            entry = (
                rf"(?<=\n)(dn: cn={plugin},cn=plugins,cn=config\n(?:.+\n)*?nsslapd-pluginenabled: "
                r")\w+"
            )
            text = re.sub(entry, rf"\g<1>{state}", text, flags=re.IGNORECASE)
        return text

    def _values(self) -> dict[str, str]:
        """Return what the placeholders of the template stand for."""
        folders = {
            "schema": "etc/schema",
            "cert": "etc",
            "config": "etc",
            "db_home": "db",
        }
        names = (
            "schema",
            "lock",
            "tmp",
            "cert",
            "ldif",
            "bak",
            "run",
            "inst",
            "log",
            "config",
            "db",
            "db_home",
        )
        return {
            **{
                f"{name}_dir": str(self.folder / folders.get(name, name))
                for name in names
            },
            **{
                "fqdn": "localhost",
                "ds_port": str(self.port),
                "ds_user": getpass.getuser(),
                "ds_suffix": SUFFIX,
            },
            **{
                "rootdn": self.admin,
                "ds_passwd": f"{{CLEAR}}{self.admin_password}",
                "db_lib": "bdb",
            },
            **{
                "ldapi_enabled": "off",
                "ldapi": str(self.folder / "run/ldapi"),
                "ldapi_autobind": "off",
            },
        }
