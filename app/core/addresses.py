"""The address people reach this installation at: from the settings, never from what a browser
claims.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.core.settings import Settings

EVERYWHERE = ("", "0.0.0.0", "::", "[::]")  # noqa: S104 (what is compared with, not listened on)


def public_address(settings: Settings, path: str = "") -> str:
    """Return the full address of ``path``: below ``public_url``, else on this machine at the
    server's real port.
    """
    base = (
        settings.public_url.rstrip("/")
        or _address_served(settings)
        or _local(settings.host, settings.port)
    )
    return base + path


@contextmanager
def noted_address(settings: Settings, address: str) -> Iterator[None]:
    """Keep in the data folder where the server answers, for as long as this lasts; commands read
    it.
    """
    file = address_file(settings)
    host, _, port = address.partition("://")[2].rpartition(":")
    file.write_text(_local(host, int(port)), encoding="ascii")
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def _address_served(settings: Settings) -> str:
    with suppress(OSError, UnicodeDecodeError):
        found = address_file(settings).read_text(encoding="ascii").strip()
        return found if found.startswith("http://") else ""
    return ""


def _local(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in EVERYWHERE else host
    return (
        f"http://[{shown}]:{port}"
        if ":" in shown and not shown.startswith("[")
        else f"http://{shown}:{port}"
    )


def address_file(settings: Settings) -> Path:
    """Return the file in the data folder in which a server notes where it answers."""
    return settings.home / "serving"
