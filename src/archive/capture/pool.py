"""Connections kept open between exchanges.

Not for: deciding whether a connection can be used again (`archive.capture.message`).
"""

import asyncio
from collections import OrderedDict
from dataclasses import replace

from archive.capture.wire import Wire
from archive.core.uri import Url

_KEPT_SECONDS = 15.0
_KEPT_WIRES = 256

# Scheme, host, port and address: what a kept connection is good for.
_Place = tuple[str, str, int, str]


class Pool:
    """Holds idle connections until they are taken, grow old, or all are closed."""

    def __init__(self) -> None:
        self._kept: OrderedDict[_Place, list[tuple[float, Wire]]] = OrderedDict()
        self._count = 0

    def take(self, url: Url, addresses: tuple[str, ...]) -> Wire | None:
        """Return a usable connection for ``url`` to one of ``addresses``, the youngest first."""
        now = asyncio.get_running_loop().time()
        for address in addresses:
            place = (url.scheme, url.host, url.port, address)
            wires = self._kept.get(place)
            while wires:
                since, wire = wires.pop()
                self._count -= 1
                if not wires:
                    del self._kept[place]
                if wire.is_fresh and now - since < _KEPT_SECONDS:
                    if wire.connection is not None and not wire.connection.reused:
                        wire.connection = replace(wire.connection, reused=True)
                    return wire
                wire.close()
        return None

    def keep(self, wire: Wire, url: Url) -> None:
        """Keep ``wire`` for a later exchange; the oldest goes where there are too many."""
        if wire.connection is None:
            wire.close()
            return
        place = (url.scheme, url.host, url.port, wire.connection.address)
        now = asyncio.get_running_loop().time()
        self._kept.setdefault(place, []).append((now, wire))
        self._kept.move_to_end(place)
        self._count += 1
        while self._count > _KEPT_WIRES:
            oldest, wires = next(iter(self._kept.items()))
            wires.pop(0)[1].close()
            self._count -= 1
            if not wires:
                del self._kept[oldest]

    def close(self) -> None:
        """Close them all."""
        for wires in self._kept.values():
            for _, wire in wires:
                wire.close()
        self._kept.clear()
        self._count = 0
