"""``archive init``: make a new archive.  Not for: what is in it (`archive.workflows.init`)."""

from pathlib import Path

import click

from archive.cli.options import json_option, print_json, print_line
from archive.cli.world import make_world
from archive.workflows.init import make_archive


@click.command("init")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".")
@click.option("--operator", default="", help="Who runs it; stands in every WARC file.")
@click.option("--organisation", default="", help="For whom.")
@click.option("--contact", default="", help="Mail or web address for the user agent.")
@click.option("--key-path", default="", metavar="DIR", help="Folder for its private keys.")
@json_option
def command(
    folder: Path, operator: str, organisation: str, contact: str, key_path: str, as_json: bool
) -> int:
    """Make a new archive in FOLDER (default: the current folder).

    Writes archive.toml, datasette.yml, and the folders warcs/ and metadata/.
    """
    layout = make_archive(
        folder,
        operator=operator,
        organisation=organisation,
        contact=contact,
        key_path=key_path,
        world=make_world(),
    )
    if as_json:
        print_json({"archive": str(layout.root.absolute()), "settings": str(layout.settings)})
    else:
        print_line(f"made an archive in {layout.root.absolute()}")
        print_line(f"next: edit {layout.settings}, then: archive capture URL")
    return 0
