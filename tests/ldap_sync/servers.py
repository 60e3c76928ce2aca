"""Real slapd servers for tests: each in its own folder on its own loopback port, gone when the test
is.
"""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import ldap3

from ldap_sync.debris import CONFLICT
from ldap_sync.demo import DemoDirectory
from ldap_sync.demo.accounts import ROOT_PASSWORD
from ldap_sync.dn import escape
from ldap_sync.ldif import read_entries
from ldap_sync.mapping import member_attribute
from ldap_sync.values import Connection, DirectoryGroup, NewGroup
from tests.ldap_sync.process import ServerProcess, free_port, run

if TYPE_CHECKING:
    from tests.ldap_sync.certificates import Certificate

SUFFIX = "dc=acme,dc=test"
ADMIN = f"cn=admin,{SUFFIX}"
READER = f"cn=reader,{SUFFIX}"
WRITER = f"cn=rung-write,ou=services,{SUFFIX}"
PASSWORD = "secret"
PEOPLE, GROUPS, ROLES = (
    f"ou=people,{SUFFIX}",
    f"ou=groups,{SUFFIX}",
    f"ou=roles,{SUFFIX}",
)
SCHEMA, MODULES = Path("/etc/ldap/schema"), Path("/usr/lib/ldap")

TREE = f"""dn: {SUFFIX}
objectClass: dcObject
objectClass: organization
dc: acme
o: Acme

dn: {READER}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: {PASSWORD}

dn: ou=services,{SUFFIX}
objectClass: organizationalUnit
ou: services

dn: {WRITER}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: rung-write
userPassword: {PASSWORD}

dn: {PEOPLE}
objectClass: organizationalUnit
ou: people

dn: {GROUPS}
objectClass: organizationalUnit
ou: groups

dn: {ROLES}
objectClass: organizationalUnit
ou: roles
"""

ACCESS = f"""access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{WRITER}" write by * read
"""

READ_ONLY_BRANCH = f"""access to attrs=userPassword by anonymous auth by * none
access to dn.subtree="ou=locked,{GROUPS}" by * read
access to * by dn.exact="{WRITER}" write by * read
"""

HIDDEN_VALUES = f"""access to attrs=userPassword by anonymous auth by * none
access to dn.subtree="{GROUPS}" attrs=member val.regex="^uid=h"
    by dn.exact="{READER}" none by * break
access to * by dn.exact="{WRITER}" write by * read
"""
"""The reader sees no member whose uid starts with an h, and the server says nothing about it."""

COMPANY_SCHEMA = (
    "( 1.3.6.1.4.1.99999.7.1 NAME 'acmePerson' SUP inetOrgPerson STRUCTURAL )",
    "( 1.3.6.1.4.1.99999.7.2 NAME 'acmeGroup' SUP groupOfNames STRUCTURAL )",
    "( 1.3.6.1.4.1.99999.7.3 NAME 'acmeUniqueGroup' SUP groupOfUniqueNames STRUCTURAL )",
    "( 1.3.6.1.4.1.99999.7.4 NAME 'acmeUnixGroup' SUP posixGroup STRUCTURAL )",
    "( 1.3.6.1.4.1.99999.7.5 NAME 'acmeNames' SUP top AUXILIARY MAY memberUid )",
    "( 1.3.6.1.4.1.99999.7.6 NAME 'univentionGroup' SUP top AUXILIARY MAY uniqueMember )",
    "( 1.3.6.1.4.1.99999.7.7 NAME 'groupOfMembers' SUP top STRUCTURAL MUST cn "
    "MAY ( member $ description $ owner ) )",
)
DYNAMIC = (
    "attributetype ( 1.3.6.1.4.1.99999.7.8 NAME 'acmeURL' SUP labeledURI )\n"
    "objectclass ( 1.3.6.1.4.1.99999.7.9 NAME 'acmeDynamic' SUP top AUXILIARY MAY acmeURL )\n"
)
"""A group whose members the server works out from a search."""
"""What a company adds to the schema: classes derived from known ones, further places for members,
and the groups of rfc2307bis, which may be empty.
"""

