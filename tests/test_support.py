"""The fixtures themselves: a guard that lets something through guards nothing."""

import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.clock import Clock
from tests.support.network import LeftTheMachineError, Refusals, find_foreign_host, is_loopback
from tests.support.programs import REQUIRE, program


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.0.2", "::1", "::ffff:127.0.0.1", "localhost", "a.localhost", ""]
)
def test_loopback_is_recognised(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["192.0.2.1", "10.0.0.1", "::ffff:192.0.2.1", "fe80::1%eth0", "example.org", "localhost.org"],
)
def test_other_hosts_are_recognised(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("event", "arguments", "host"),
    [
        ("socket.connect", (None, ("192.0.2.1", 80)), "192.0.2.1"),
        ("socket.connect", (None, ("2001:db8::1", 80, 0, 0)), "2001:db8::1"),
        ("socket.connect", (None, "/run/some.socket"), None),
        ("socket.connect", (None, ("127.0.0.1", 80)), None),
        ("socket.getaddrinfo", ("example.org", 80, 0, 0, 0), "example.org"),
        ("socket.getaddrinfo", (b"example.org", 80, 0, 0, 0), "example.org"),
        ("socket.getaddrinfo", ("192.0.2.1", 80, 0, 0, 0), None),
        ("socket.getaddrinfo", (None, 80, 0, 0, 0), None),
        ("socket.bind", (None, ("0.0.0.0", 80)), None),
    ],
)
def test_events_name_the_host_they_reach(
    event: str, arguments: tuple[object, ...], host: str | None
) -> None:
    assert find_foreign_host(event, arguments) == host


def test_a_connection_elsewhere_is_refused_and_noted(no_network: Refusals) -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp,
        pytest.raises(LeftTheMachineError),
    ):
        tcp.connect(("192.0.2.1", 80))
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        pytest.raises(LeftTheMachineError),
    ):
        udp.sendto(b"", ("192.0.2.1", 53))
    with pytest.raises(LeftTheMachineError):
        socket.getaddrinfo("example.org", 80)
    assert len(no_network.addresses) == 3
    no_network.addresses.clear()


def test_a_connection_to_this_machine_goes_through() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        assert client.getpeername() == server.getsockname()


def test_the_clock_advances_one_second_a_call(clock: Clock) -> None:
    assert [clock(), clock()] == [
        datetime(2024, 2, 29, 12, 0, 0, tzinfo=UTC),
        datetime(2024, 2, 29, 12, 0, 1, tzinfo=UTC),
    ]


def test_a_missing_program_skips_and_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(REQUIRE, raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt-get install no-such-program"):
        program("no-such-program")


def test_a_missing_program_fails_where_all_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(REQUIRE, "1")
    with pytest.raises(pytest.fail.Exception, match="no-such-program is not installed"):
        program("no-such-program")


def test_shared_data_is_a_folder(shared_data: Path) -> None:
    assert shared_data.is_dir()
