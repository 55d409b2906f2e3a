"""From a URL to an open connection: resolve, ask the guard, connect to that very address.

Rules:

1. Every address that the name has is judged; one that is refused refuses the name.
2. We connect to an address that was judged, never to a name, and check afterwards that the other
   end is that address.  Proxies named in the environment are ignored.
3. A certificate that does not verify is a failure.  Where a person let it pass, a second
   connection is made without verification, and the error stays with its facts.

Not for: which connections are kept (`archive.capture.fetch`).
"""

import asyncio
import socket
import ssl
from dataclasses import replace
from functools import lru_cache
from ipaddress import ip_address

from archive.capture.guard import check_destination
from archive.capture.resolve import Resolve
from archive.capture.settings import TransportSettings
from archive.capture.tls import make_context, read_tls
from archive.capture.wire import Wire
from archive.core.exchange import Connection, Failure
from archive.core.uri import Url

_check_destination = lru_cache(maxsize=4096)(check_destination)


@lru_cache(maxsize=4096)
def is_literal(host: str) -> bool:
    """Tell whether ``host`` is an IP address, so that nothing is to resolve."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


async def resolve_host(
    url: Url, *, resolve: Resolve, settings: TransportSettings
) -> tuple[str, ...] | Failure:
    """Return every address of the host, or why there is none."""
    if is_literal(url.host):
        return (url.host,)
    try:
        async with asyncio.timeout(settings.limits.connect_seconds):
            addresses = await resolve(url.host, url.port)
    except TimeoutError:
        return Failure(kind="dns", message=f"{url.host}: the resolver did not answer in time")
    except (OSError, UnicodeError) as error:
        return Failure(kind="dns", message=f"{url.host}: {_say(error)}")
    if not addresses:
        return Failure(kind="dns", message=f"{url.host}: the name has no address")
    return addresses


def check_addresses(
    url: Url, addresses: tuple[str, ...], *, typed_port: bool, settings: TransportSettings
) -> Failure | None:
    """Return the guard's refusal if it refuses any of the addresses."""
    for address in addresses:
        reason = _check_destination(
            address, url.port, typed_port=typed_port, allow=settings.allow_networks
        )
        if reason is not None:
            return Failure(kind="blocked", message=f"{url.host}: {reason}")
    return None


async def open_wire(
    url: Url, addresses: tuple[str, ...], *, settings: TransportSettings, deadline: float
) -> Wire | Failure:
    """Return a connection to the first of the addresses that takes one, or why none did.

    The addresses have passed `check_addresses`; ``deadline`` is in the loop's time.
    """
    loop = asyncio.get_running_loop()
    end = min(deadline, loop.time() + settings.limits.connect_seconds)
    reasons: list[str] = []
    for place, address in enumerate(addresses):
        now = loop.time()
        share = now + max((end - now) / (len(addresses) - place), 0.001)
        try:
            return await _open_one(url, address, settings, share)
        except TimeoutError:
            reasons.append(f"{address}: no connection in time")
        except ssl.SSLError as error:
            return Failure(kind="tls", message=f"{address}: {_say(error)}")
        except OSError as error:
            reasons.append(f"{address}: {_say(error)}")
    return Failure(kind="connect", message="; ".join(reasons))


async def _open_one(url: Url, address: str, settings: TransportSettings, end: float) -> Wire:
    if url.scheme == "http":
        return await _connect(url, address, end)
    verified = make_context(ca_file=settings.ca_file, verify=True)
    try:
        return await _connect(url, address, end, context=verified)
    except ssl.SSLCertVerificationError as error:
        if not settings.accept_bad_certificate:
            raise
        words = error.verify_message
    unverified = make_context(ca_file=None, verify=False)
    return await _connect(url, address, end, context=unverified, error=words)


async def _connect(
    url: Url,
    address: str,
    end: float,
    *,
    context: ssl.SSLContext | None = None,
    error: str | None = None,
) -> Wire:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.settimeout(0)
        async with asyncio.timeout_at(end):
            await asyncio.get_running_loop().sock_connect(sock, (address, url.port))
        peer = str(sock.getpeername()[0])
        if peer != address and ip_address(peer) != ip_address(address):
            raise ConnectionError(f"asked for {address} and was connected to {peer}")
        return await _start(url, address, sock, end, context=context, error=error)
    except BaseException:
        sock.close()
        raise


async def _start(
    url: Url,
    address: str,
    sock: socket.socket,
    end: float,
    *,
    context: ssl.SSLContext | None,
    error: str | None,
) -> Wire:
    """Return the connection on ``sock``, after the handshake where ``context`` asks for one."""
    loop = asyncio.get_running_loop()
    connection = Connection(address=address, port=url.port)
    if context is None:
        _, wire = await loop.create_connection(lambda: Wire(loop), sock=sock)
        wire.connection = connection
        return wire
    try:
        transport, wire = await loop.create_connection(
            lambda: Wire(loop),
            sock=sock,
            ssl=context,
            server_hostname=url.host,
            ssl_handshake_timeout=max(end - loop.time(), 0.001),
        )
    except ssl.SSLError:
        raise
    except OSError as cause:
        raise ssl.SSLError(f"no handshake: {_say(cause) or 'the connection ended'}") from cause
    tls = read_tls(transport.get_extra_info("ssl_object"), error=error)
    wire.connection = replace(connection, tls=tls)
    return wire


def _say(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate does not verify: {error.verify_message}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