OVERLAYS = {
    "memberof": "overlay memberof\nmemberof-refint TRUE\n",
    "refint": "overlay refint\nrefint_attributes member uniqueMember\nrefint_nothing cn=nobody\n",
    "constraint": "overlay constraint\nconstraint_attribute member count 2\n",
    "ppolicy": f"overlay ppolicy\nppolicy_default cn=strict,ou=services,{SUFFIX}\n",
    "syncprov": "overlay syncprov\nsyncprov-checkpoint 1 1\n",
    "accesslog": "overlay accesslog\nlogdb cn=accesslog\nlogops writes\nlogsuccess TRUE\n",
    "lastbind": "overlay lastbind\n",
    "dynlist": "overlay dynlist\ndynlist-attrset acmeDynamic acmeURL member\n",
}


class LdapServer:
    """What every server under test offers to a test: an address, and ways to look and act behind
    Rung's back.

    They use the system's own LDAP commands, and ldap3 as it comes where hundreds of tests would
    wait for processes.
    """

    _admin: ldap3.Connection | None = None
    url: str
    host = "127.0.0.1"
    port: int
    admin, admin_password = ADMIN, PASSWORD
    reader, writer, password = READER, WRITER, PASSWORD
    suffix, people, groups, roles = SUFFIX, PEOPLE, GROUPS, ROLES
    family, key_attribute = "openldap", "entryUUID"
    assertions = post_read = True
    memberof = "none"
    kinds: tuple[str, ...] = (
        "groupOfNames",
        "groupOfUniqueNames",
        "posixGroup",
        "organizationalRole",
        "groupOfMembers",
    )
    several: tuple[tuple[tuple[str, ...], str, str], ...] = (
        (("posixGroup", "univentionGroup"), "uniqueMember", "memberUid"),
        (("groupOfNames", "univentionGroup"), "member", "uniqueMember"),
        (("groupOfNames", "acmeNames"), "member", "memberUid"),
    )
    """Kinds of groups with two places for members: classes, the main attribute, the other one."""
    derived: tuple[tuple[str, str, str], ...] = (
        ("acmeGroup", "groupOfNames", "member"),
        ("acmeUniqueGroup", "groupOfUniqueNames", "uniqueMember"),
        ("acmeUnixGroup", "posixGroup", "memberUid"),
    )
    """A company's own kinds of groups: the class, the one it derives from, where members stand."""
    off: tuple[str, ...] = (
        "employeeType: leaver",
        "objectClass: shadowAccount|shadowExpire: 1",
    )
    """What switches an account of this server off, as lines to add."""
    takes_nobodies = True
    crowd = 3000
    """As many members as a big group of a test has."""

    @property
    def abilities(self) -> dict[str, object]:
        """Return what a check is to find out."""
        names = ("assertions", "post_read", "memberof")
        return {name: getattr(self, name) for name in names}

    def connection(self, **changed: object) -> Connection:
        """Return how Rung would be told to reach this server."""
        usual = Connection(
            url=self.url,
            base=self.suffix,
            people_base=self.people,
            group_base=self.groups,
            role_base=self.roles,
            bind_dn=self.reader,
            bind_password=self.password,
            write_dn=self.writer,
            write_password=self.password,
            security="plaintext",
        )
        return replace(usual, **changed)  # type: ignore[arg-type]  # a builder: any field by name

    def person_dn(self, name: str) -> str:
        """Return where a person of that name stands."""
        return f"uid={escape(name)},{self.people}"

    def fillers(self, count: int) -> list[str]:
        """Return values to fill a group with; people who are there only where groups take no
        others.
        """
        return [self.person_dn(f"m{number}") for number in range(count)]

    def add_person(self, name: str) -> str:
        """Add a person of that name and return the DN."""
        return self._added(
            self.person_dn(name),
            "inetOrgPerson",
            {"uid": [name], "cn": [name], "sn": [name]},
        )

    def add_others(self, mark: str) -> dict[str, str]:
        """Add entries that exist and are no people; return what each is, by DN."""
        place = f"ou=services,{self.suffix}"
        made = {
            f"ou=team-{mark},{place}": ("organizationalUnit", {}),
            f"cn=backup-{mark},{place}": ("applicationProcess", {}),
            f"cn=clerk-{mark},{place}": ("organizationalRole", {}),
            f"uid=outside-{mark},{place}": ("account", {"uid": [f"outside-{mark}"]}),
            f"uid=guest-{mark},{place}": (
                "inetOrgPerson",
                {"cn": ["Guest"], "sn": ["Guest"]},
            ),
        }
        return {self._added(dn, kind, more): kind for dn, (kind, more) in made.items()}

    def add_debris(self, name: str) -> dict[str, str]:
        """Add what a server may leave lying about beside the person of that name; return why it is
        left out, by DN.
        """
        dn = f"cn={name}\\0ACNF:5f1d,{self.people}"
        return {
            self._added(dn, "inetOrgPerson", {"uid": [name], "sn": [name]}): CONFLICT
        }

    def new_group(self, name: str, member: str, above: str = "") -> NewGroup:
        """Return a group that Rung is to create for a role."""
        attributes = (
            ("objectClass", ("groupOfNames",)),
            ("cn", (name,)),
            ("member", (member,)),
        )
        return NewGroup(f"cn={name},{above or self.roles}", attributes)

    def add_group(
        self, name: str, members: Sequence[str], kind: str = "groupOfNames"
    ) -> str:
        """Add a group of that name and return the DN."""
        return self.add_listing([kind], name, {member_attribute([kind]): list(members)})

    def add_listing(
        self, kinds: Sequence[str], name: str, members: Mapping[str, Sequence[str]]
    ) -> str:
        """Add a group of several kinds with its members by attribute and return the DN."""
        dn = f"cn={escape(name)},{self.groups}"
        number = (
            {"gidNumber": ["4711"]}
            if {"posixGroup", "acmeUnixGroup"} & set(kinds)
            else {}
        )
        return self._added(
            dn,
            kinds,
            {
                "cn": [name],
                **number,
                **{key: list(some) for key, some in members.items()},
            },
        )

    def _added(
        self, dn: str, kind: str | Sequence[str], attributes: dict[str, list[str]]
    ) -> str:
        kinds = kind if isinstance(kind, str) else list(kind)
        assert self._ldap.add(dn, kinds, attributes), self._ldap.result
        return dn

    def put(self, dn: str, *members: str, attribute: str = "member") -> None:
        """Give a group further members."""
        self.change(
            f"{ldif_line('dn', dn)}changetype: modify\nadd: {attribute}\n"
            f"{_lines(attribute, members)}"
        )

    def take(self, dn: str, *members: str, attribute: str = "member") -> None:
        """Take members from a group."""
        self.change(
            f"{ldif_line('dn', dn)}changetype: modify\ndelete: {attribute}\n"
            f"{_lines(attribute, members)}"
        )

    @property
    def _ldap(self) -> ldap3.Connection:
        if self._admin is None:
            server = ldap3.Server(self.url, get_info=ldap3.NONE)
            self._admin = ldap3.Connection(
                server,
                self.admin,
                self.admin_password,
                check_names=False,
                auto_bind=True,
            )
        return self._admin

    def hang_up(self) -> None:
        """Close the connection of the tests, before the server goes."""
        if self._admin is not None:
            self._admin.unbind()
            self._admin = None

    def _client(self, program: str, *arguments: str) -> list[str]:
        """Return a command of the system that may do everything on this server."""
        return [
            program,
            "-x",
            "-H",
            self.url,
            "-D",
            self.admin,
            "-w",
            self.admin_password,
            *arguments,
        ]

    def change(self, ldif: str) -> None:
        """Change the directory behind Rung's back with the system's own ldapmodify."""
        run(*self._client("ldapmodify"), text=ldif)

    def add(self, ldif: str) -> None:
        """Add entries given as plain LDIF records."""
        run(*self._client("ldapadd"), text=ldif)

    def delete(self, dn: str) -> None:
        """Delete one entry."""
        run(*self._client("ldapdelete", dn))

    def rename(self, dn: str, rdn: str) -> None:
        """Give an entry another first part of its name."""
        run(*self._client("ldapmodrdn", "-r", dn, rdn))

    def values(self, dn: str, attribute: str = "member") -> list[str]:
        """Return the values an entry has now, in order."""
        return sorted(value.decode() for value in self._raw(dn, attribute))

    def members(self, group: DirectoryGroup) -> list[str]:
        """Return what a group lists now, in order."""
        return self.values(group.dn, group.attribute)

    def _raw(self, dn: str, attribute: str) -> list[bytes]:
        self._ldap.search(dn, "(objectClass=*)", ldap3.BASE, attributes=[attribute])
        found: list[bytes] = self._ldap.response[0]["raw_attributes"][attribute]
        return found

    def everything(self) -> list[str]:
        """Return all entries with all their attributes, operational ones too, in no order of the
        server's.
        """
        return sorted(self._below(self.suffix))

    def _below(self, base: str) -> list[str]:
        found = run(
            *self._client("ldapsearch"),
            "-LLL",
            "-o",
            "ldif-wrap=no",
            "-b",
            base,
            "*",
            "+",
        )
        return found.stdout.split("\n\n")

    def record(self, group: DirectoryGroup) -> str:
        """Return a group as its own record, which some servers keep out of what they list."""
        client = (*self._client("ldapsearch"), "-LLL", "-o", "ldif-wrap=no")
        found = run(*client, "-s", "base", "-b", group.dn, "*", "+")
        return found.stdout.strip("\n")

    def key_of(self, dn: str) -> str:
        """Return the identity the server gave to an entry."""
        return self.values(dn, self.key_attribute)[0].lower()


