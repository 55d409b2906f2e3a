"""What the verbs share: options, the real clock and chance, and how answers are printed.

The only module that names the real clock.  Not for: what one verb alone needs.
"""

import json
import os
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from archive.core.instant import format_instant
from archive.core.text import show_hidden
from archive.store.disk import Disk
from archive.workflows.opening import Archive, World, open_archive
from archive.workflows.records import Identity
from archive.workflows.settings import Network, parse_network

Function = TypeVar("Function", bound=Callable[..., object])


def archive_option(function: Function) -> Function:
    """Add ``--archive DIR``."""
    return click.option(
        "--archive",
        "folder",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="ARCHIVE_DIR",
        help="The archive's folder.  [default: the current folder or one above it]",
    )(function)


def json_option(function: Function) -> Function:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")(function)


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


def by_option(function: Function) -> Function:
    """Add ``--by NAME``."""
    return click.option(
        "--by", metavar="NAME", help="Who says so.  [default: the operator in archive.toml]"
    )(function)


def reason_option(function: Function) -> Function:
    """Add ``--reason TEXT``, which is required."""
    return click.option("--reason", required=True, metavar="TEXT", help="Why; stored with it.")(
        function
    )


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
        passphrase=os.environ.get("ARCHIVE_KEY_PASSPHRASE", "").encode() or None,
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


def format_json(value: Mapping[str, Any]) -> str:
    """Return a JSON value on one line, in ASCII: no page can write to the terminal by it."""
    return json.dumps(value, default=str)


def format_instant_or_none(moment: datetime | None) -> str | None:
    """Return a moment as text, or None."""
    return None if moment is None else format_instant(moment)


def print_json(value: Mapping[str, Any]) -> None:
    """Print one JSON value on one line."""
    click.echo(format_json(value))


def print_line(text: str) -> None:
    """Print a line of an answer; what pages say cannot control the terminal."""
    click.echo(show_hidden(text))


def print_aside(text: str) -> None:
    """Print a line that is not part of the answer."""
    click.echo(show_hidden(text), err=True)


def is_terminal() -> bool:
    """Tell whether a person looks at the answer."""
    return sys.stdout.isatty()
