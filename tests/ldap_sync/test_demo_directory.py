"""The demo directory keeps what it acknowledged and belongs to one process."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import ldap3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ldap_sync.demo import DamagedFolder, DemoDirectory, FolderInUse, reset
from ldap_sync.demo.accounts import (
    GROUPS,
    PEOPLE,
    ROLES,
    ROOT_DN,
    SUFFIX,
    WRITE_DN,
    WRITE_PASSWORD,
)
from ldap_sync.port import Unavailable
from tests.ldap_sync.demo_clients import ANNA, BEAT, GROUP, change, client, members


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[DemoDirectory]:
    with DemoDirectory(tmp_path / "demo", durable=False) as running:
        yield running


def test_changes_are_there_after_a_restart(tmp_path: Path) -> None:
    with DemoDirectory(tmp_path) as demo, client(demo, ROOT_DN) as connection:
        assert change(connection, ANNA) == 0
        assert connection.add(
            f"cn=clerk,{ROLES}",
            "groupOfNames",
            {"member": [ANNA], "description": b"\xff\x00"},
        )
        assert connection.modify_dn(f"ou=roles,{SUFFIX}", "ou=jobs")
        assert connection.delete(f"cn=scan-to-folder,{GROUPS}")
        connection.search(
            GROUP,
            "(cn=*)",
            ldap3.BASE,
            attributes=["entryCSN", "modifyTimestamp", "entryUUID"],
        )
        stamps = connection.response[0]["raw_attributes"]
    with DemoDirectory(tmp_path) as demo, client(demo, ROOT_DN) as connection:
        assert ANNA in members(demo)
        assert connection.search(
            f"cn=clerk,ou=jobs,{SUFFIX}",
            "(cn=*)",
            ldap3.BASE,
            attributes=["description"],
        )
        assert connection.response[0]["raw_attributes"]["description"] == [b"\xff\x00"]
        assert not connection.search(
            f"cn=scan-to-folder,{GROUPS}", "(cn=*)", ldap3.BASE
        )
        connection.search(
            GROUP,
            "(cn=*)",
            ldap3.BASE,
            attributes=["entryCSN", "modifyTimestamp", "entryUUID"],
        )
        assert connection.response[0]["raw_attributes"] == stamps


def test_every_acknowledged_change_survives_a_kill(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from ldap_sync.demo import DemoDirectory\n"
        "print(DemoDirectory(Path(sys.argv[1])).start().url(), flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        server = ldap3.Server(url, get_info=ldap3.NONE)
        with ldap3.Connection(
            server, WRITE_DN, WRITE_PASSWORD, check_names=False
        ) as connection:
            acknowledged = [
                number
                for number in range(50)
                if change(connection, f"uid=n{number},{PEOPLE}") == 0
            ]
        os.kill(process.pid, signal.SIGKILL)
    with DemoDirectory(tmp_path) as demo:
        assert {f"uid=n{number},{PEOPLE}" for number in acknowledged} < set(
            members(demo)
        )
        assert len(acknowledged) == 50


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_a_log_torn_anywhere_loses_only_the_change_that_was_being_written(
    tmp_path: Path, data: st.DataObject
) -> None:
    reset(tmp_path)
    with DemoDirectory(tmp_path, durable=False) as demo, client(demo) as connection:
        for number in range(5):
            change(connection, f"uid=n{number},{PEOPLE}")
    log = tmp_path / "changes.log"
    whole = log.read_bytes()
    kept = whole[: data.draw(st.integers(0, len(whole)))]
    log.write_bytes(kept)
    with DemoDirectory(tmp_path, durable=False) as demo, client(demo) as connection:
        assert len(members(demo)) == 1 + kept.count(b"\n")
        assert change(connection, BEAT) == 0
    with DemoDirectory(tmp_path, durable=False) as demo:
        assert BEAT in members(demo)


def test_a_change_that_cannot_be_stored_is_refused_and_not_made(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with DemoDirectory(tmp_path) as demo, client(demo) as connection:
        assert change(connection, ANNA) == 0
        try:
            resource.setrlimit(
                resource.RLIMIT_FSIZE,
                ((tmp_path / "changes.log").stat().st_size + 20, hard),
            )
            assert change(connection, BEAT) == 80
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert BEAT not in members(demo)
        assert change(connection, f"uid=carla.rossi,{PEOPLE}") == 0
    with DemoDirectory(tmp_path) as demo:
        assert len(members(demo)) == 3


def test_a_long_log_is_made_part_of_the_snapshot(tmp_path: Path) -> None:
    with DemoDirectory(tmp_path, durable=False) as demo, client(demo) as connection:
        for _ in range(300):
            assert (
                change(connection, ANNA)
                == change(connection, ANNA, kind=ldap3.MODIFY_DELETE)
                == 0
            )
        assert change(connection, BEAT) == 0
    log = (tmp_path / "changes.log").read_bytes()
    with DemoDirectory(tmp_path) as demo:
        assert BEAT in members(demo)
    assert (tmp_path / "changes.log").read_bytes() == b""
    (tmp_path / "changes.log").write_bytes(
        log
    )  # as if it had died between writing the snapshot and emptying the log
    with DemoDirectory(tmp_path) as demo, client(demo) as connection:
        assert members(demo).count(BEAT) == 1
        assert change(connection, ANNA) == 0
    with DemoDirectory(tmp_path) as demo:
        assert ANNA in members(demo)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("changes.log", b"nonsense\n"),
        ("changes.log", b'{"n": 1}\n'),
        ("snapshot.ldif", b"# nothing\n"),
    ],
)
def test_damaged_files_are_refused_and_left_alone(
    tmp_path: Path, name: str, content: bytes
) -> None:
    with DemoDirectory(tmp_path):
        pass
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DamagedFolder, match=r"cannot be"), DemoDirectory(tmp_path):
        pass
    assert (tmp_path / name).read_bytes() == content
    reset(tmp_path)
    with DemoDirectory(tmp_path):
        pass


def test_a_folder_belongs_to_one_process(tmp_path: Path, demo: DemoDirectory) -> None:
    with pytest.raises(FolderInUse, match="already running"):
        DemoDirectory(tmp_path / "demo").start()
    with pytest.raises(FolderInUse):
        reset(tmp_path / "demo")
    assert members(demo)


def test_a_reset_directory_is_as_new(tmp_path: Path) -> None:
    reset(tmp_path / "not there yet")
    with DemoDirectory(tmp_path) as demo, client(demo) as connection:
        assert change(connection, ANNA) == 0
    reset(tmp_path)
    with DemoDirectory(tmp_path) as demo:
        assert ANNA not in members(demo)


def test_a_port_in_use_is_told(tmp_path: Path, demo: DemoDirectory) -> None:
    port = int(demo.url().rpartition(":")[2])
    with pytest.raises(Unavailable, match=f"port {port}"):
        DemoDirectory(tmp_path / "other", port).start()


def test_a_stopped_directory_can_be_started_again_at_its_place(tmp_path: Path) -> None:
    demo = DemoDirectory(tmp_path).start()
    url = demo.url()
    demo.stop()
    with demo:
        assert demo.url() == url
        assert members(demo)
