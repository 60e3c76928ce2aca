"""Write what ships with Rung as CycloneDX JSON: the pinned libraries and the files vendored for the
browser.

``python tools/sbom.py FILE``; ``make sbom`` writes ``build/rung.cdx.json``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from base64 import b64decode
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
VENDORED = PROJECT / "static" / "vendor" / "VENDORED.toml"
MAKER = (
    "cyclonedx-py",
    "requirements",
    "requirements.lock",
    "--pyproject",
    "pyproject.toml",
    "--output-reproducible",
    "--of",
    "JSON",
)


def main(target: Path) -> None:
    """Write the list to ``target``."""
    target.parent.mkdir(parents=True, exist_ok=True)
    listed = json.loads(_pinned_libraries())
    listed["components"] += [_vendored_component(package) for package in _vendored()]
    text = json.dumps(listed, indent=2, sort_keys=True)
    target.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(listed['components'])} components in {target}.\n")


def _pinned_libraries() -> str:
    maker = Path(sys.executable).with_name(MAKER[0])
    done = subprocess.run(  # noqa: S603 (our own list of words)
        [maker, *MAKER[1:]],
        cwd=PROJECT,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def _vendored() -> list[dict[str, Any]]:
    content = tomllib.loads(VENDORED.read_text(encoding="utf-8"))
    packages: list[dict[str, Any]] = content["package"]
    return packages


def _vendored_component(package: dict[str, Any]) -> dict[str, Any]:
    name, version = package["name"], package["version"]
    digest = package["integrity"].removeprefix("sha512-")
    return {
        "bom-ref": f"vendored-{name}",
        "type": "library",
        "name": name,
        "version": version,
        "purl": f"pkg:npm/{name}@{version}",
        "licenses": [{"expression": package["license"]}],
        "hashes": [{"alg": "SHA-512", "content": b64decode(digest).hex()}],
        "externalReferences": [{"type": "vcs", "url": package["source"]}],
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
