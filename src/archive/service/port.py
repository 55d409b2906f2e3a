"""Whether a port can be listened on, before a server is started there.

Not for: serving anything; between this look and the server's own, another may take the port.
"""

import socket

from archive.errors import InputError


def check_port(host: str, port: int) -> None:
    """Return if ``host`` and ``port`` can be listened on.

    Raises:
        InputError: the port is taken or not allowed, or the host is no address of this machine.
    """
    if not 0 < port < 65536:
        raise InputError(f"{port} is no port", remedy="give a number from 1 to 65535")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, kind, protocol, _, address in found:
            with socket.socket(family, kind, protocol) as listener:
                # As servers do; what another process listens on is refused all the same.
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind(address)
    except (OSError, UnicodeError) as error:
        raise InputError(
            f"cannot listen on {host}, port {port}: {error}",
            remedy="give another with --port, or stop what uses it",
        ) from error
