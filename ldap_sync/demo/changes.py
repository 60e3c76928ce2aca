"""The four changes a client can ask for, as values and as lines of the change log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ldap_sync.demo.entries import Given, Modification, Stamp


@dataclass(frozen=True, slots=True)
class Add:
    """Create an entry."""

    dn: str
    attributes: Given
    uuid: str


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove an entry that has none below it."""

    dn: str


@dataclass(frozen=True, slots=True)
class Modify:
    """Change attributes of an entry, all or none."""

    dn: str
    modifications: tuple[Modification, ...]


@dataclass(frozen=True, slots=True)
class Rename:
    """Give an entry a new name, a new parent, or both."""

    dn: str
    rdn: str
    delete_old: bool
    parent: str | None = None


AnyChange = Add | Delete | Modify | Rename

_KINDS = {Add: "add", Delete: "delete", Modify: "modify", Rename: "rename"}


def to_record(change: AnyChange, stamp: Stamp) -> dict[str, Any]:
    """Return a change as JSON values; octets that are not UTF-8 survive as lone surrogates."""
    record: dict[str, Any] = {
        "op": _KINDS[type(change)],
        "csn": stamp.csn,
        "by": stamp.by,
        "dn": change.dn,
    }
    match change:
        case Add():
            record |= {
                "uuid": change.uuid,
                "attributes": [
                    [name, _texts(values)] for name, values in change.attributes
                ],
            }
        case Modify():
            record["modifications"] = [
                [each.kind, each.name, _texts(each.values)]
                for each in change.modifications
            ]
        case Rename():
            record |= {
                "rdn": change.rdn,
                "delete_old": change.delete_old,
                "parent": change.parent,
            }
    return record


def from_record(record: dict[str, Any]) -> tuple[AnyChange, Stamp]:
    """Return the change and stamp of a line of the log.

    Raises ``KeyError``, ``TypeError`` or ``ValueError``.
    """
    return _change(record), Stamp(record["csn"], record["by"])


def _change(record: dict[str, Any]) -> AnyChange:
    dn = record["dn"]
    match record["op"]:
        case "add":
            return Add(
                dn,
                tuple((name, _octets(texts)) for name, texts in record["attributes"]),
                record["uuid"],
            )
        case "delete":
            return Delete(dn)
        case "modify":
            parts = record["modifications"]
            return Modify(
                dn,
                tuple(
                    Modification(kind, name, _octets(texts))
                    for kind, name, texts in parts
                ),
            )
        case "rename":
            return Rename(dn, record["rdn"], record["delete_old"], record["parent"])
        case other:
            raise ValueError(f"no change is called {other!r}")


def _texts(values: tuple[bytes, ...]) -> list[str]:
    return [value.decode("utf-8", "surrogateescape") for value in values]


def _octets(texts: list[str]) -> tuple[bytes, ...]:
    return tuple(text.encode("utf-8", "surrogateescape") for text in texts)
