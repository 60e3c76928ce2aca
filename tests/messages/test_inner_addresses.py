"""Channels reach the internet and what the settings open; nothing else inside, however the address
is written.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_address
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.core.nets import Nets, addresses_of, nets_of, unwrapped
from app.core.parts import KEY, Parts
from app.core.trust import Trust
from app.messages.actions.gate import INSIDE, ClosedGate, gate
from app.messages.actions.post import inner_problem, post
from app.messages.rules.delivery import Ending
from app.models.messages import Channel, ChannelKind
from tests.messages.builders import PostRoom, somebody
from tests.messages.receivers import MailServer, Receiver
from tests.pages import Pages

MAIL_ALONE = Trust(channel_nets="mail")
CLOSED = Trust(channel_nets="")

INNER = [
    "json://127.0.0.1/x",
    "json://127.0.0.1:5206/x",
    "json://localhost/x",
    "jsons://localhost:8443",
    "xml://[::1]:80/",
    "json://[::ffff:127.0.0.1]/",
    "json://[::ffff:7f00:1]/",
    "json://[::ffff:10.0.0.1]/",
    "json://2130706433/",
    "json://0x7f000001/",
    "json://0177.0.0.1/",
    "json://127.1/",
    "json://0/",
    "json://0.0.0.0:80/",
    "json://[::]/",
    "json://169.254.169.254/latest/meta-data",
    "json://[fe80::1]/",
    "json://[fd00::1]/",
    "json://[fc00::1]/",
    "form://10.0.0.1/",
    "forms://172.16.0.1/",
    "json://192.168.1.1:8080/",
    "json://100.64.0.1/",
    "json://198.18.0.1/",
    "json://224.0.0.1/",
    "json://255.255.255.255/",
    "json://[64:ff9b::7f00:1]/",
    "json://[2002:7f00:1::]/",
    "json://127.0.0.1.:80/",
    "JSON://127.0.0.1/",
    "json://2852039166/",
]
"""Places inside, in the spellings people try. Add to it."""

RELAYS = [
    "mailto://127.0.0.1?from=a@b.example",
    "mailto://10.1.2.3:587?from=a@b.example",
    "mailto://[fd00::1]:25",
]
NO_RELAYS = [
    "mailto://127.0.0.1:6379?from=a@b.example",
    "mailto://169.254.169.254?from=a@b.example",
    "mailto://0.0.0.0:25",
    "mailto://10.1.2.3:22?from=a@b.example",
    "mailto://[fe80::1]:25",
]


@pytest.mark.parametrize("trust", [MAIL_ALONE, CLOSED], ids=["mail", "closed"])
@pytest.mark.parametrize("url", INNER)
def test_an_inner_address_is_refused_before_it_is_stored(
    app: Flask, url: str, trust: Trust
) -> None:
    assert inner_problem(url, trust)


@pytest.mark.parametrize("url", INNER)
def test_and_again_at_the_moment_of_sending(url: str) -> None:
    outcome = post(url, "s", "t", MAIL_ALONE, seconds=0.2)
    assert (
        outcome.ending is Ending.REFUSED or "could not be reached" in outcome.problem
    )  # no such host, no such route
    assert outcome.ending is not Ending.SENT


@pytest.mark.parametrize("url", RELAYS)
def test_a_relay_inside_is_open_unless_the_settings_close_it(url: str) -> None:
    full = url + ("&" if "?" in url else "?from=a@b.example&") + "to=ada@demo.example"
    assert inner_problem(full, MAIL_ALONE) == ""
    assert inner_problem(full, CLOSED) == INSIDE


@pytest.mark.parametrize("url", NO_RELAYS)
def test_other_ports_and_neighbours_are_no_relays(url: str) -> None:
    full = url + ("&" if "?" in url else "?from=a@b.example&") + "to=ada@demo.example"
    assert inner_problem(full, MAIL_ALONE)


def test_a_mail_address_that_hides_another_host_leads_to_that_host() -> None:
    hidden = "mailto://mail.example?smtp=127.0.0.1&from=a@b.example&to=ada@demo.example"
    assert inner_problem(hidden, CLOSED) == INSIDE
    assert post(hidden, "s", "t", CLOSED, seconds=0.5).problem == INSIDE


def test_a_net_a_host_and_an_address_can_be_opened(web: Receiver) -> None:
    for opened in ("127.0.0.0/8", "localhost", "127.0.0.1", "10.0.0.0/8, 127.0.0.1/32"):
        trust = Trust(channel_nets=opened)
        assert inner_problem(web.url("x"), trust) == ""
        assert post(web.url("x"), "s", "t", trust).ending is Ending.SENT
    assert inner_problem(web.url("x"), Trust(channel_nets="10.0.0.0/8, mail")) == INSIDE
    before = len(web.posted)
    assert post(web.url("x"), "s", "t", MAIL_ALONE).problem == INSIDE
    assert len(web.posted) == before


def test_an_answer_that_sends_elsewhere_does_not_get_inside(web: Receiver) -> None:
    with Redirecting(f"http://127.0.0.1:{web.port}/inner") as port:
        assert (
            post(
                f"json://127.0.0.2:{port}/", "s", "t", Trust(channel_nets="127.0.0.2")
            ).ending
            is not Ending.SENT
        )
    assert web.posted == []


def test_a_name_that_leads_inside_only_when_something_is_sent_is_stopped_then(
    web: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = socket.getaddrinfo

    def rebound(host: Any, *rest: Any, **more: Any) -> Any:
        return asked(
            "127.0.0.1" if host == "rebinding.example" else host, *rest, **more
        )

    url = f"json://rebinding.example:{web.port}/"
    assert inner_problem(url, MAIL_ALONE) == ""  # nobody knows this name yet
    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    assert inner_problem(url, MAIL_ALONE) == INSIDE
    assert post(url, "s", "t", MAIL_ALONE).problem == INSIDE
    assert web.posted == []


def test_the_gate_holds_its_own_thread_only(web: Receiver) -> None:
    with gate(Nets(), by_mail=False), pytest.raises(ClosedGate):
        socket.create_connection(("127.0.0.1", web.port), 1)
    done: list[bool] = []

    def elsewhere() -> None:
        socket.create_connection(("127.0.0.1", web.port), 1).close()
        done.append(True)

    with gate(Nets(), by_mail=False):
        other = threading.Thread(target=elsewhere)
        other.start()
        other.join()
    socket.create_connection(("127.0.0.1", web.port), 1).close()
    assert done == [True]


def test_whoever_types_an_inner_address_is_told_at_its_field(app: Flask) -> None:
    parts: Parts = app.extensions[KEY]
    app.extensions[KEY] = replace(
        parts, settings=replace(parts.settings, channel_nets="mail")
    )
    pages = Pages(app).as_operator()
    for url in ("json://169.254.169.254/x", "json://localhost:5206/"):
        pages.get("/messages/channels/new")
        page = pages.submit(name="Hook", kind="chat", url=url, status=422)
        assert any("channel_nets" in error for error in page.errors)
    with parts.database.read() as session:
        assert session.scalars(select(Channel)).all() == []


REFERENCES = [
    "file:/etc/shadow",
    "file:../secret_key",
    "env:RUNG_DATABASE_URL",
    "env:HOME",
    "file:/nowhere",
    "file:",
]


@pytest.mark.parametrize("url", REFERENCES)
def test_a_channel_names_no_secret_outside_of_the_folder(
    app: Flask, room: PostRoom, url: str
) -> None:
    pages = Pages(app).as_operator()
    pages.get("/messages/channels/new")
    pages.submit(name="Hook", kind="chat", url=url, status=422)
    number = room.channel("Hook", "env:CHAT_URL", ChannelKind.CHAT)
    pages.get(f"/messages/channels/{number}/edit")
    pages.submit(url=url, status=422)


def test_a_secret_of_a_directory_is_none_of_a_channel_and_the_other_way_round(
    app: Flask, room: PostRoom
) -> None:
    from app.core.errors import Invalid  # noqa: PLC0415
    from tests.directory.test_bound_passwords import connected  # noqa: PLC0415

    for name in ("reader", "writer", "chat"):
        (room.parts.settings.secrets / name).write_text("json://hooks.example/x")
    connected(room.parts)
    with pytest.raises(Invalid, match=r"given for ldaps://ldap\.acme\.test"):
        room.channel("Hook", "file:writer", ChannelKind.CHAT)
    room.channel("Hook", "file:chat", ChannelKind.CHAT)
    with pytest.raises(Invalid, match="given for messages"):
        connected(room.parts, name="Mine", bind_password="file:chat")


def test_what_a_file_holds_is_looked_at_when_it_is_named_and_when_it_is_used(
    app: Flask, room: PostRoom, smtp: MailServer
) -> None:
    app.extensions[KEY] = replace(
        room.parts, settings=replace(room.parts.settings, channel_nets="mail")
    )
    file = room.parts.settings.secrets / "chat"
    file.write_text("json://user:pass@10.0.0.1/")
    pages = Pages(app).as_operator()
    pages.get("/messages/channels/new")
    page = pages.submit(name="Hook", kind="chat", url="file:chat", status=422)
    assert "pass" not in page.content.replace("password", "")
    file.write_text("tgram://123456789:abcdefg_hijklmnop/1")
    pages.get("/messages/channels/new")
    pages.submit(name="Hook", kind="chat", url="file:chat")
    file.write_text(f"json://user:pass@127.0.0.1:{smtp.port}/")
    room.parts = app.extensions[KEY]
    message = room.sent([somebody("Ada")], 1)
    room.work()
    assert INSIDE in [one.problem for one in room.deliveries(message)]


@given(st.ip_addresses())
def test_every_address_is_either_outside_or_stays_closed(address: Any) -> None:
    real = unwrapped(address)
    assert Nets().opens(address, 443, by_mail=False) == (
        real.is_global and not real.is_multicast
    )
    assert Nets((nets_of(str(real)).networks[0],)).opens(address, 443, by_mail=False)


def test_an_unknown_host_has_no_addresses_and_odd_ones_do_no_harm() -> None:
    for host in (
        "no-such-host.invalid",
        "",
        "a" * 300,
        "\ud800",
        "x..y",
        "[::1",
        "%00",
    ):
        assert all(ip_address(str(one)) for one in addresses_of(host))


class Redirecting:
    """A server that answers every post with another place."""

    def __init__(self, target: str) -> None:
        self._socket = socket.create_server(("127.0.0.2", 0))
        self._target, self._thread = (
            target,
            threading.Thread(target=self._answer, daemon=True),
        )

    def __enter__(self) -> int:
        self._thread.start()
        return int(self._socket.getsockname()[1])

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self._thread.join(3)

    def _answer(self) -> None:
        for connection in self._taken():
            with connection:
                connection.recv(65536)
                connection.sendall(
                    f"HTTP/1.1 307 x\r\nLocation: {self._target}\r\n"
                    "Content-Length: 0\r\n\r\n".encode()
                )

    def _taken(self) -> Iterator[socket.socket]:
        try:
            yield self._socket.accept()[0]
        except OSError:
            return
