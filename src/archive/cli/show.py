"""``archive show``: what is known of a capture.  Not for: laying it out (`archive.cli.card`)."""

from pathlib import Path

import click

from archive.cli.card import PROOF, print_card
from archive.cli.options import archive_option, json_option, print_json
from archive.cli.world import find_open_archive
from archive.workflows.opening import Archive
from archive.workflows.show import read_card


@click.command("show")
@click.argument("name", metavar="ID|URL")
@archive_option
@json_option
def command(name: str, folder: Path | None, as_json: bool) -> int:
    """Show what is known of a capture, and every capture of its statement.

    ID is a capture id, a prefix of at least 6 characters, or a record id; URL means the latest
    capture, URL@TIME the latest at that moment; with @v2 the first capture of version 2.
    """
    archive = find_open_archive(folder)
    if as_json:
        print_json(read_card(archive, name) | {"proves": PROOF})
    else:
        print_capture(archive, name)
    return 0


def print_capture(archive: Archive, name: str) -> None:
    """Print the card of the capture that ``name`` means."""
    print_card(read_card(archive, name))
