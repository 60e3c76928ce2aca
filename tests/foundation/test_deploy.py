"""What lies in `deploy/` is run as it stands; only names, ports and folders are others."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import ssl
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Any

import pytest
from flask import request

from app import create_app
from app.core.settings import PROJECT, Settings
from app.shell.headers import LARGEST_REQUEST
from app.upkeep.front import listen_at, open_front
from tests.conftest import Clock, shut
from tests.ldap_sync.certificates import Authority

DEPLOY = PROJECT / "deploy"
NAME = "rung.example.org"
MIB = 1024 * 1024
SOON = 60.0
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
MAIN = """
pid {folder}/nginx.pid;
error_log {folder}/main-error.log;
{user}
events {{ worker_connections 256; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/rung.conf;
}}
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@dataclass
class Behind:
    """Rung behind nginx; ``seen`` is from where Rung thinks each request came."""

    plain: int
    secure: int
    authority: Path
    log: Path
    seen: list[str]

    def ask(
        self, method: str, path: str, *, source: str = "127.0.0.1", **more: Any
    ) -> HTTPResponse:
        """Ask over TLS under the public name, from the address ``source``."""
        context = ssl.create_default_context(cafile=str(self.authority))
        raw = socket.create_connection(
            ("127.0.0.1", self.secure), timeout=SOON, source_address=(source, 0)
        )
        client = HTTPSConnection(NAME, context=context)
        client.sock = context.wrap_socket(raw, server_hostname=NAME)
        with closing(client):
            client.request(method, path, **more)
            answer = client.getresponse()
            answer.body = answer.read()  # type: ignore[attr-defined]
            return answer


