"""The archive that is meant, the real clock and chance, and the network that is allowed.

The only module that names the real clock.  Apart from `archive.cli.options`, since checking a file
needs none of it and it takes long to load.  Not for: what one verb alone needs.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click

from archive.cli.options import print_aside
from archive.store.disk import Disk
from archive.workflows.opening import Archive, World, open_archive
from archive.workflows.records import Identity
from archive.workflows.settings import Network, parse_network

Function = TypeVar("Function", bound=Callable[..., object])


def network_option(function: Function) -> Function:
    """Add ``--allow-network CIDR``."""
    return click.option(
        "--allow-network",
        "networks",
        metavar="CIDR",
        multiple=True,
        callback=_parse_networks,
        help="Open a range that is refused otherwise, for an intranet or a test.",
    )(function)


def _parse_networks(
    _context: click.Context, _option: click.Parameter, values: tuple[str, ...]
) -> tuple[Network, ...]:
    return tuple(parse_network(value) for value in values)


def make_world() -> World:
    """Return the real clock, chance and disk, and where this user's keys are."""
    drawn = _draw()
    return World(
        clock=lambda: datetime.now(UTC),
        identity=Identity(
            new_id=lambda: _format_record_id(next(drawn)), new_salt=lambda: next(drawn)
        ),
        disk=Disk(),
        key_folder=Path(click.get_app_dir("statement-archive")) / "keys",
        passphrase=os.fsencode(os.environ.get("ARCHIVE_KEY_PASSPHRASE", "")) or None,
        note=print_aside,
    )


def _draw() -> Iterator[bytes]:
    """Yield 16 random bytes at a time; the system is asked for many at once."""
    while True:
        block = secrets.token_bytes(4096)
        yield from (block[place : place + 16] for place in range(0, len(block), 16))


def _format_record_id(drawn: bytes) -> str:
    """Return the URN of a UUID version 4 (RFC 9562 §5.4) made of 16 random bytes."""
    digits = drawn.hex()
    variant = "89ab"[drawn[8] & 3]
    return (
        f"urn:uuid:{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}"
        f"-{digits[20:]}"
    )


def find_open_archive(folder: Path | None) -> Archive:
    """Return the archive that the command line means.

    Raises:
        InputError: there is none.
    """
    return open_archive(folder, start=Path.cwd())
