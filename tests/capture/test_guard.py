"""What must never be connected to, is not: by address, by name, by redirect, by rebinding."""

import asyncio
import socket
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network

import pytest

from archive.capture.guard import REFUSED_NETWORKS, check_destination
from archive.capture.settings import Network
from archive.core.exchange import Failure, Visit
from tests.capture.conftest import MakeVisit, OpenTransport, name_hosts
from tests.support.raw_server import RawServer, answer_redirect, serve_raw

PUBLIC = (
    "93.184.215.14",
    "1.1.1.1",
    "100.63.255.255",
    "172.32.0.1",
    "192.0.1.1",
    "223.255.255.255",
)
PUBLIC_6 = ("2606:4700::1111", "2a00:1450:4001::1", "64:ff9b::5db8:d70e", "2002:5db8:d70e::1")

REFUSED = (
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1"),
    *("127.255.255.254", "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255"),
    *("192.0.0.8", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1"),
    *("198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255"),
    *("240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::127.0.0.1", "::93.184.215.14", "::ffff:127.0.0.1", "::ffff:169.254.169.254"),
    *("::ffff:0:127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b::127.0.0.1", "64:ff9b:1::1"),
    *("100::1", "2001::1", "2001:0:7f00:1::", "2001:1ff::1", "2001:db8::1", "2002:7f00:1::"),
    *("2002:a9fe:a9fe::", "2002:c0a8:101::1", "3fff::1", "4000::1", "5f00::1", "8000::1"),
    *("fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%1", "febf::1", "fec0::1", "ff02::1"),
)


def check(address: str, port: int = 80, *allow: str, typed_port: bool = False) -> str | None:
    networks: tuple[Network, ...] = tuple(ip_network(one) for one in allow)
    return check_destination(address, port, typed_port=typed_port, allow=networks)


@pytest.mark.parametrize("address", [*PUBLIC, *PUBLIC_6])
def test_public_addresses_are_open(address: str) -> None:
    assert check(address) is None
    assert check(address, 443) is None


@pytest.mark.parametrize("address", REFUSED)
def test_special_addresses_are_refused(address: str) -> None:
    assert check(address) is not None
    assert check(address, 443, typed_port=True) is not None


@pytest.mark.parametrize("network", [network for network, _ in REFUSED_NETWORKS])
def test_every_range_is_refused_from_its_first_to_its_last_address(network: str) -> None:
    parsed: IPv4Network | IPv6Network = ip_network(network)
    assert check(str(parsed[0])) is not None
    assert check(str(parsed[-1])) is not None


@pytest.mark.parametrize("text", ["", "localhost", "127.1", "0x7f000001", "1.2.3.4.5"])
def test_what_is_no_address_is_refused(text: str) -> None:
    assert check(text) is not None


def test_the_reason_is_one_clear_line() -> None:
    assert check("169.254.169.254") == (
        "169.254.169.254 is refused: link-local, cloud metadata (169.254.0.0/16)"
    )
    assert check("2002:7f00:1::") == (
        "2002:7f00:1:: is refused: wraps 127.0.0.1: loopback (127.0.0.0/8)"
    )
    assert check("1.1.1.1", 22) == (
        "port 22 of 1.1.1.1 is refused: only 80 and 443, and ports that a person typed"
    )


def test_other_ports_need_a_person_or_an_allowed_network() -> None:
    assert check("1.1.1.1", 8080) is not None
    assert check("1.1.1.1", 8080, typed_port=True) is None
    assert check("1.1.1.1", 8080, "1.1.1.0/24") is None
    assert check("1.1.1.1", 8080, "1.1.2.0/24") is not None


def test_an_allowed_network_is_open() -> None:
    assert check("10.1.2.3", 5000, "10.0.0.0/8") is None
    assert check("::ffff:10.1.2.3", 5000, "10.0.0.0/8") is None
    assert check("fd00::1", 5000, "fd00::/8") is None
    assert check("192.168.0.1", 80, "10.0.0.0/8") is not None


@pytest.mark.parametrize(
    ("address", "wrapping"),
    [("64:ff9b::10.1.2.3", "64:ff9b::/96"), ("2002:a01:203::1", "2002::/16")],
)
def test_an_allowed_network_does_not_open_its_wrapped_spellings(
    address: str, wrapping: str
) -> None:
    assert check(address, 80, "10.0.0.0/8") is not None
    assert check(address, 80, wrapping) is not None
    assert check(address, 80, "10.0.0.0/8", wrapping) is None
    assert check(address, 5000, "10.0.0.0/8", wrapping) is None


# --- with a trap: a real server where no connection may arrive ---------------------------------


@pytest.fixture
def trap() -> Iterator[RawServer]:
    with serve_raw({}, address="127.0.0.9") as server:
        yield server
        assert server.connections == 0


def read_refusal(visit: Visit) -> str:
    outcome = visit.exchanges[-1].outcome
    assert isinstance(outcome, Failure)
    assert outcome.kind == "blocked"
    return outcome.message


def test_loopback_is_refused_without_a_packet(trap: RawServer, visit: MakeVisit) -> None:
    assert "loopback" in read_refusal(visit(trap.url(), allow_networks=()))


@pytest.mark.parametrize(
    "host",
    [
        *("0x7f000009", "2130706441", "017700000011", "127.9", "0177.0.0.9", "127.0.0.9."),
        *("①②⑦.0.0.9", "127.0.0.９", "a@127.0.0.9", "a.example\\@127.0.0.9", "127.0.0.%39"),
        *("[::ffff:127.0.0.9]", "[::127.0.0.9]", "[64:ff9b::127.0.0.9]", "[2002:7f00:9::]"),
        *("127.0.0.9\t", "127.0.0.9\x00", " 127.0.0.9", "[fe80::1%25lo]", "127。0。0。9"),
    ],
)
def test_odd_spellings_of_the_trap_are_refused(
    trap: RawServer, visit: MakeVisit, host: str
) -> None:
    read_refusal(visit(f"http://{host}:{trap.port}/", allow_networks=()))


@pytest.mark.parametrize(
    "address",
    [
        *("file:///etc/passwd", "gopher://127.0.0.9/", "data:text/plain,x", "ftp://127.0.0.9/"),
        *(
            "//127.0.0.9/",
            "127.0.0.9",
            "",
            "http://",
            "http:///x",
            "http://a.example/" + "x" * 65536,
        ),
    ],
)
def test_other_schemes_and_broken_addresses_are_refused(visit: MakeVisit, address: str) -> None:
    made = visit(address)
    read_refusal(made)
    assert made.exchanges[0].url is None
    assert made.exchanges[0].address == address


def test_a_redirect_is_judged_like_a_first_request(trap: RawServer, visit: MakeVisit) -> None:
    host = name_hosts(a="127.0.0.1", trap="127.0.0.9")
    # The network of the redirecting server alone is allowed.
    allow = (ip_network("127.0.0.1/32"),)
    places = [
        f"http://127.0.0.9:{trap.port}/",
        f"http://trap.example:{trap.port}/",
        f"//127.0.0.9:{trap.port}/",
        f"http://[::ffff:127.0.0.9]:{trap.port}/",
        f"http://[64:ff9b::127.0.0.9]:{trap.port}/",
        "http://2130706441/",
        "file:///etc/passwd",
        "http://user@127.0.0.1/",
        "http://a\\@127.0.0.9/",
        "gopher://127.0.0.9/",
        *(
            f"http://[{one}]/" if ":" in one else f"http://{one}/"
            for one in REFUSED
            if one not in {"127.0.0.1", "::ffff:127.0.0.1"}  # the allowed one
        ),
    ]
    answers = {f"/{number}": answer_redirect(place) for number, place in enumerate(places)}
    with serve_raw(answers) as server:
        for number, place in enumerate(places):
            made = visit(server.url(f"/{number}"), allow_networks=allow, resolve=host)
            read_refusal(made)
            assert len(made.exchanges) == 2, place
            assert made.exchanges[1].request == b""


def test_a_typed_port_is_not_typed_after_a_redirect(trap: RawServer, visit: MakeVisit) -> None:
    """The guard's rule on ports, on public addresses: nothing is connected to."""
    names = name_hosts(a="93.184.215.14")
    assert "port 8080" in read_refusal(visit("http://a.example:8080/", typed=False, resolve=names))


def test_a_name_with_one_refused_address_is_refused(trap: RawServer, visit: MakeVisit) -> None:
    names = name_hosts(a=("93.184.215.14", "127.0.0.9"))
    made = visit(f"http://a.example:{trap.port}/", allow_networks=(), resolve=names)
    assert "127.0.0.9 is refused" in read_refusal(made)
    assert made.exchanges[0].resolved == ("93.184.215.14", "127.0.0.9")


def test_a_name_that_changes_its_address_gains_nothing(
    trap: RawServer, transport: OpenTransport
) -> None:
    """DNS rebinding: the address judged is the address connected to, each time anew."""
    asked: list[str] = []

    async def resolve(host: str, port: int) -> tuple[str, ...]:
        asked.append(host)
        return ("127.0.0.1",) if len(asked) == 1 else ("127.0.0.9",)

    async def run(server: RawServer) -> list[Visit]:
        async with transport(
            resolve=resolve, allow_networks=(ip_network("127.0.0.1/32"),)
        ) as opened:
            address = f"http://rebind.example:{server.port}/"
            return [await opened.visit(address), await opened.visit(address)]

    with serve_raw({}, port=trap.port) as server:
        first, second = asyncio.run(run(server))
        assert server.connections == 1
    assert len(asked) == 2
    connection = first.exchanges[0].connection
    assert connection is not None
    assert connection.address == "127.0.0.1"
    assert "127.0.0.9 is refused" in read_refusal(second)


def test_proxies_of_the_environment_are_ignored(
    trap: RawServer, visit: MakeVisit, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.setenv(name, trap.origin)
    with serve_raw({}) as server:
        visit(server.url())
        assert server.connections == 1


def test_localhost_by_the_systems_resolver_is_refused(trap: RawServer, visit: MakeVisit) -> None:
    assert socket.getaddrinfo("localhost", 80)
    assert "refused" in read_refusal(visit(f"http://localhost:{trap.port}/", allow_networks=()))
