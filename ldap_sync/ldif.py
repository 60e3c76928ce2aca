"""LDIF after RFC 2849: exports are read, changes are written so that ``ldapmodify`` can run them
without Rung.
"""

from __future__ import annotations

import base64
import re
import textwrap
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ldap_sync import mapping
from ldap_sync.accounts import Judge
from ldap_sync.debris import why_left_out
from ldap_sync.dn import MalformedDn, fold, fold_or_self, is_under
from ldap_sync.ldif_file import Completeness, MalformedLdif, lines_of, text_of
from ldap_sync.managed import AtMember, RoleHolders, at_members
from ldap_sync.members import Known, meant_by
from ldap_sync.port import IncompleteRead
from ldap_sync.values import (
    DirectoryChange,
    DirectoryGroup,
    DirectoryPerson,
    DirectorySnapshot,
    LeftOut,
    NewGroup,
    Other,
    Profile,
    stands_at_member,
)

Value = str | bytes
"""An attribute value: text where it is UTF-8, else bytes."""

_WIDTH = 76
_LINE = re.compile(r"([\w./-]+(?:;[\w./=*-]+)*):(:|<)? *(.*)", re.ASCII | re.DOTALL)
_RANGE = re.compile(r"range=(\d+)-(\d+|\*)")
_SAFE = re.compile(rb"(?![ :<])[ -~]*(?<! )")
_ALWAYS_BYTES = frozenset(
    {"objectguid", "objectsid"}
)  # sixteen random bytes may happen to be UTF-8
_NAMES = uuid.UUID("b0bf2f0f-1ad3-5d4c-9d8e-6c1c0d9f6a11")

_NEEDED = frozenset(
    name.lower()
    for name in (
        "dn",
        *mapping.PERSON_ATTRIBUTES,
        *mapping.GROUP_ATTRIBUTES,
        *mapping.IDENTITY_ATTRIBUTES,
    )
)
"""What people and groups are made of; a value of anything else that cannot be read is passed
over.
"""

_Field = tuple[int, str, Value]
_Part = tuple[int, str, list[Value]]
"""A range of values: the number of the first, that of the last or ``*``, the values."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as an export states it; attribute names in lower case, without options such as a
    language.
    """

    dn: str
    attributes: dict[str, list[Value]]
    line: int = field(default=0, compare=False)


def read_entries(
    source: str | Iterable[str],
    needed: Collection[str] | None = None,
) -> Iterator[Entry]:
    """Yield the entries of an LDIF text or of its lines.

    Raises ``MalformedLdif`` and ``IncompleteRead``.

    ``needed`` are the attributes, in lower case, whose every value must be understood; all of them
    unless given.
    """
    lines = source.split("\n") if isinstance(source, str) else source
    complete = Completeness()
    for record in _records(lines, complete, needed):
        entry = _entry(record, complete, needed)
        if entry is not None:
            complete.note_entry()
            yield entry
    complete.demand_end()


def render_entry(dn: str, attributes: Mapping[str, Iterable[Value]]) -> str:
    """Return one entry as an LDIF record that ends with an empty line."""
    lines = [_rendered("dn", dn)]
    lines += [
        _rendered(name, value)
        for name, values in attributes.items()
        for value in values
    ]
    return "\n".join(lines) + "\n\n"


def render_change(change: DirectoryChange | NewGroup) -> str:
    """Return one change as an LDIF change record; deletes stand before adds, all in one atomic
    modify.
    """
    if isinstance(change, NewGroup):
        return render_entry(
            change.dn, {"changetype": ["add"], **dict(change.attributes)}
        )
    places = at_members(change) if stands_at_member(change.attribute) else (change,)
    return "".join(_modified(change.attribute, place) for place in places)


def _modified(attribute: str, place: DirectoryChange | AtMember) -> str:
    lines = [_rendered("dn", place.dn), "changetype: modify"]
    for verb, values in (("delete", place.delete), ("add", place.add)):
        if values:
            lines += [
                f"{verb}: {attribute}",
                *(_rendered(attribute, value) for value in values),
                "-",
            ]
    return "\n".join(lines) + "\n\n"


def render_changes(
    changes: Iterable[DirectoryChange | NewGroup], header: str = ""
) -> str:
    """Return a file for ``ldapmodify``: the header as comment lines, then each change in order."""
    return "".join(rendered_changes(changes, header))


def rendered_changes(
    changes: Iterable[DirectoryChange | NewGroup], header: str = ""
) -> Iterator[str]:
    """Yield the same piece by piece, for a file of many changes."""
    wrapped = (textwrap.wrap(line, _WIDTH - 2) or [""] for line in header.splitlines())
    comment = "".join(
        f"# {line}".rstrip() + "\n" for lines in wrapped for line in lines
    )
    yield f"version: 1\n{comment}\n"
    yield from map(render_change, changes)


