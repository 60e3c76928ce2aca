"""Who changed a group, and when, as far as a directory's own records tell; real servers but for
what Samba does not keep.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta

import pytest

from ldap_sync import deeds
from ldap_sync.adapter import open_reader
from ldap_sync.deeds import Deed, DeedAsked, DeedSource
from ldap_sync.values import Connection
from tests.ldap_sync import server_389, server_samba
from tests.ldap_sync.process import demand
from tests.ldap_sync.scripted import Asked, Said, Scripted
from tests.ldap_sync.server_389 import DirectoryServer389
from tests.ldap_sync.server_samba import SambaAd, domain
from tests.ldap_sync.servers import PASSWORD, READER, WRITER, LdapServer, Slapd

CHANGE_LOG = "Retro Changelog Plugin"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def asked(
    server: LdapServer, group: str, *values: str, added: bool = True
) -> Deed | None:
    return told_by(server.connection(), group, *values, added=added)


def told_by(
    connection: Connection, group: str, *values: str, added: bool = True
) -> Deed | None:
    with closing(open_reader(connection)) as reader:
        return reader.who_did(DeedAsked(group, values, added, LONG_AGO))


def changed_by_the_writer(server: LdapServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let the writer put Bäñ into a group and take Ada out; the admin changes the group later."""
    ada, ben = server.add_person("ada"), server.add_person("Bäñ, the 2nd")
    group = server.add_group("mail", [ada, server.add_person("cyd")])
    with monkeypatch.context() as patched:
        patched.setattr(server, "admin", WRITER)
        patched.setattr(server, "admin_password", PASSWORD)
        server.put(group, ben)
        server.take(group, ada)
    server.put(group, server.add_person("dot"))
    return group


def is_told(deed: Deed | None, source: DeedSource, who: str) -> bool:
    """Tell whether a record names somebody for a change of the last minutes."""
    lately = datetime.now(UTC) - timedelta(minutes=5)
    assert deed is not None
    return (deed.source, deed.who.lower()) == (source, who.lower()) and (
        deed.at is not None and deed.at > lately
    )


def test_the_access_log_of_openldap_names_who_gave_and_who_took(
    stack: ExitStack, monkeypatch: pytest.MonkeyPatch
):
    server = stack.enter_context(Slapd(overlays=("accesslog",)))
    group = changed_by_the_writer(server, monkeypatch)
    log = DeedSource.ACCESS_LOG
    ben, ada = server.person_dn("Bäñ, the 2nd"), server.person_dn("ada")
    assert is_told(asked(server, group, ben), log, WRITER)
    assert is_told(asked(server, group, ada, added=False), log, WRITER)
    assert is_told(asked(server, group, server.person_dn("dot")), log, server.admin)
    server.delete(group)
    assert is_told(asked(server, group, added=False), log, server.admin)


def test_a_log_that_is_hidden_or_too_long_tells_nothing_and_hinders_nothing(
    stack: ExitStack, monkeypatch: pytest.MonkeyPatch
):
    server = stack.enter_context(Slapd(overlays=("accesslog",)))
    group = changed_by_the_writer(server, monkeypatch)
    ben = server.person_dn("Bäñ, the 2nd")
    hidden = server.connection(bind_dn=WRITER)
    last = DeedSource.LAST_CHANGE
    assert is_told(told_by(hidden, group, ben), last, server.admin)
    monkeypatch.setattr("ldap_sync.adapter.witness.MOST", 1)
    assert is_told(asked(server, group, ben), last, server.admin)


def test_the_changelog_of_389_names_who_gave_and_who_took(
    stack: ExitStack, monkeypatch: pytest.MonkeyPatch
):
    demand(server_389.missing())
    server = stack.enter_context(DirectoryServer389(plugins=(CHANGE_LOG,)))
    group = changed_by_the_writer(server, monkeypatch)
    ben, ada = server.person_dn("Bäñ, the 2nd"), server.person_dn("ada")
    last = DeedSource.LAST_CHANGE
    assert is_told(asked(server, group, ben), last, server.admin)
    server.change(
        'dn: cn=changelog\nchangetype: modify\nadd: aci\naci: (targetattr="*")(version 3.0; '
        f'acl "r"; allow (read, search) userdn="ldap:///{READER}";)\n'
    )
    log = DeedSource.CHANGE_LOG
    assert is_told(asked(server, group, ben), log, WRITER)
    assert is_told(asked(server, group, ada, added=False), log, WRITER)
    server.delete(group)
    gone = asked(server, group, added=False)
    assert gone is not None
    assert (gone.source, gone.who) == (log, "")


