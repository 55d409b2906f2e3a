"""``archive export``: what other programs read.  Not for: how (`archive.workflows.export`)."""

from collections.abc import Iterator
from pathlib import Path

import click

from archive.cli.options import archive_option, json_option, print_json
from archive.cli.world import find_open_archive
from archive.errors import EXIT_DONE, InputError
from archive.workflows.export import CHAIN_FORMS, ChainForm, export_chain


@click.group("export")
def command() -> None:
    """Write what the archive knows in forms that other programs read."""


@command.command("prov")
@click.argument("name", metavar="[ID|URL]", required=False)
@click.option("--all", "is_all", is_flag=True, help="Every statement and capture.")
@click.option(
    "--format", "form", type=click.Choice(CHAIN_FORMS), default="prov-json", show_default=True
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file instead.",
)
@archive_option
@json_option
def prov(
    name: str | None,
    is_all: bool,
    form: ChainForm,
    output: Path | None,
    folder: Path | None,
    as_json: bool,
) -> int:
    """Tell who did what with a statement: captures, readings, versions, assertions, checks.

    ID is whatever `archive resolve` takes; the whole statement of that capture is told of.
    W3C PROV as PROV-JSON or PROV-O (JSON-LD), or PREMIS 3.  With --json, a line on the file that
    was written.
    """
    if (name is None) is not is_all:
        raise InputError("name a capture, or say --all", remedy="archive export prov ID")
    if as_json and output is None and form == "premis":
        raise InputError("PREMIS is XML", remedy="give --output, or another --format")
    archive = find_open_archive(folder)
    pieces = export_chain(archive, name, form)
    if output is None:
        for piece in pieces:
            click.echo(piece, nl=False)
        return EXIT_DONE
    length = _write(output, pieces)
    if as_json:
        print_json({"output": str(output), "format": form, "bytes": length})
    return EXIT_DONE


def _write(path: Path, pieces: Iterator[str]) -> int:
    """Write a file and return its length; what was there stays until the new one is whole."""
    unfinished = path.with_name(f"{path.name}.open")
    try:
        with unfinished.open("wb") as stream:
            for piece in pieces:
                stream.write(piece.encode())
            length = stream.tell()
        unfinished.replace(path)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror}", remedy="choose another file"
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return length
