"""What nearly every test of the transport needs: settings for loopback, and one visit."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Protocol

import pytest

from archive.capture.fetch import Transport
from archive.capture.resolve import Resolve
from archive.capture.settings import Politeness, TransportSettings
from archive.core.exchange import Visit
from tests.support.awkward import LIMITS
from tests.support.clock import Clock

LOOPBACK = ip_network("127.0.0.0/8")


@pytest.fixture
def settings(tmp_path: Path) -> TransportSettings:
    """Small limits, no delays, and loopback allowed."""
    return TransportSettings(
        user_agent="archive-test/1",
        spool_folder=str(tmp_path),
        limits=LIMITS,
        politeness=Politeness(delay_seconds=0),
        allow_networks=(LOOPBACK,),
    )


class OpenTransport(Protocol):
    """Opens a transport; keywords replace settings."""

    def __call__(
        self, *, resolve: Resolve | None = None, **changes: Any
    ) -> AbstractAsyncContextManager[Transport]:
        """Return it, to be entered."""


@pytest.fixture
def slept() -> list[float]:
    """The seconds that the transport asked to sleep; no time passes for it."""
    return []


@pytest.fixture
def transport(settings: TransportSettings, clock: Clock, slept: list[float]) -> OpenTransport:
    """Opens transports whose sleep returns at once."""

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0)

    @asynccontextmanager
    async def open_transport(
        *, resolve: Resolve | None = None, **changes: Any
    ) -> AsyncIterator[Transport]:
        changed = replace(settings, **changes)
        async with Transport(changed, clock=clock, resolve=resolve, sleep=sleep) as opened:
            yield opened

    return open_transport


class MakeVisit(Protocol):
    """Makes one visit; keywords replace settings."""

    def __call__(
        self, address: str, *, typed: bool = True, resolve: Resolve | None = None, **changes: Any
    ) -> Visit:
        """Return it."""


@pytest.fixture
def visit(transport: OpenTransport) -> MakeVisit:
    """Makes one visit with a transport of its own."""

    def make_visit(
        address: str, *, typed: bool = True, resolve: Resolve | None = None, **changes: Any
    ) -> Visit:
        async def run() -> Visit:
            async with transport(resolve=resolve, **changes) as opened:
                return await opened.visit(address, typed=typed)

        return asyncio.run(run())

    return make_visit


def name_hosts(**addresses: str | tuple[str, ...]) -> Resolve:
    """A resolver that knows ``a=…`` as ``a.example``, and nothing else."""

    async def resolve(host: str, port: int) -> tuple[str, ...]:
        known = addresses.get(host.removesuffix(".example"))
        if known is None:
            raise OSError(-2, "Name or service not known")
        return known if isinstance(known, tuple) else (known,)

    return resolve
