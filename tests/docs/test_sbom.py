"""The list of what ships names every pinned library and every vendored file, with its hash."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from app.core.settings import PROJECT


def test_the_list_of_what_ships_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "rung.cdx.json"
    subprocess.run(
        [sys.executable, PROJECT / "tools" / "sbom.py", target],
        check=True,
        capture_output=True,
    )
    listed = json.loads(target.read_text())
    named = {(part["name"].lower(), part["version"]) for part in listed["components"]}
    lock = (PROJECT / "requirements.lock").read_text()
    pinned = set(
        re.findall(r"^([a-z0-9._-]+)(?:\[\w+\])?==([^ ]+)", lock, re.MULTILINE)
    )
    vendored = tomllib.loads(
        (PROJECT / "static" / "vendor" / "VENDORED.toml").read_text()
    )["package"]
    assert (
        pinned
        and pinned | {(part["name"], part["version"]) for part in vendored} <= named
    )
    assert listed["bomFormat"] == "CycloneDX"
    assert all(_hashes(part) for part in listed["components"])


def _hashes(part: dict[str, list[dict[str, object]]]) -> bool:
    places = part.get("externalReferences", [])
    return bool(part.get("hashes")) or any(place.get("hashes") for place in places)
