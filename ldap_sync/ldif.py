"""LDIF after RFC 2849: exports are read, changes are written so that ``ldapmodify`` can run them without Rung."""

from __future__ import annotations

import base64
import binascii
import re
import textwrap
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ldap_sync import mapping
from ldap_sync.dn import MalformedDn, fold, fold_or_self, is_under
from ldap_sync.port import DirectoryError, IncompleteRead
from ldap_sync.values import Change, Group, NewGroup, Person, Profile, Snapshot

Value = str | bytes
"""An attribute value: text where it is UTF-8, else bytes."""

_WIDTH = 76
_LINE = re.compile(r"([A-Za-z0-9][\w.-]*(?:;[\w.=*-]+)*):(:|<)? *(.*)", re.ASCII | re.DOTALL)
_SAFE = re.compile(rb"(?![ :<])[ -~]*(?<! )")
_ALWAYS_BYTES = frozenset({"objectguid", "objectsid"})  # sixteen random bytes may happen to be UTF-8
_NAMES = uuid.UUID("b0bf2f0f-1ad3-5d4c-9d8e-6c1c0d9f6a11")

_Field = tuple[int, str, Value]


class MalformedLdif(DirectoryError):
    """A file that is not LDIF, with the line where reading ended."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"LDIF line {line}: {what}")
        self.line = line
        self.what = what


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as an export states it; attribute names in lower case."""

    dn: str
    attributes: dict[str, list[Value]]
    line: int = field(default=0, compare=False)


def read_entries(source: str | Iterable[str]) -> Iterator[Entry]:
    """Yield the entries of an LDIF text or of its lines. Raises ``MalformedLdif`` and ``IncompleteRead``."""
    lines = source.split("\n") if isinstance(source, str) else source
    for record in _records(lines):
        entry = _entry(record)
        if entry is not None:
            yield entry


def render_entry(dn: str, attributes: Mapping[str, Iterable[Value]]) -> str:
    """Return one entry as an LDIF record that ends with an empty line."""
    lines = [_rendered("dn", dn)]
    lines += [_rendered(name, value) for name, values in attributes.items() for value in values]
    return "\n".join(lines) + "\n\n"


def render_change(change: Change | NewGroup) -> str:
    """Return one change as an LDIF change record; deletes stand before adds, all in one atomic modify."""
    if isinstance(change, NewGroup):
        return render_entry(change.dn, {"changetype": ["add"], **dict(change.attributes)})
    lines = [_rendered("dn", change.dn), "changetype: modify"]
    for verb, values in (("delete", change.delete), ("add", change.add)):
        if values:
            lines += [f"{verb}: {change.attribute}", *(_rendered(change.attribute, value) for value in values), "-"]
    return "\n".join(lines) + "\n\n"


def render_changes(changes: Iterable[Change | NewGroup], header: str = "") -> str:
    """Return a file for ``ldapmodify``: the header as comment lines, then each change in order."""
    wrapped = (textwrap.wrap(line, _WIDTH - 2) or [""] for line in header.splitlines())
    comment = "".join(f"# {line}".rstrip() + "\n" for lines in wrapped for line in lines)
    return f"version: 1\n{comment}\n" + "".join(map(render_change, changes))


def snapshot_from_ldif(path: Path, people_base: str = "", group_base: str = "") -> Snapshot:
    """Read the people and groups out of an LDIF export.

    Where the export holds no identities they are derived from the DNs, so a renamed person counts as another one.
    Raises ``MalformedLdif``, ``IncompleteRead`` and ``OSError``.
    """
    people: list[Person] = []
    groups: list[Group] = []
    with path.open("rb") as file:
        for entry in _distinct(read_entries(_decoded(file))):
            attributes = mapping.plain(entry.attributes)
            if not mapping.identity(attributes):
                attributes["entryuuid"] = [name_based_key(entry.dn)]
            if mapping.is_group(attributes) and is_under(entry.dn, group_base):
                groups.append(mapping.group_from(attributes, entry.dn))
            elif mapping.is_person(attributes) and is_under(entry.dn, people_base):
                people.append(mapping.person_from(attributes, entry.dn))
    return Snapshot(tuple(people), tuple(groups), Profile(vendor="LDIF file", family="generic"))


