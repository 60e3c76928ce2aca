"""How long mails take that were made to keep their reader busy, and how much memory; the worst
first.
"""

from __future__ import annotations

import resource
import time

from app.incidents.letters.answers import without_quotes
from app.incidents.letters.rules import parsed
from tests.incidents.letters.hostile_mails import every_mail, html

BESIDE = (
    ("100 kB of <a", html("<a" * 50_000)),
    ("400 kB of <!--", html("<!--" * 100_000)),
    ("450 kB of <![CDATA[", html("<![CDATA[" * 50_000)),
    ("1 MB of <a", html("<a" * 500_000)),
)
SHOWN = 8


def main() -> None:
    """Read every mail once and print the figures."""
    figures = sorted(
        ((_seconds(raw), len(raw), name) for name, raw in every_mail()), reverse=True
    )
    for seconds, size, name in figures[:SHOWN]:
        print(f"{seconds:7.3f} s  {size / 1000:8.0f} kB  {name}")
    for name, raw in BESIDE:
        print(f"{_seconds(raw):7.3f} s  {len(raw) / 1000:8.0f} kB  {name}")
    print(f"{sum(seconds for seconds, _, _ in figures):7.3f} s for all {len(figures)}")
    print(
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:7.0f} MB at most"
    )


def _seconds(raw: bytes) -> float:
    start = time.perf_counter()
    without_quotes(parsed(raw).text)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