@contextmanager
def rung_itself(settings: Settings, clock: Clock, seen: list[str]) -> Iterator[int]:
    app = create_app(settings, now=clock)
    app.before_request(
        lambda: seen.append(f"{request.remote_addr} {request.scheme} {request.host}")
    )
    inner = app.wsgi_app

    def counting(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/count":
            return inner(environ, start)
        count = 0
        while piece := environ["wsgi.input"].read(MIB):
            count += len(piece)
        start("200 OK", [("Content-Type", "text/plain")])
        return [str(count).encode()]

    front = open_front(
        counting, listen_at("127.0.0.1", 0), behind_proxy=True, largest=LARGEST_REQUEST
    )

    def run() -> None:
        with suppress(OSError, ValueError):
            front.run()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield int(front.address.rpartition(":")[2])
    finally:
        front.close()
        thread.join(SOON)
        shut(app)


def configured(folder: Path, rung: int, plain: int, secure: int) -> Path:
    """Write nginx's configuration: the file in `deploy/` with other ports and folders."""
    authority = Authority(folder / "ca").create()
    certificate = authority.certificate(f"DNS:{NAME}")
    text = (DEPLOY / "nginx.conf").read_text()
    places = {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{secure} ssl http2;",
        "/etc/ssl/rung/fullchain.pem": str(certificate.file),
        "/etc/ssl/rung/privkey.pem": str(certificate.key),
        "/var/log/nginx": str(folder),
        "http://127.0.0.1:8000": f"http://127.0.0.1:{rung}",
    }
    for old, new in places.items():
        assert old in text
        text = text.replace(old, new)
    text = re.sub(
        r"\n *listen \[::\]:[^\n]*", "", text
    )  # not every machine that tests has IPv6
    (folder / "rung.conf").write_text(text)
    user = "user root;" if os.getuid() == 0 else ""
    main = folder / "nginx.conf"
    main.write_text(MAIN.format(folder=folder, user=user))
    return main


@pytest.fixture
def behind(settings: Settings, clock: Clock, tmp_path: Path) -> Iterator[Behind]:
    if not Path(NGINX).exists():
        pytest.skip("nginx is not installed")
    seen: list[str] = []
    public = replace(
        settings,
        public_url=f"https://{NAME}",
        trusted_hosts=NAME,
        trusted_proxies=1,
        secure_cookies=True,
    )
    with rung_itself(public, clock, seen) as rung:
        plain, secure = free_port(), free_port()
        main = configured(tmp_path, rung, plain, secure)
        command = [NGINX, "-p", str(tmp_path), "-c", str(main), "-g", "daemon off;"]
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            assert eventually(lambda: listens(secure)), (
                tmp_path / "main-error.log"
            ).read_text()
            yield Behind(
                plain, secure, tmp_path / "ca" / "ca.pem", tmp_path / "rung.log", seen
            )
        finally:
            process.terminate()
            process.wait(SOON)


def listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def eventually(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + SOON
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_pages_come_over_tls_with_secure_cookies(behind: Behind) -> None:
    answer = behind.ask("GET", "/sign-in")
    assert answer.status == 200
    assert answer.headers["Set-Cookie"].startswith("__Host-rung=")
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    assert behind.ask("GET", "/readyz").status in (200, 503)


def test_plain_http_leads_to_https(behind: Behind) -> None:
    with closing(HTTPConnection("127.0.0.1", behind.plain, timeout=SOON)) as client:
        client.request("GET", "/desk?mine=1", headers={"Host": "evil.example"})
        answer = client.getresponse()
    assert (answer.status, answer.headers["Location"]) == (
        301,
        f"https://{NAME}/desk?mine=1",
    )


def test_60_megabytes_come_through_and_70_do_not(behind: Behind) -> None:
    answer = behind.ask("POST", "/count", body=b"x" * 60 * MIB)
    assert (answer.status, answer.body) == (200, str(60 * MIB).encode())  # type: ignore[attr-defined]
    refused = behind.ask(
        "POST",
        "/count",
        headers={"Content-Length": str(70 * MIB), "Expect": "100-continue"},
    )
    assert refused.status == 413


def test_rung_sees_the_clients_address_whatever_the_client_claims(
    behind: Behind,
) -> None:
    claims = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "for=203.0.113.9",
    }
    behind.ask("GET", "/sign-in", source="127.0.0.7", headers=claims)
    assert behind.seen[-1] == f"127.0.0.7 https {NAME}"


@pytest.mark.parametrize(
    "path",
    [
        "/r/SECRET",
        "/r/SECRET/works?x=SECRET",
        "/setup/SECRET",
        "//r/SECRET",
        "/%72/SECRET",
        "/x/../r/SECRET",
    ],
)
def test_links_that_let_somebody_in_are_not_in_the_log(
    behind: Behind, path: str
) -> None:
    behind.ask("GET", path)
    with closing(HTTPConnection("127.0.0.1", behind.plain, timeout=SOON)) as client:
        client.request(
            "GET", path, headers={"Host": NAME, "Referer": f"https://{NAME}{path}"}
        )
        client.getresponse()
    assert eventually(
        lambda: behind.log.exists() and behind.log.read_text().count("\n") == 2
    )
    text = behind.log.read_text()
    assert "SECRET" not in text
    assert "/***" in text


def test_the_page_prints_the_configuration_as_it_is() -> None:
    page = (PROJECT / "docs/how-to/run-in-production.md").read_text()
    assert f"```nginx\n{(DEPLOY / 'nginx.conf').read_text()}```\n" in page


DOCKERFILE = (DEPLOY / "Dockerfile").read_text()


def of_image(word: str) -> list[str]:
    """Return the command after ``CMD`` or ``HEALTHCHECK CMD``."""
    found: list[str] = json.loads(
        re.search(rf"^{word} (\[.*\])$", DOCKERFILE, re.MULTILINE)[1]
    )  # type: ignore[index]
    return found


def image_environment() -> dict[str, str]:
    line = re.search(r"^ENV (.*)$", DOCKERFILE, re.MULTILINE)
    assert line is not None
    return dict(
        each.split("=", 1) for each in line[1].split() if not each.startswith("PATH=")
    )


def test_what_the_image_copies_is_there_and_is_what_the_program_needs() -> None:
    copied = {
        name
        for line in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE)
        for name in line.split()
    }
    assert {
        "app",
        "ldap_sync",
        "migrations",
        "templates",
        "static",
        "wsgi.py",
        "requirements.lock",
    } <= copied
    assert [name for name in copied if not (PROJECT / name).exists()] == []