def snapshot_from_ldif(
    path: Path,
    people_base: str = "",
    group_base: str = "",
    judge: Judge | None = None,
) -> DirectorySnapshot:
    """Read the people and groups out of an LDIF export; ``judge`` tells whether accounts are off,
    by default as of now.

    Where the export holds no identities they are derived from the DNs, so a renamed person counts
    as another one. Raises ``MalformedLdif``, ``IncompleteRead`` and ``OSError``.
    """
    judge = judge or Judge(datetime.now(UTC))
    people: list[DirectoryPerson] = []
    groups: list[DirectoryGroup] = []
    rest: list[Other] = []
    left_out: list[LeftOut] = []
    holders, sids = RoleHolders(), dict[str, str]()
    for entry in _distinct(
        read_entries(lines_of(path), _NEEDED | set(map(str.lower, judge.attributes)))
    ):
        attributes = mapping.plain(entry.attributes)
        if not mapping.identity(attributes):
            attributes["entryuuid"] = [name_based_key(entry.dn)]
        holders.note(attributes, entry.dn)
        if why := why_left_out(attributes, entry.dn):
            left_out.append(LeftOut(entry.dn, why))
            rest.append(Other(meant_by("member", entry.dn), why))
        elif mapping.is_group(attributes) and is_under(entry.dn, group_base):
            groups.append(mapping.group_from(attributes, entry.dn))
            sids |= dict.fromkeys(attributes.get("objectsid", ()), groups[-1].key)
        elif mapping.is_person(attributes) and is_under(entry.dn, people_base):
            people.append(mapping.person_from(attributes, entry.dn, judge))
        else:
            rest += _others(entry.dn, attributes)
    people = list(mapping.with_primary_groups(people, sids))
    groups = list(holders.filled(groups))
    listed = Known(people, groups).unknown(groups)
    others = {other.key: other for other in rest if other.key in listed}
    profile = Profile(vendor="LDIF file", family="generic")
    return DirectorySnapshot(
        tuple(people), tuple(groups), profile, tuple(others.values()), tuple(left_out)
    )


def _others(dn: str, attributes: mapping.Attributes) -> Iterator[Other]:
    """Yield what an entry that is no person and no group is, by its DN and by its account names."""
    what = mapping.what_is(attributes)
    yield Other(meant_by("member", dn), what)
    for name in attributes.get("uid", ()):
        yield Other(meant_by("memberUid", name), what)


def name_based_key(dn: str) -> str:
    """Return the identity of an entry that shows none: the same for every spelling of the same
    DN.
    """
    return str(uuid.uuid5(_NAMES, fold_or_self(dn)))


