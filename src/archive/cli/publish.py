"""``archive publish``: a copy for the public web.  Not for: how (`archive.workflows.publish`)."""

from dataclasses import asdict
from pathlib import Path

import click

from archive.cli.options import archive_option, json_option, print_json, print_line
from archive.cli.world import find_open_archive, make_world
from archive.workflows.publish import find_manifest, publish_index


@click.command("publish")
@click.argument("target", metavar="OUT.db", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--exclude",
    metavar="NAME",
    multiple=True,
    help="Leave out what this names: an address, a host, *.HOST, publisher:NAME, an id.",
)
@click.option("--notes", is_flag=True, help="Take along what curators noted.")
@click.option("--force", is_flag=True, help="Replace an earlier copy.")
@archive_option
@json_option
def command(
    target: Path,
    exclude: tuple[str, ...],
    notes: bool,
    force: bool,
    folder: Path | None,
    as_json: bool,
) -> int:
    """Write a copy of the index that everybody may see, with its digest beside it.

    What is private or under embargo (`archive access`) is not in the copy, nor is what --exclude
    names; notes, watch orders and places of this machine are not either. Serve it with
    `archive serve --public --database OUT.db`.
    """
    archive = find_open_archive(folder)
    published = publish_index(
        archive, make_world(), target, exclude=exclude, notes=notes, force=force
    )
    if as_json:
        print_json(
            {
                **asdict(published),
                "path": str(published.path),
                "manifest": str(find_manifest(published.path)),
            }
        )
        return 0
    held = published.holds
    print_line(f"{published.path}   {published.length} bytes")
    print_line(f"sha256:{published.sha256}   (kept in {find_manifest(published.path).name})")
    print_line(f"holds     {held.statements} statements, {held.captures} captures")
    told = ", ".join(f"{count} {why}" for why, count in published.left_out.items())
    print_line(f"left out  {told or 'no statement'}")
    return 0
