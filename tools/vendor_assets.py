"""Fetch the few front-end files with npm, and write down what they are: ``python
tools/vendor_assets.py``.

The files are committed; running Rung needs neither Node nor any other host. A test recomputes every
checksum.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
LIST = VENDOR / "VENDORED.toml"
HEAD = (
    "# Written by tools/vendor_assets.py; tests/web/test_vendored.py recomputes it.\n"
)
SPRITE = "sprite.svg"
ICONS = (
    "archive",
    "arrow-left-right",
    "arrow-right",
    "award",
    "ban",
    "bell",
    "book-open",
    "building-2",
    "calendar",
    "check",
    "chevron-down",
    "chevron-left",
    "chevron-right",
    "chevron-up",
    "chevrons-up-down",
    "circle",
    "circle-alert",
    "circle-check",
    "circle-dashed",
    "circle-dot",
    "circle-help",
    "circle-minus",
    "circle-pause",
    "circle-x",
    "clipboard-list",
    "clock",
    "coins",
    "columns-3",
    "copy",
    "corner-up-left",
    "diamond",
    "download",
    "ellipsis",
    "equal",
    "eye",
    "file-text",
    "filter",
    "flag",
    "footprints",
    "git-branch",
    "git-compare",
    "globe",
    "grip-vertical",
    "hand",
    "headset",
    "history",
    "hourglass",
    "house",
    "inbox",
    "info",
    "key-round",
    "keyboard",
    "layers",
    "life-buoy",
    "lightbulb",
    "link",
    "list",
    "list-checks",
    "lock",
    "lock-open",
    "log-in",
    "log-out",
    "mail",
    "map-pin",
    "megaphone",
    "merge",
    "message-square",
    "minus",
    "monitor",
    "moon",
    "network",
    "package",
    "paperclip",
    "pencil",
    "phone",
    "phone-incoming",
    "play",
    "plus",
    "printer",
    "radio-tower",
    "refresh-cw",
    "scroll-text",
    "search",
    "send",
    "server",
    "settings",
    "shield-alert",
    "shield-check",
    "signpost",
    "snowflake",
    "split",
    "star",
    "sun",
    "tag",
    "target",
    "thumbs-up",
    "timer",
    "trash-2",
    "trending-up",
    "triangle-alert",
    "undo-2",
    "upload",
    "user-cog",
    "user-plus",
    "user-round",
    "user-search",
    "user-x",
    "users",
    "volume-2",
    "waves",
    "x",
)


@dataclass(frozen=True, slots=True)
class Package:
    """One npm package: which files are taken from it, under the names they get here."""

    name: str
    version: str
    license: str
    files: tuple[tuple[str, str], ...]
    source: str

    @property
    def folder(self) -> Path:
        """Return where the files go; the version in the path lets browsers keep them for ever."""
        return (
            VENDOR
            / f"{self.name.removesuffix('.org').removesuffix('-static')}-{self.version}"
        )


PACKAGES = (
    Package(
        "htmx.org",
        "4.0.1",
        "0BSD",
        (("dist/htmx.min.js", "htmx.min.js"), ("LICENSE", "LICENSE")),
        "https://github.com/bigskysoftware/htmx",
    ),
    Package(
        "lucide-static",
        "1.62.0",
        "ISC AND MIT",
        (("LICENSE", "LICENSE"),),
        "https://github.com/lucide-icons/lucide",
    ),
)


def main() -> None:
    """Fetch every package and write the list."""
    entries = [_vendor(package) for package in PACKAGES]
    LIST.write_text(
        "# Written by tools/vendor_assets.py; tests/web/test_vendored.py recomputes it.\n"
        + "".join(entries)
    )


def _vendor(package: Package) -> str:
    with tempfile.TemporaryDirectory() as folder:
        integrity = _fetch(package, Path(folder))
        shutil.rmtree(package.folder, ignore_errors=True)
        package.folder.mkdir(parents=True)
        for source, name in package.files:
            shutil.copyfile(Path(folder) / "package" / source, package.folder / name)
        if package.name == "lucide-static":
            (package.folder / SPRITE).write_text(
                _sprite(Path(folder) / "package" / "icons")
            )
    return _entry(package, integrity)


def _fetch(package: Package, folder: Path) -> str:
    npm = shutil.which("npm") or "npm"
    command = [
        npm,
        "pack",
        f"{package.name}@{package.version}",
        "--json",
        "--ignore-scripts",
    ]
    answer = subprocess.run(  # noqa: S603 (fixed names)
        command, cwd=folder, check=True, capture_output=True, text=True
    )
    packed = json.loads(answer.stdout)[0]
    with tarfile.open(folder / packed["filename"]) as archive:
        archive.extractall(folder, filter="data")
    return str(packed["integrity"])


def _sprite(icons: Path) -> str:
    symbols = "".join(
        _symbol(name, (icons / f"{name}.svg").read_text()) for name in ICONS
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}</svg>\n'


def _symbol(name: str, svg: str) -> str:
    shapes = re.sub(
        r"\s+", " ", re.sub(r"(?s).*?<svg[^>]*>(.*)</svg>.*", r"\1", svg)
    ).strip()
    pen = (
        'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" '
        'stroke-linejoin="round"'
    )
    return f'<symbol id="{name}" viewBox="0 0 24 24" {pen}>{shapes}</symbol>\n'


def _entry(package: Package, integrity: str) -> str:
    lines = [
        "\n[[package]]",
        f'name = "{package.name}"',
        f'version = "{package.version}"',
        f'license = "{package.license}"',
        f'source = "{package.source}"',
        f'integrity = "{integrity}"',
        "[package.sha256]",
    ]
    for path in sorted(package.folder.iterdir()):
        lines.append(
            f'"{path.relative_to(VENDOR)}" = "{hashlib.sha256(path.read_bytes()).hexdigest()}"'
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