def _distinct(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Refuse an export that lists an entry twice: two joined exports would count a person twice."""
    seen: set[str] = set()
    for entry in entries:
        folded = fold(entry.dn)
        if folded in seen:
            raise MalformedLdif(entry.line, f"{entry.dn} comes a second time")
        seen.add(folded)
        yield entry


def _records(
    lines: Iterable[str],
    complete: Completeness,
    needed: Collection[str] | None,
) -> Iterator[list[_Field]]:
    """Yield the fields of each record; an empty line ends one, and so does the next ``dn``."""
    record: list[_Field] = []
    for number, line in _unfolded(lines):
        if line.startswith("#"):
            complete.note_comment(line)
            continue
        found = _field(number, line, needed) if line else None
        begins = found is not None and found[1] == "dn" and not _is_preface(record)
        if record and (begins or not line):
            yield record
            record = []
        if found is not None:
            record.append(found)
    if record:
        yield record


def _is_preface(record: Sequence[_Field]) -> bool:
    return all(name == "version" for _, name, _ in record)


def _unfolded(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Join continuation lines, each to be told by its leading space; numbers are those of the first
    line.
    """
    start, held = 0, ""
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip("\r\n")
        if not line.startswith(" "):
            if start:
                yield start, held
            start, held = number, line
        elif held:
            held += line[1:]
        elif line.strip():
            raise MalformedLdif(
                number, "this line starts with a space but continues nothing"
            )
    if start:
        yield start, held


def _field(number: int, line: str, needed: Collection[str] | None) -> _Field | None:
    """Return the attribute and value of a line; none where nobody needs what cannot be read."""
    found = _LINE.fullmatch(line)
    if found is None:
        raise MalformedLdif(number, f"no attribute and colon in {line[:40]!r}")
    name, marker, text = found[1].lower(), found[2], found[3]
    try:
        return number, name, _value(number, name, marker, text)
    except MalformedLdif:
        if needed is None or _base_name(name) in needed:
            raise
        return None


def _value(number: int, name: str, marker: str | None, text: str) -> Value:
    if marker == "<":
        raise MalformedLdif(
            number, f"the value of {name} is kept in another file, which is not read"
        )
    if marker == ":":
        return _from_base64(number, name, text)
    return text_of(number, text)


def _from_base64(number: int, name: str, text: str) -> Value:
    try:
        value = base64.b64decode(text.rstrip(" "), validate=True)
    except ValueError as error:
        raise MalformedLdif(number, f"the value of {name} is not base64") from error
    if name in _ALWAYS_BYTES or name.endswith(";binary"):
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def _entry(
    record: Sequence[_Field],
    complete: Completeness,
    needed: Collection[str] | None,
) -> Entry | None:
    """Return the entry of a record; none for a version line and for what ``ldapsearch`` says of the
    search.
    """
    fields = record[1:] if record[0][1] == "version" else record
    if not fields or _is_about_the_search(fields, complete):
        return None
    line, name, dn = fields[0]
    if name != "dn" or not isinstance(dn, str):
        raise MalformedLdif(line, f"a record starts with {name} instead of dn")
    _check_dn(line, dn)
    attributes: dict[str, list[Value]] = {}
    for number, attribute, value in fields[1:]:
        if attribute == "changetype":
            _demand_addition(number, value)
        elif attribute != "control":
            attributes.setdefault(attribute, []).append(value)
    whole, ranges = _without_options(attributes)
    for base, parts in ranges.items():
        if needed is None or base in needed:
            whole[base] = [*whole.get(base, ()), *_whole_range(base, parts, dn, line)]
    return Entry(dn, whole, line)


def _demand_addition(line: int, value: Value) -> None:
    """Let pass what adds an entry, which ``ldifde`` of Windows writes for each; refuse other
    changes.
    """
    kind = value.strip().lower() if isinstance(value, str) else "unknown"
    if kind != "add":
        raise MalformedLdif(
            line, f"a change record ({kind}); an export of entries is needed"
        )


def _without_options(
    attributes: Mapping[str, list[Value]],
) -> tuple[dict[str, list[Value]], dict[str, list[_Part]]]:
    """Put values with an option, such as a language, behind those without; ranges are parts of
    their own.
    """
    joined = {name: values for name, values in attributes.items() if ";" not in name}
    ranges: dict[str, list[_Part]] = {}
    for name, values in attributes.items():
        base, _, options = name.partition(";")
        if found := _RANGE.search(options):
            ranges.setdefault(base, []).append((int(found[1]), found[2], values))
        elif options:
            joined[base] = [*joined.get(base, ()), *values]
    return joined, ranges


def _whole_range(
    name: str,
    parts: list[_Part],
    dn: str,
    line: int,
) -> list[Value]:
    """Return the values of all parts.

    Raises ``IncompleteRead`` where one of them is not in the file.
    """
    values: list[Value] = []
    expected, last = 0, ""
    for first, last, found in sorted(parts, key=lambda part: part[0]):
        if first != expected:
            break
        values += found
        if last == "*":
            return values
        expected = int(last) + 1
    raise IncompleteRead(
        f"LDIF line {line}: {dn} shows only a part of its {name} values ({expected} of them); "
        "export all of them, or read the directory itself."
    )


def _base_name(name: str) -> str:
    return name.partition(";")[0]


def _check_dn(line: int, dn: str) -> None:
    try:
        fold(dn)
    except MalformedDn as error:
        raise MalformedLdif(line, str(error)) from error


def _is_about_the_search(fields: Sequence[_Field], complete: Completeness) -> bool:
    """Recognise the closing lines of ``ldapsearch``.

    Raises ``IncompleteRead`` when they tell of a cut.
    """
    line, name, _ = fields[0]
    for _, attribute, value in fields if name == "search" else ():
        if attribute == "result" and not str(value).startswith("0 "):
            raise IncompleteRead(
                f"The export was cut short (line {line}): the server said {value!r}."
            )
        complete.note_result(attribute, str(value))
    return name in ("search", "ref")


def _rendered(name: str, value: Value) -> str:
    """Return one value as LDIF lines of at most 76 characters."""
    octets = value.encode() if isinstance(value, str) else value
    if _SAFE.fullmatch(octets):
        line = f"{name}: {octets.decode('ascii')}".rstrip(" ")
    else:
        line = f"{name}:: {base64.b64encode(octets).decode('ascii')}"
    rest = range(_WIDTH, len(line), _WIDTH - 1)
    return "\n ".join(
        [line[:_WIDTH], *(line[start : start + _WIDTH - 1] for start in rest)]
    )
