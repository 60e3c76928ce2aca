"""Mails that were made to break their reader, or that broken programs send.

One line more is one mail more.
"""

from __future__ import annotations

from collections.abc import Iterator

FROM = b"From: Eve <eve@evil.example>\nTo: desk@demo.example\n"
NESTED = b"".join(
    b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n)
    for n in range(1500)
)


def mail(
    body: bytes = b"hello", kind: str = "text/plain", *headers: str, subject: str = "hi"
) -> bytes:
    """One mail; ``kind`` is its Content-Type."""
    lines = [f"Subject: {subject}", f"Content-Type: {kind}", *headers]
    return FROM + "\n".join(lines).encode("utf-8", "surrogateescape") + b"\n\n" + body


def html(body: str) -> bytes:
    """One mail in HTML."""
    return mail(body.encode(), "text/html; charset=utf-8")


def parts(*bodies: bytes, boundary: str = "b1", kind: str = "mixed") -> bytes:
    """One mail in parts; each begins with its own head."""
    mark = b"--" + boundary.encode()
    inner = b"".join(mark + b"\n" + body + b"\n" for body in bodies)
    return mail(inner + mark + b"--\n", f"multipart/{kind}; boundary={boundary}")


CHARSETS = (
    *(
        "utf-7",
        "unicode_escape",
        "raw_unicode_escape",
        "idna",
        "punycode",
        "undefined",
        "hex",
        "base64",
        "rot13",
    ),
    *(
        "zlib",
        "klingon",
        "utf-16",
        "utf-32",
        "utf-8-sig",
        "hz",
        "iso-2022-kr",
        "\\0",
        "x" * 5000,
        "''utf-8'%00",
    ),
)
HEADERS = (
    "Subject: " + "x" * 200_000,
    "Subject: " + "=?utf-8?q?=00=ff=d8?=" * 500,
    "Subject: " + "=?utf-7?q?+2AA-?=",
    "Subject: " + "=?utf-8?b?" + "A" * 3001 + "?=",
    "Subject: [#999999999999-0123456789] x",
    "Subject: [#4294967296-0123456789] x",
    "Subject: [#2147483648-0123456789] x",
    "To: desk+999999999999-0123456789@demo.example",
    "Message-ID: <" + "x" * 12_000 + "@evil.example>",
    "Message-ID: <\x00\x07@evil.example>",
    "Message-ID: " + "<a@b>" * 3000,
    "References: " + "<a@b> " * 50_000,
    "In-Reply-To: " + "<" * 50_000,
    "Content-Type: text/plain; charset=" + '"' * 5000,
    "Content-Type: text/plain" + "; a*0*=''x" * 3000,
    "Content-Type: multipart/mixed; boundary=" + "b" * 100_000,
    "Content-Type: multipart/mixed",
    "Content-Type: multipart/mixed; boundary=",
    "Content-Type: message/rfc822",
    "Content-Type: message/delivery-status",
    "Content-Type: message/external-body; access-type=local-file; name=/etc/passwd",
    "Content-Type: ///;;;===",
    "Content-Transfer-Encoding: base64",
    "Content-Transfer-Encoding: x-uuencode",
    "Content-Transfer-Encoding: klingon",
    "Content-Disposition: attachment; filename*=utf-7''+2AA-",
    "Content-Disposition: attachment; filename*=unicode_escape''%5cud800",
    'Content-Disposition: attachment; filename="../../../etc/passwd\x00.txt"',
    'Content-Disposition: attachment; filename="' + "n" * 50_000 + '"',
    'Content-Disposition: inline; filename="\u202egpj.exe"',
    "Date: 99999999999999999999",
    "From: " + "a@b.example, " * 20_000,
    "From: =?utf-8?q?Carla=2C?= =?utf-8?q?_Cash?= <carla@demo.example>",
    "From: " + "(" * 20_000,
    'From: "' + "\\" * 20_000,
    "Sender: x\n" * 3000,
    "Auto-Submitted: " + "x" * 20_000,
    "Precedence: \udcff\udcfe",
)
MARKUP = (
    "<![foo bar]>text",
    "<!" * 50_000,
    "<a" * 50_000,
    "<!--" * 100_000,
    "<![CDATA[" * 50_000,
    "<?" * 50_000,
    "<div>" * 30_000 + "text",
    "<b>" * 60_000 + "text",
    "<table><tr><td>" * 5000 + "text",
    "<table><tr><td>"
    + "x" * 100_000
    + "</td></tr>"
    + "<tr><td>y</td></tr>" * 3000
    + "</table>",
    "<table><tr><td colspan=999999999 rowspan=999999999>x</table>",
    "<ul><li>" * 5000 + "text",
    "<ol start=99999999999999999999999><li>x</ol>",
    "<p style='margin-top:999999999em;padding-left:999999999px'>x</p>",
    "<p style='" + "display:" * 20_000 + "'>x</p>",
    "<p title='" * 20_000,
    "<p " + "a=1 " * 50_000 + ">x",
    "&" * 200_000,
    "&#xD800;&#0;&#99999999999999;x",
    "<script>" * 20_000,
    "<style>" * 20_000,
    "<a href='" + "x" * 100_000 + "'>y</a>",
    "<a href=x>" * 20_000 + "y",
    "<?xml version='1.0' encoding='utf-7'?><p>+2AA-</p>",
    "<?xml version='1.0' encoding='x'\n?><p>y</p>",
    "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]><p>&b;</p>",
    "<!DOCTYPE x [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><p>&f;</p>",
    "<meta charset=utf-7><p>+ADw-script+AD4-</p>",
    "<frameset><frame src=x></frameset>",
    "<plaintext>" * 1000,
    "\ufeff\u202e\u2066<p>x\u0000y</p>",
    "",
)
QUOTED = (
    "Am a schrieb " * 600,
    ("Am a schrieb b\n" * 20 + "c:\n") * 30,
    "On " * 3000,
    "On x wrote\n" * 1000,
    "From: \n" * 1500,
    "\n" * 9000,
    "\n\n__" * 2500,
    ">" * 9000,
    "> \n" * 3000,
    "-- \n" * 3000,
    "Thanks,\n" * 1000,
    "Von: " * 2000,
)
OTHERS = (
    b"",
    b"\n",
    b"\x00" * 5000,
    b"\xff\xfe" * 5000,
    b"From: eve@evil.example",
    b"no header at all",
    b"From eve@evil.example Mon Mar  2 09:00:00 2026\n" + mail(),
    FROM + NESTED + b"\ndeep",
    FROM + b"Content-Type: message/rfc822\n\n" * 1500 + b"deep",
    mail(b"--b\n\n" * 50_000, "multipart/mixed; boundary=b"),
    mail(
        b"--b\nContent-Type: message/rfc822\n\n" * 5000, "multipart/mixed; boundary=b"
    ),
    mail(
        b"--b\nContent-Type: text/plain; name=x\n\nx\n" * 1500,
        "multipart/mixed; boundary=b",
    ),
    mail(b"--b\r--b\r\r", "multipart/mixed; boundary=b"),
    mail(b"=" * 100_000, "text/plain", "Content-Transfer-Encoding: quoted-printable"),
    mail(b"A" * 99_999, "text/plain", "Content-Transfer-Encoding: base64"),
    mail(
        b"begin 644 x\n" + b"M" * 5000,
        "text/plain",
        "Content-Transfer-Encoding: x-uuencode",
    ),
    mail(b"x" * 3_000_000),
    mail(b"\x80" * 100_000),
    mail(bytes(range(256)) * 100),
    parts(
        b"Content-Type: text/plain\n\n", b"Content-Type: application/octet-stream\n\n"
    ),
    parts(b"Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n!!!!"),
    parts(b"Content-Type: multipart/alternative; boundary=b1\n\n--b1\n\nx"),
    parts(b"Content-Type: text/calendar\n\nBEGIN:VCALENDAR", kind="alternative"),
    FROM + b"X: y\n" * 100_000 + b"\nbody",
    FROM + b" folded\n" * 100_000 + b"\nbody",
    FROM + b":\n: :\n\x00: \x00\n\nbody",
)


def every_mail() -> Iterator[tuple[str, bytes]]:
    """Return every hostile mail with a name to find it by."""
    for charset in CHARSETS:
        yield (
            f"charset {charset[:20]}",
            mail(b"bad +2AA- \\ud800 \xff text", f"text/plain; charset={charset}"),
        )
        yield f"word {charset[:20]}", mail(subject=f"=?{charset}?q?+2AA-=5cud800?=")
    for header in HEADERS:
        name, _, value = header.partition(":")
        whole = (
            mail()
            if name not in ("Subject", "Content-Type", "From")
            else b"To: d@demo.example\n\nhello"
        )
        added = f"{name}:{value}\n".encode("utf-8", "surrogateescape")
        yield (
            f"header {header[:30]}",
            (b"" if name == "From" else b"From: eve@evil.example\n") + added + whole,
        )
    for number, markup in enumerate(MARKUP):
        yield f"markup {number} {markup[:12]}", html(markup)
    for number, text in enumerate(QUOTED):
        yield f"quoted {number}", mail(text.encode(), "text/plain; charset=utf-8")
    for number, raw in enumerate(OTHERS):
        yield f"other {number}", raw
