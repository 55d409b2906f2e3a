"""What the verbs share: options, and how answers are printed.

Not for: what one verb alone needs, or what is of archives (`archive.cli.world`).
"""

import json
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from archive.core.instant import format_instant
from archive.core.text import show_hidden
from archive.errors import InputError

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


def format_json(value: Mapping[str, Any]) -> str:
    """Return a JSON value on one line, in ASCII: no page can write to the terminal by it."""
    # The one control character that JSON in ASCII leaves as it is.
    return json.dumps(value, default=str).replace("\x7f", "\\u007f")


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


def write_answer(path: Path, answer: bytes) -> None:
    """Write an answer to the file that a person named.

    Raises:
        InputError: it cannot be written.
    """
    try:
        path.write_bytes(answer)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror}", remedy="choose another file"
        ) from error


def is_terminal() -> bool:
    """Tell whether a person looks at the answer."""
    return sys.stdout.isatty()
