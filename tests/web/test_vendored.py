"""What was taken from others is exactly what the list says."""

import hashlib
import re
import tomllib

from app.core.settings import PROJECT

VENDOR = PROJECT / "static" / "vendor"
LIST = tomllib.loads((VENDOR / "VENDORED.toml").read_text())["package"]
LISTED = {
    path: digest for package in LIST for path, digest in package["sha256"].items()
}


def test_every_vendored_file_has_the_checksum_of_the_list() -> None:
    found = {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "VENDORED.toml"
    }
    assert found == LISTED


def test_every_vendored_package_says_where_it_is_from_and_under_which_licence() -> None:
    for package in LIST:
        assert package["integrity"].startswith("sha512-")
        assert package["license"]
        folder = next(path.split("/")[0] for path in package["sha256"])
        assert folder.endswith(package["version"])
        assert (VENDOR / folder / "LICENSE").read_text().strip()


def test_every_icon_a_template_asks_for_is_in_the_sprite() -> None:
    sprite = (VENDOR / "lucide-1.62.0" / "sprite.svg").read_text()
    there = set(re.findall(r'<symbol id="([a-z0-9-]+)"', sprite))
    templates = "".join(
        path.read_text() for path in (PROJECT / "templates").rglob("*.html")
    )
    asked = set(re.findall(r'\bicon\("([a-z0-9-]+)"', templates)) | set(
        re.findall(r'\bicon="([a-z0-9-]+)"', templates)
    )
    asked |= set(
        re.findall(
            r'"(?:neutral|info|run|good|warn|bad)", "([a-z0-9-]+)"(?!:)', templates
        )
    )
    assert asked
    assert asked - there == set()
