"""Nothing in a test leaves the machine: refuses every address that is not loopback.

An audit hook sees each connection, datagram and name look-up of this process, whatever library
makes it.  It refuses with an ``OSError``, as a firewall would, and keeps a note, since the code
under test may well record the refusal as a failed capture and go on; the fixture in
``conftest.py`` then fails the test.  Not for: other programs that a test starts.
"""

import ipaddress
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


class LeftTheMachineError(OSError):
    """A test tried to reach an address that is not loopback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """What was refused while a test ran; a test that provokes one on purpose clears the list."""

    addresses: list[str] = field(default_factory=list)


_watching: list[Refusals] = []


def is_loopback(host: str) -> bool:
    """Whether the host, a name or an address, can only mean this machine."""
    name = host.rstrip(".").lower().partition("%")[0]
    if name in {"", "localhost"} or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_loopback or address.is_unspecified


def find_foreign_host(event: str, arguments: tuple[object, ...]) -> str | None:
    """The host that an audited event would reach, or None when it stays on this machine."""
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        address = arguments[1]
        if not isinstance(address, tuple):  # a Unix socket's path, or a datagram already connected
            return None
        host = address[0]
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        host = arguments[0]
        if host is None or _is_literal(_decode_host(host)):  # asks nobody
            return None
    else:
        return None
    name = _decode_host(host)
    return None if is_loopback(name) else name


def _decode_host(host: object) -> str:
    if isinstance(host, bytes | bytearray):
        return bytes(host).decode("ascii", "replace")
    return str(host)


def _is_literal(host: str) -> bool:
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host.partition("%")[0])
        except OSError:
            continue
        return True
    return False


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if not _watching or not event.startswith("socket."):
        return
    host = find_foreign_host(event, arguments)
    if host is not None:
        for refusals in _watching:
            refusals.addresses.append(f"{event} {host}")
        message = f"a test tried to reach {host}: only loopback is allowed"
        raise LeftTheMachineError(message)


sys.addaudithook(_refuse)  # cannot be removed again, hence the list above


@contextmanager
def refuse_network() -> Iterator[Refusals]:
    """Refuse other addresses within the block, and yield the notes of what was refused."""
    refusals = Refusals()
    _watching.append(refusals)
    try:
        yield refusals
    finally:
        _watching.remove(refusals)