def name_based_key(dn: str) -> str:
    """Return the identity of an entry that shows none: the same for every spelling of the same DN."""
    return str(uuid.uuid5(_NAMES, fold_or_self(dn)))


def _decoded(lines: Iterable[bytes]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise MalformedLdif(number, "not UTF-8 text") from error


def _distinct(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Refuse an export that lists an entry twice: two joined exports would count a person twice."""
    seen: set[str] = set()
    for entry in entries:
        folded = fold(entry.dn)
        if folded in seen:
            raise MalformedLdif(entry.line, f"{entry.dn} comes a second time")
        seen.add(folded)
        yield entry


def _records(lines: Iterable[str]) -> Iterator[list[_Field]]:
    record: list[_Field] = []
    for number, line in _unfolded(lines):
        if not line:
            if record:
                yield record
            record = []
        elif not line.startswith("#"):
            record.append(_field(number, line))
    if record:
        yield record


def _unfolded(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Join continuation lines, each to be told by its leading space; numbers are those of the first line."""
    start, held = 0, ""
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip("\r\n")
        if not line.startswith(" "):
            if start:
                yield start, held
            start, held = number, line
        elif held:
            held += line[1:]
        else:
            raise MalformedLdif(number, "this line starts with a space but continues nothing")
    if start:
        yield start, held


def _field(number: int, line: str) -> _Field:
    found = _LINE.fullmatch(line)
    if found is None:
        raise MalformedLdif(number, f"no attribute and colon in {line[:40]!r}")
    name, marker, text = found[1].lower(), found[2], found[3]
    if marker is None:
        return number, name, text
    if marker == "<":
        raise MalformedLdif(number, "values kept in other files are not read")
    return number, name, _from_base64(number, name, text)


def _from_base64(number: int, name: str, text: str) -> Value:
    try:
        value = base64.b64decode(text.rstrip(" "), validate=True)
    except binascii.Error as error:
        raise MalformedLdif(number, f"the value of {name} is not base64") from error
    if name in _ALWAYS_BYTES or name.endswith(";binary"):
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def _entry(record: Sequence[_Field]) -> Entry | None:
    """Return the entry of a record; none for a version line and for what ``ldapsearch`` says of the search."""
    fields = record[1:] if record[0][1] == "version" else record
    if not fields or _is_about_the_search(fields):
        return None
    line, name, dn = fields[0]
    if name != "dn" or not isinstance(dn, str):
        raise MalformedLdif(line, f"a record starts with {name} instead of dn")
    _check_dn(line, dn)
    attributes: dict[str, list[Value]] = {}
    for number, attribute, value in fields[1:]:
        if attribute in ("changetype", "control"):
            raise MalformedLdif(number, "a change record; an export of entries is needed")
        attributes.setdefault(attribute, []).append(value)
    return Entry(dn, attributes, line)


def _check_dn(line: int, dn: str) -> None:
    try:
        fold(dn)
    except MalformedDn as error:
        raise MalformedLdif(line, str(error)) from error


def _is_about_the_search(fields: Sequence[_Field]) -> bool:
    """Recognise the closing lines of ``ldapsearch``. Raises ``IncompleteRead`` when they tell of a cut."""
    line, name, _ = fields[0]
    for _, attribute, value in fields if name == "search" else ():
        if attribute == "result" and not str(value).startswith("0 "):
            raise IncompleteRead(f"The export was cut short (line {line}): the server said {value!r}.")
    return name in ("search", "ref")


def _rendered(name: str, value: Value) -> str:
    """Return one value as LDIF lines of at most 76 characters."""
    octets = value.encode() if isinstance(value, str) else value
    if _SAFE.fullmatch(octets):
        line = f"{name}: {octets.decode('ascii')}".rstrip(" ")
    else:
        line = f"{name}:: {base64.b64encode(octets).decode('ascii')}"
    rest = range(_WIDTH, len(line), _WIDTH - 1)
    return "\n ".join([line[:_WIDTH], *(line[start : start + _WIDTH - 1] for start in rest)])