def ldif_line(attribute: str, value: str) -> str:
    """Write one attribute line so that every value survives: in base64."""
    return f"{attribute}:: {base64.b64encode(value.encode()).decode()}\n"


def _lines(attribute: str, values: Iterable[str]) -> str:
    return "".join(ldif_line(attribute, value) for value in values)


def person_ldif(uid: str, dn: str = "", **attributes: str) -> str:
    """Write a person as an LDIF record."""
    given = {"cn": uid, "sn": uid, "uid": uid, **attributes}
    lines = "".join(ldif_line(name, value) for name, value in given.items())
    return (
        ldif_line("dn", dn or f"uid={uid},{PEOPLE}")
        + "objectClass: inetOrgPerson\n"
        + lines
        + "\n"
    )


def group_ldif(
    cn: str, members: Iterable[str], *, dn: str = "", kind: str = "groupOfNames"
) -> str:
    """Write a group as an LDIF record; a posixGroup gets a number."""
    number = "gidNumber: 4711\n" if kind == "posixGroup" else ""
    head = (
        ldif_line("dn", dn or f"cn={cn},{GROUPS}")
        + f"objectClass: {kind}\n{number}"
        + ldif_line("cn", cn)
    )
    return f"{head}{_lines(member_attribute([kind]), members)}\n"


