"""What strangers send: values for addresses, queries, forms, bodies and headers.

Add a line to either list.
"""

from __future__ import annotations

import ast
import inspect
import io
import random
import re
from functools import cache
from types import ModuleType
from typing import Any

from flask import Flask
from flask_wtf import FlaskForm
from werkzeug.routing import Rule

NUMBERS = (
    "0",
    "-1",
    "2147483647",
    "2147483648",
    str(2**40),
    str(2**63),
    str(2**70),
    "9" * 5000,
    "1e9",
    "٣",
    "²",
)
TEXTS = (
    "\0",
    "a\0b",
    "\ud800",
    "\x1b[31m",
    "\x0b\x0c",
    "\x7f",
    "\u202eevil",
    "\ufeff",
    "\uffff",
    "👩‍🔧" * 50,
    "שלום",
    "%",
    "%00",
    "%zz",
    "{{7*7}}",
    "<script>",
    "' OR 1=1 --",
    "../../etc/passwd",
    "nan",
    "inf",
    "-inf",
    "1e999",
    "0x10",
    "\r\nSet-Cookie: a=b",
    "2026-02-30",
    "9999-12-31",
    "0001-01-01",
    "10000-01-01",
    "23:59",
    "99:99",
    "x" * 70_000,
    "=cmd()",
    "null",
    "[]",
    "{}",
    "true",
    "on",
    ":",
    ",",
    ";",
    "/",
    "//evil.example",
    "\\",
    '"',
    "a=b",
)
PATHS = (
    "%00",
    "%",
    "%zz",
    "%ff",
    "%ed%a0%80",
    "%2e%2e%2f",
    "%0d%0a",
    "x" * 3000,
    "%F0%9F%91%A9",
    "%E2%80%AE",
)
FILES = (
    b"x" * 200_000,
    b"a,b\r1,2\r",
    b'title\n"' + b"y" * 140_000 + b'"\n',
    b"name,owner\n" + b"x,y\n" * 5001,
    b"",
    b"\0",
    b"\xff\xfe",
    b"PK\x03\x04" + b"x" * 40,
    b"%PDF-1.7",
    b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
    b"\x81\x8d\x8f",
    b'a,b\n"never closed',
    b"a;b;\n1;2;\n",
    b"sep=;\nname;title\n=1;2\n",
    "name\ttitle\nä\tb\n".encode("utf-16"),
    b"dn: cn=a\nobjectClass: person\n\n",
    b"dn:: ///\n",
    b"\n" * 3000,
)
BODIES = (
    b"",
    b"null",
    b"[]",
    b"{",
    b'"\\ud800"',
    b"[" * 100_000,
    b'{"title":' * 50_000,
    b"\xff\xfe\0",
    b"9" * 5000,
    b'{"title": "\\u0000", "requester": "x"}',
    b'{"title": "\\ud800", "requester": "x"}',
    b'{"title": "t", "requester": "x", "site_id": 1180591620717411303424}',
    b'{"title": "t", "requester": "x", "site_id": 1099511627776}',
    b'{"title": "t", "requester": "x", "site_id": -1}',
    b'{"title": "t", "requester": "x", "site_id": 1e400}',
    b'{"title": NaN}',
    b'{"title": {"a": []}, "requester": 1}',
    b'{"title": "' + b"x" * 1_000_000 + b'", "requester": "x"}',
    b'{"text": "\\u0000"}',
    b'{"text": "\\udfff"}',
    b'{"team_id": 9223372036854775808, "reason": "x"}',
    b'{"what": "\\u0000", "cause": "\\ud800"}',
    b'{"who": "\\u0000"}',
    b'{"text": "' + b"x" * 1_000_000 + b'"}',
    b'{"title": "t", "title": null}',
)
HEADERS: tuple[dict[str, str], ...] = (
    {"Accept-Language": "x" * 5000},
    {"Accept-Language": "de;q=nan,*;q=1e999"},
    {"Cookie": "rung=x; zone=../../etc; theme=\xff"},
    {"Cookie": "zone=" + "x" * 3000},
    {"Authorization": "Bearer \xff\xfe"},
    {"Authorization": "Basic !!!"},
    {
        "HX-Request": "true",
        "HX-Request-Type": "partial",
        "HX-Source": "\xff" * 900,
        "HX-Current-URL": "%00",
    },
    {"Referer": "http://[::1"},
    {"If-None-Match": '"' * 500},
    {"If-Modified-Since": "nonsense"},
    {"Range": "bytes=9999999999999999999999-"},
    {"Range": "bytes=-99999999999999999999"},
    {"Range": "lines=1"},
    {"X-Forwarded-For": "not an address"},
    {"Content-Type": "multipart/form-data; boundary=\xff"},
    {"Content-Type": "application/x-www-form-urlencoded; charset=utf-7"},
    {"Idempotency-Key": "\xff" * 500},
    {"X-Rung-Timestamp": "9" * 5000, "X-Rung-Signature": "\xff"},
    {"Host": "evil.example:99999"},
)


