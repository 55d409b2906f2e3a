"""``archive show``: what is known of a capture.  Not for: laying it out (`archive.cli.card`)."""

from pathlib import Path

import click

from archive.cli.card import PROOF, print_card
from archive.cli.options import archive_option, find_open_archive, json_option, print_json
from archive.workflows.show import read_card


@click.command("show")
@click.argument("name", metavar="ID|URL")
@archive_option
@json_option
def command(name: str, folder: Path | None, as_json: bool) -> int:
    """Show what is known of a capture, and every capture of its statement.

    ID is a capture id, a prefix of at least 6 characters, or a record id; URL means the latest
    capture, URL@TIME the latest at that moment.
    """
    card = read_card(find_open_archive(folder), name)
    if as_json:
        print_json(card | {"proves": PROOF})
    else:
        print_card(card)
    return 0
