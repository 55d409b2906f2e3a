"""Which addresses may be connected to: the guard against being sent into private networks.

Follows the IANA special-purpose address registries (RFC 6890 and its updates), spelled out here,
because `ipaddress.is_global` lets multicast, NAT64, 6to4 and others through.  Rules:

1. Every address in a range below is refused.  So is all IPv6 outside 2000::/3, except NAT64.
2. An IPv4 address wrapped in an IPv6 one (NAT64, 6to4) is judged too.  A mapped address
   (``::ffff:a.b.c.d``) *is* the IPv4 address.
3. A network that a person allowed is open, on every port.  Allowing a network does not open the
   wrapped spellings of its addresses, unless the wrapping network is allowed as well.
4. Elsewhere only ports 80 and 443 are open, and a port that a person typed.

Not for: names (`archive.capture.connect` asks for each address that a name has).
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from archive.capture.settings import Network

_WEB_PORTS = frozenset({80, 443})

REFUSED_NETWORKS: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "shared by carriers"),
    ("127.0.0.0/8", "loopback"),
    ("168.63.129.16/32", "a cloud provider's host"),
    ("169.254.0.0/16", "link-local, cloud metadata"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "protocol assignments"),
    ("192.0.2.0/24", "documentation"),
    ("192.88.99.0/24", "6to4 relays"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "benchmarks"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved, broadcast"),
    ("::/128", "unspecified"),
    ("::1/128", "loopback"),
    ("::/96", "IPv4-compatible, out of use"),
    ("::ffff:0:0:0/96", "IPv4-translated"),
    ("64:ff9b:1::/48", "NAT64 of a private network"),
    ("100::/64", "discard"),
    ("100:0:0:1::/64", "dummy prefix"),
    ("2001::/32", "Teredo"),
    ("2001::/23", "protocol assignments"),
    ("2001:db8::/32", "documentation"),
    ("3fff::/20", "documentation"),
    ("5f00::/16", "segment routing"),
    ("fc00::/7", "private"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local, out of use"),
    ("ff00::/8", "multicast"),
)
_REFUSED: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(text), why) for text, why in REFUSED_NETWORKS
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_SIX_TO_FOUR = IPv6Network("2002::/16")


def check_destination(
    address: str, port: int, *, typed_port: bool, allow: tuple[Network, ...]
) -> str | None:
    """Return why no connection to ``address`` and ``port`` may be made, or None if it may.

    ``typed_port`` says that a person typed this very port.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return f"{address!r} is not an IP address"
    if isinstance(parsed, IPv6Address):
        if parsed.scope_id is not None:
            return f"{address} is refused: link-local, with a zone"
        parsed = parsed.ipv4_mapped or parsed
    inner = _unwrap(parsed)
    outer_open = _is_allowed(parsed, allow)
    if inner is None:
        reason = None if outer_open else _find_reason(parsed)
        port_open = outer_open
    else:
        inner_reason = _find_reason(inner)
        port_open = outer_open and _is_allowed(inner, allow)
        reason = None if outer_open else _find_reason(parsed)
        if reason is None and inner_reason is not None and not port_open:
            reason = f"wraps {inner}: {inner_reason}"
    if reason is not None:
        return f"{address} is refused: {reason}"
    if port in _WEB_PORTS or typed_port or port_open:
        return None
    return f"port {port} of {address} is refused: only 80 and 443, and ports that a person typed"


def _unwrap(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address inside a NAT64 (RFC 6052) or 6to4 (RFC 3056) address."""
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
        if address in _SIX_TO_FOUR:
            return IPv4Address(int(address) >> 80 & 0xFFFFFFFF)
    return None


def _is_allowed(address: IPv4Address | IPv6Address, allow: tuple[Network, ...]) -> bool:
    return any(address in network for network in allow)


def _find_reason(address: IPv4Address | IPv6Address) -> str | None:
    for network, why in _REFUSED:
        if address in network:
            return f"{why} ({network})"
    if isinstance(address, IPv4Address) or address in _GLOBAL_UNICAST or address in _NAT64:
        return None
    return "not global unicast (2000::/3)"