FILE_NAMES = ("a.csv", "\0.ldif", "x" * 300, "../a", "ä.eml", ".", "a\u202efdp")
MADE_UP = (
    *(
        "fact-1",
        "unknown-1",
        "decide-1",
        "reason-1",
        "extra-1",
        "missing-1-1",
        "cell-1-1",
        "one-value",
        "one-day",
    ),
    *("page", "sort", "q", "text", "do"),
    # They mean something to what builds addresses, should a query ever be handed to it.
    *("_scheme", "_external", "_anchor", "_method", "endpoint", "address", "self"),
)


def addresses(rule: Rule) -> list[str]:
    """Return a route's address with a row that may be there, and with every hostile value in each
    of its parts.
    """
    parts = re.findall(r"<[^>]+>", rule.rule)
    usual = [
        _filled(rule.rule, ["1"] * len(parts)),
        _filled(rule.rule, ["2"] * len(parts)),
    ]
    hostile = (
        [_filled(rule.rule, [value] * len(parts)) for value in (*NUMBERS[:-2], *PATHS)]
        if parts
        else []
    )
    return list(dict.fromkeys([*usual, *hostile]))


def _filled(address: str, values: list[str]) -> str:
    for value in values:
        address = re.sub(
            r"<[^>]+>", lambda _found, value=value: value, address, count=1
        )
    return address


def names_of(app: Flask, rule: Rule) -> tuple[str, ...]:
    """Return every name that the module of a route may read out of a query or a form, those of the
    parts of its address, and some it makes up.
    """
    module = inspect.getmodule(inspect.unwrap(app.view_functions[rule.endpoint]))
    return tuple(sorted({*_names(module), *rule.arguments})) if module else ()


def takes_files(app: Flask, rule: Rule) -> bool:
    """Tell whether the module of a route reads files that are sent."""
    module = inspect.getmodule(inspect.unwrap(app.view_functions[rule.endpoint]))
    source = inspect.getsource(module) if module else ""
    forms = [
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, FlaskForm)
    ]
    return "request.files" in source or any(
        "File" in inspect.getsource(form) for form in forms
    )


def mixed(names: tuple[str, ...], seed: str) -> list[tuple[str, str]]:
    """Return pairs of name and value: mostly hostile, some usual, so that the later ones are
    reached as well.
    """
    dice = random.Random(seed)
    usual = ("1", "", "2026-03-02", "keep", *names)
    found = []
    for name in names:
        kind = dice.choice((NUMBERS, TEXTS, TEXTS, usual, usual, None))
        if kind is not None:
            found.append((name, dice.choice(kind).encode("utf-8", "replace").decode()))
    return found


def file_of(dice: random.Random) -> Any:
    """Return a file to send, with a name nobody would give it."""
    return io.BytesIO(dice.choice(FILES)), dice.choice(FILE_NAMES)


@cache
def _names(module: ModuleType) -> tuple[str, ...]:
    tree = ast.parse(inspect.getsource(module))
    words = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    words = {word for word in words if re.fullmatch(r"[a-z][a-z_-]{0,30}", word)}
    for kind in vars(module).values():
        if isinstance(kind, type) and issubclass(kind, FlaskForm):
            words |= {
                name
                for name in dir(kind)
                if hasattr(getattr(kind, name, None), "field_class")
            }
    return tuple(sorted({*words, *MADE_UP} - {"file", "csrf_token"}))