@pytest.mark.parametrize("hosts", ["", NAME])
def test_the_images_commands_work(tmp_path: Path, hosts: str) -> None:
    port = str(free_port())
    program = Path(sys.executable).parent
    ours = {
        "RUNG_HOME": str(tmp_path / "data"),
        "RUNG_PORT": port,
        "RUNG_TRUSTED_HOSTS": hosts,
    }
    path = {"PATH": f"{program}:{os.environ['PATH']}"}
    environment = {
        **os.environ,
        **image_environment(),
        **ours,
        **path,
        "PYTHONPATH": str(PROJECT),
    }
    start = subprocess.Popen(
        of_image("CMD"),
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    health = [
        part.replace(":8000/", f":{port}/") for part in of_image("HEALTHCHECK CMD")
    ]
    try:

        def healthy() -> bool:
            done = subprocess.run(
                health, env=environment, capture_output=True, check=False
            )
            return done.returncode == 0

        assert eventually(healthy)
    finally:
        start.terminate()
        start.wait(SOON)
    assert start.returncode == 0


def test_the_image_is_built_where_an_engine_answers() -> None:
    if (
        shutil.which("docker") is None
        or subprocess.run(
            ["docker", "info"], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("no Docker engine answers here")
    subprocess.run(
        ["docker", "build", "-q", "-f", "deploy/Dockerfile", "."],
        cwd=PROJECT,
        check=True,
    )


@pytest.mark.parametrize(
    "unit", ["rung.service", "rung-nightly.service", "rung-nightly.timer"]
)
def test_systemd_understands_the_units(tmp_path: Path, unit: str) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    for file in DEPLOY.glob("*.[st]*e*"):
        text = file.read_text().replace(
            "/opt/rung/.venv/bin/rung", str(Path(sys.executable).parent / "rung")
        )
        (tmp_path / file.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [
        line
        for line in done.stderr.splitlines()
        if "rung" in line and "in user" not in line
    ]
    assert ours == []


def test_the_command_by_hand_sees_what_the_service_sees(tmp_path: Path) -> None:
    if os.getuid() != 0 or shutil.which("runuser") is None:
        pytest.skip("needs to be root, as the wrapper is for")
    assert stat.S_IMODE((DEPLOY / "rung").stat().st_mode) & 0o111
    shown = tmp_path / "show"
    shown.write_text('#!/bin/sh\nenv | grep ^RUNG_ | sort\nprintf "%s|" "$@"\n')
    shown.chmod(0o755)
    (tmp_path / "environment").write_text(
        "# a comment\nRUNG_DATABASE_URL=postgresql://a b/$x\nPATH=/evil\nRUNG_PORT=9\n"
    )
    text = (DEPLOY / "rung").read_text()
    text = text.replace("/opt/rung/.venv/bin/rung", str(shown)).replace(
        "/etc/rung", str(tmp_path)
    )
    wrapper = tmp_path / "rung"
    wrapper.write_text(text.replace("runuser -u rung", "runuser -u root"))
    done = subprocess.run(
        ["sh", str(wrapper), "freeze", "--reason", "two words; $HOME"],
        env={
            "PATH": os.environ["PATH"],
            "RUNG_OPERATOR": "anna",
            "RUNG_HOME": "/elsewhere",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [
        "RUNG_DATABASE_URL=postgresql://a b/$x",
        "RUNG_HOME=/var/lib/rung",
        "RUNG_OPERATOR=anna",
        "RUNG_PORT=9",
        "freeze|--reason|two words; $HOME|",
    ]