@dataclass
class Slapd(ServerProcess, LdapServer):
    """A throw-away OpenLDAP server."""

    ldif: str = ""
    overlays: tuple[str, ...] = ()
    access: str = ACCESS
    sizelimit: str = "unlimited"
    extra: str = ""
    first: str = ""
    durable: bool = False
    certificate: Certificate | None = None
    port: int = field(default_factory=free_port)
    folder: Path = field(
        default_factory=lambda: Path(tempfile.mkdtemp(prefix="slapd-"))
    )

    @property
    def secure_port(self) -> int:
        """Return the port of LDAPS, there only with a certificate."""
        assert self.certificate is not None
        return self.certificate.port

    def start(self) -> Self:
        """Load the tree and the given LDIF, start the server and wait until it answers."""
        (self.folder / "db").mkdir()
        self._configuration.write_text(self._configured())
        run(
            "slapadd",
            "-q",
            "-b",
            SUFFIX,
            "-f",
            str(self._configuration),
            text=f"{TREE}\n{self.ldif}",
        )
        return self.resume()

    def now_durable(self) -> None:
        """Have every write reach the disk from now on, which no test has the time for."""
        self.durable = True
        self._anew()

    def now_with(self, access: str) -> None:
        """Have other rules of access from now on."""
        self.access = access
        self._anew()

    def now_another(self) -> None:
        """Be able to do something more from now on, and say so."""
        self.overlays = (*self.overlays, "syncprov")
        self._anew()

    def _anew(self) -> None:
        self.kill()
        self._configuration.write_text(self._configured())
        self.resume()

    @property
    def memberof(self) -> str:  # type: ignore[override]  # known only once the overlays are
        """Tell whether people show their groups."""
        return "direct" if "memberof" in self.overlays else "none"

    @property
    def _configuration(self) -> Path:
        return self.folder / "slapd.conf"

    def _configured(self) -> str:
        includes = "".join(
            f"include {SCHEMA}/{name}.schema\n"
            for name in ("core", "cosine", "nis", "inetorgperson")
        )
        schema = "".join(f"objectclass {definition}\n" for definition in COMPANY_SCHEMA)
        schema += DYNAMIC
        modules = "".join(
            f"moduleload {name}\n" for name in ("back_mdb", *self.overlays)
        )
        tls = self.certificate.settings() if self.certificate else ""
        return (
            f"{includes}{schema}modulepath {MODULES}\n{modules}"
            f"pidfile {self.folder}/pid\nargsfile {self.folder}/args\n{tls}"
            f"{self.first}{self._log()}sizelimit {self.sizelimit}\nidletimeout 0\n"
            f"database mdb\nsuffix {SUFFIX}\nrootdn {ADMIN}\nrootpw {PASSWORD}\ndirectory "
            f"{self.folder}/db\n"
            f"maxsize 1073741824\n{'' if self.durable else 'dbnosync'}\n"
            "index objectClass,uid,cn,member,memberUid,uniqueMember,entryUUID eq\n"
            f"{self.access}{self.extra}"
            + "".join(OVERLAYS[name] for name in self.overlays)
        )

    def _log(self) -> str:
        """Return the database of the access log, which only the reader may read."""
        if "accesslog" not in self.overlays:
            return ""
        (self.folder / "log").mkdir(exist_ok=True)
        return (
            f"database mdb\nsuffix cn=accesslog\nrootdn cn=admin,cn=accesslog\n"
            f"directory {self.folder}/log\nmaxsize 104857600\ndbnosync\n"
            f'index reqStart,reqDN eq\naccess to * by dn.exact="{READER}" read\n'
        )

    def command(self) -> list[str]:
        """Return the command that starts slapd in the foreground."""
        urls = f"{self.url}/" + (
            f" ldaps://127.0.0.1:{self.secure_port}/" if self.certificate else ""
        )
        return ["slapd", "-f", str(self._configuration), "-h", urls, "-d", "0"]


class Demo(LdapServer):
    """The embedded demo directory with the same tree; scripted misfortune under ``faults``."""

    family, admin_password = "demo", ROOT_PASSWORD
    memberof = "direct"
    several = LdapServer.several[:2]
    off = LdapServer.off[:1]
    derived = ()

    def __init__(self, ldif: str = "") -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="demo-")
        seed = f"{TREE}\n{ldif}"
        self._directory = DemoDirectory(
            Path(self._folder.name), seed=lambda: read_entries(seed), durable=False
        )

    def __enter__(self) -> Self:
        self._directory.start()
        self.url = self._directory.url()
        self.port = int(self.url.rpartition(":")[2])
        self.faults = self._directory.faults
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.hang_up()
        self._directory.stop()
        self._folder.cleanup()