def test_samba_tells_when_the_group_was_changed_and_not_by_whom(
    stack: ExitStack, tmp_path_factory: pytest.TempPathFactory
):
    demand(server_samba.missing())
    server = stack.enter_context(SambaAd(domain(tmp_path_factory)))
    ada = server.add_person("ada")
    group = server.add_group("mail", [])
    server.put(group, ada)
    assert is_told(asked(server, group, ada), DeedSource.LAST_CHANGE, "")


def mark(dn: str, deleted: str = "1601-01-01T00:00:00Z") -> str:
    """Return a mark as Active Directory writes it ([MS-ADTS] 3.1.1.4.5.17)."""
    return (
        "<DS_REPL_VALUE_META_DATA>\n\t<pszAttributeName>member</pszAttributeName>\n"
        f"\t<pszObjectDn>{dn}</pszObjectDn>\n\t<ftimeDeleted>{deleted}</ftimeDeleted>\n"
        "\t<ftimeLastOriginatingChange>2026-03-02T08:15:00Z</ftimeLastOriginatingChange>\n"
        "\t<pszLastOriginatingDsaDN>CN=NTDS Settings,CN=DC7,CN=Servers,CN=Site,CN=Sites,"
        "CN=Configuration,DC=acme,DC=test</pszLastOriginatingDsaDN>\n"
        "</DS_REPL_VALUE_META_DATA>\n\0"
    )


def test_the_marks_of_active_directory_tell_when_and_where_range_after_range():
    kept, gone = "CN=a &amp; b,DC=acme", "CN=ben,DC=acme"
    ranges = {
        "msDS-ReplValueMetaData": ("0-0", mark(gone, "2026-03-02T08:15:00Z")),
        "msDS-ReplValueMetaData;range=1-*": ("1-*", mark(kept)),
    }

    def answer(question: Asked) -> Said:
        if not question.dn:
            root = {"supportedCapabilities": ["1.2.840.113556.1.4.800"]}
            return Said([("", root)])
        [name] = question.attributes
        at, value = ranges[name]
        return Said([(question.dn, {f"msDS-ReplValueMetaData;range={at}": [value]})])

    at = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)
    told = Deed(DeedSource.REPLICATION, at=at, server="DC7")
    with Scripted(answer) as server:
        connection = server.connection("DC=acme")
        assert told_by(connection, "CN=g,DC=acme", gone, added=False) == told
        assert told_by(connection, "CN=g,DC=acme", "CN=a & b,DC=acme") == told


def changes(text: str) -> deeds.Told:
    lines = {
        "changes": [text],
        "changetype": ["modify"],
        "changetime": ["20260302080000Z"],
    }
    return deeds.from_change_log(lines)


@pytest.mark.parametrize(
    ("text", "gone", "came"),
    [
        ("delete: member\nmember: cn=ada\n-\n", True, False),
        ("delete: member\n-\n", True, False),
        ("delete: member\nmember: cn=ben\n-\n", False, False),
        ("replace: member\nmember: cn=ada\nmember: cn=ben\n-\n", False, True),
        (
            "add: member\nmember:: " + base64.b64encode(b"CN=Ada").decode() + "\n-\n",
            False,
            True,
        ),
        (
            "add: member\nmember: cn=a\n da\n-\nreplace: description\ndescription: x\n",
            False,
            True,
        ),
        ("add: description\ndescription: cn=ada\n-\n", False, False),
        ("", False, False),
    ],
)
def test_a_change_is_what_was_asked_about_only_where_it_says_so(
    text: str, gone: bool, came: bool
):
    took = DeedAsked("cn=g", ("cn=ada",), False, LONG_AGO)
    gave = DeedAsked("cn=g", ("cn=ada",), True, LONG_AGO)
    assert (changes(text).did(took), changes(text).did(gave)) == (gone, came)
