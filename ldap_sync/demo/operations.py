"""What one signed-in client may ask of the demo directory, request by request, answered as OpenLDAP
answers.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ldap_sync import ber
from ldap_sync.demo import messages, schema
from ldap_sync.demo.access import Access
from ldap_sync.demo.changes import Add, AnyChange, Delete, Modify, Rename
from ldap_sync.demo.entries import DemoEntry, Given, entry_of, folded
from ldap_sync.demo.errors import Code, LdapError
from ldap_sync.demo.faults import Faults
from ldap_sync.demo.filters import Filter
from ldap_sync.demo.messages import Control, Request, Search
from ldap_sync.demo.store import BASE, Store
from ldap_sync.dn import parent

ASSERTION = "1.3.6.1.1.12"
PRE_READ, POST_READ = "1.3.6.1.1.13.1", "1.3.6.1.1.13.2"
PAGED = "1.2.840.113556.1.4.319"
MANAGE_DSA_IT = "2.16.840.1.113730.3.4.2"
WHO_AM_I = "1.3.6.1.4.1.4203.1.11.3"
ALL_OPERATIONAL = "1.3.6.1.4.1.4203.1.5.1"

VENDOR = "Rung demo directory"

_HONOURED = {
    ASSERTION: {
        messages.SEARCH,
        messages.COMPARE,
        messages.MODIFY,
        messages.DELETE,
        messages.RENAME,
    },
    PRE_READ: {messages.MODIFY, messages.DELETE, messages.RENAME},
    POST_READ: {messages.ADD, messages.MODIFY, messages.RENAME},
    PAGED: {messages.SEARCH},
    MANAGE_DSA_IT: set(
        messages.ANSWER_TO
    ),  # there are no referrals, so there is nothing to manage
}
_EFFECTIVE = frozenset(["allowedattributeseffective", "allowedchildclasseseffective"])


@dataclass(frozen=True, slots=True)
class ServerAnswer:
    """What goes back for a request: entries, then the result with its controls."""

    outcome: LdapError = field(default_factory=lambda: LdapError(Code.SUCCESS))
    controls: Sequence[Control] = ()
    extra: bytes = b""
    entries: Iterable[bytes] = ()


@dataclass(slots=True)
class _Rest:
    """The pages of a search that are still to come, as of its beginning."""

    found: list[DemoEntry]
    cut: bool


class Operations:
    """The requests of one connection, with who signed in on it and the page it is at."""

    def __init__(self, store: Store, access: Access, faults: Faults) -> None:
        self._store = store
        self._access = access
        self._faults = faults
        self._bound, self._bound_dn = "", ""
        self._rest: dict[bytes, _Rest] = {}
        self._cookies = 0
        self._do: dict[int, Callable[[Request], ServerAnswer]] = {
            messages.BIND: self._bind,
            messages.SEARCH: self._search,
            messages.MODIFY: self._modify,
            messages.ADD: self._add,
            messages.DELETE: self._delete,
            messages.RENAME: self._rename,
            messages.COMPARE: self._compare,
            messages.EXTENDED: self._extended,
        }

    def answer(self, request: Request) -> ServerAnswer:
        """Do what a request asks.

        Raises ``LdapError`` when it is refused, ``ValueError`` when it is broken.
        """
        for control in request.controls:
            if control.critical and request.tag not in _HONOURED.get(control.oid, ()):
                raise LdapError(
                    Code.UNAVAILABLE_CRITICAL, "critical extension is not recognized"
                )
        return self._do[request.tag](request)

    def _bind(self, request: Request) -> ServerAnswer:
        self._bound, self._bound_dn = "", ""
        version, dn, password = messages.read_bind(request)
        if version != 3:
            raise LdapError(Code.PROTOCOL, "requested protocol version not supported")
        if password is None:
            raise LdapError(Code.AUTH_METHOD, "only simple binds are supported")
        self._bound = self._access.sign_in(self._store, dn, password)
        self._bound_dn = dn
        return ServerAnswer()

    def _search(self, request: Request) -> ServerAnswer:
        search = messages.read_search(request)
        page = _control(request, PAGED)
        size, cookie = messages.read_page(page.value or b"") if page else (0, b"")
        rest = self._resumed(cookie) if cookie else self._found(request, search)
        count = size if page else len(rest.found)
        shown, later = rest.found[:count], _Rest(rest.found[count:], rest.cut)
        if cookie and not size:
            shown, later = (
                [],
                _Rest([], cut=False),
            )  # RFC 2696: size 0 gives the search up
        final = LdapError(
            Code.SIZE_LIMIT if later.cut and not later.found else Code.SUCCESS
        )
        controls = (
            [
                Control(
                    PAGED,
                    False,
                    messages.page_control(len(rest.found), self._keep(later)),
                )
            ]
            if page
            else []
        )
        return ServerAnswer(
            final, controls, entries=self._encoded(request, search, shown)
        )

    def _found(self, request: Request, search: Search) -> _Rest:
        """Return all that matches, as far as the size limits go."""
        if not search.base and search.scope == BASE:
            root = self._root()
            return _Rest(
                [root] if self._matches(search.wanted, root) else [], cut=False
            )
        self._access.check_read(self._bound)
        self._assert(request, self._store.find(search.base))
        found = self._store.search(
            search.base, search.scope, lambda entry: self._matches(search.wanted, entry)
        )
        limits = [
            limit for limit in (search.size_limit, self._faults.size_limit) if limit
        ]
        limit = min(limits, default=len(found))
        return _Rest(found[:limit], cut=len(found) > limit)

    def _resumed(self, cookie: bytes) -> _Rest:
        try:
            return self._rest.pop(cookie)
        except KeyError:
            raise LdapError(Code.UNWILLING, "paged results cookie is invalid") from None

    def _keep(self, rest: _Rest) -> bytes:
        """Remember the pages to come, of one search at a time as OpenLDAP does, and return their
        cookie.
        """
        self._rest.clear()
        if not rest.found:
            return b""
        self._cookies += 1
        cookie = b"%d" % self._cookies
        self._rest[cookie] = rest
        return cookie

    def _encoded(
        self, request: Request, search: Search, entries: Iterable[DemoEntry]
    ) -> Iterable[bytes]:
        for entry in entries:
            attributes = self._selected(entry, search.attributes)
            if search.types_only:
                attributes = tuple((name, ()) for name, _ in attributes)
            yield messages.entry_message(request.number, entry.dn, attributes)

    def _modify(self, request: Request) -> ServerAnswer:
        return self._write(request, Modify(*messages.read_modify(request)))

    def _add(self, request: Request) -> ServerAnswer:
        return self._write(request, Add(*messages.read_add(request), str(uuid.uuid4())))

    def _delete(self, request: Request) -> ServerAnswer:
        return self._write(
            request, Delete(request.data[request.start : request.end].decode())
        )

    def _rename(self, request: Request) -> ServerAnswer:
        return self._write(request, Rename(*messages.read_rename(request)))

    def _write(self, request: Request, change: AnyChange) -> ServerAnswer:
        reads = [
            control
            for control in request.controls
            if control.oid in (PRE_READ, POST_READ)
        ]
        names = {control.oid: self._read_names(control) for control in reads}

        def guard(before: DemoEntry | None) -> None:
            self._access.check_write(self._bound, *_touched(change, before))
            if before is not None:
                self._assert(request, before)

        before, after = self._store.write(change, self._bound_dn, guard)
        entries = {PRE_READ: before, POST_READ: after}
        return ServerAnswer(
            controls=[
                self._read_answer(oid, entry, names[oid])
                for oid, entry in entries.items()
                if oid in names and entry
            ]
        )

    def _read_names(self, control: Control) -> tuple[str, ...]:
        value = control.value or b""
        names = messages.read_selection(value, ber.element(value, 0, len(value)))
        unknown = [
            name
            for name in names
            if name not in ("*", "+", "1.1") and not schema.is_known(name)
        ]
        if unknown and control.critical:
            raise LdapError(
                Code.UNDEFINED_ATTRIBUTE, f"{unknown[0]}: attribute type undefined"
            )
        return names

    def _read_answer(
        self, oid: str, entry: DemoEntry, names: tuple[str, ...]
    ) -> Control:
        return Control(
            oid, False, messages.encoded_entry(entry.dn, self._selected(entry, names))
        )

    def _compare(self, request: Request) -> ServerAnswer:
        dn, name, value = messages.read_compare(request)
        self._access.check_read(self._bound)
        entry = self._store.find(dn)
        self._assert(request, entry)
        if not schema.is_known(name):
            raise LdapError(Code.UNDEFINED_ATTRIBUTE, "attribute type undefined")
        held = self._values(entry, name.lower())
        if not held:
            raise LdapError(Code.NO_SUCH_ATTRIBUTE)
        same = not schema.keys_of(name, [value]).keys().isdisjoint(held)
        raise LdapError(Code.COMPARE_TRUE if same else Code.COMPARE_FALSE)

    def _extended(self, request: Request) -> ServerAnswer:
        if messages.read_extended(request) != WHO_AM_I:
            raise LdapError(Code.PROTOCOL, "unsupported extended operation")
        who = f"dn:{self._bound_dn}" if self._bound else ""
        return ServerAnswer(extra=ber.octets(who, 0x8B))

    def _assert(self, request: Request, entry: DemoEntry) -> None:
        """Hold a request to its assertion control, also a non-critical one (as OpenLDAP does).

        Raises 122.
        """
        control = _control(request, ASSERTION)
        if control and not self._matches(
            messages.read_assertion(control.value or b""), entry
        ):
            raise LdapError(Code.ASSERTION_FAILED)

    def _matches(self, wanted: Filter, entry: DemoEntry) -> bool | None:
        return wanted(lambda name: self._values(entry, name))

    def _values(self, entry: DemoEntry, name: str) -> Mapping[str, bytes]:
        """Return what this client may see of an attribute."""
        if name == "userpassword" and not self._access.is_root(self._bound):
            return {}
        if name in _EFFECTIVE:
            return self._effective(entry, name)
        values = self._store.attribute(entry, name).values
        hidden = self._faults.hidden(self._bound, entry.key)
        return (
            {key: value for key, value in values.items() if key not in hidden}
            if hidden
            else values
        )

    def _effective(self, entry: DemoEntry, name: str) -> Mapping[str, bytes]:
        """Return what the asking account may write or make here, as Active Directory tells it."""
        inner = f"cn=any,{entry.key}"
        makes = name == "allowedchildclasseseffective"
        if not self._access.may_write(self._bound, inner if makes else entry.key):
            return {}
        names = ("groupOfNames",) if makes else schema.given()
        return {each.lower(): each.encode() for each in names}

    def _selected(self, entry: DemoEntry, names: Sequence[str]) -> Given:
        """Return the attributes asked for: ``*`` and nothing mean all but operational ones, ``+``
        these.
        """
        chosen: dict[str, None] = {}
        for name in names or ("*",):
            match name:
                case "*":
                    chosen.update(
                        dict.fromkeys(
                            each
                            for each in entry.attributes
                            if not schema.is_operational(each)
                        )
                    )
                case "+":
                    chosen.update(
                        dict.fromkeys(each.lower() for each in schema.OPERATIONAL)
                    )
                case _:
                    chosen[name.lower()] = None
        shown = (
            (schema.spelled(name), tuple(self._values(entry, name).values()))
            for name in chosen
        )
        return tuple((name, values) for name, values in shown if values)

    def _root(self) -> DemoEntry:
        """Return the root entry (RFC 4512 section 5.1)."""
        facts = {
            "objectClass": ["top"],
            "namingContexts": [self._store.suffix],
            "supportedControl": sorted(_HONOURED),
            "supportedExtension": [WHO_AM_I],
            "supportedFeatures": [ALL_OPERATIONAL],
            "supportedLDAPVersion": ["3"],
            "vendorName": [VENDOR],
        }
        return entry_of(
            "",
            (
                (name, [text.encode() for text in texts])
                for name, texts in facts.items()
            ),
        )


def _control(request: Request, oid: str) -> Control | None:
    return next((control for control in request.controls if control.oid == oid), None)


def _touched(change: AnyChange, before: DemoEntry | None) -> list[str]:
    """Return the folded DNs that a client must be allowed to write: of a rename, also any name
    below its new parent.
    """
    keys = [before.key if before else folded(change.dn)]
    if isinstance(change, Rename):
        keys.append(
            f"?,{folded(parent(change.dn) if change.parent is None else change.parent)}"
        )
    return keys
