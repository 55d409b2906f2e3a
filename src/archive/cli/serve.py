"""``archive serve``: open the archive in Datasette.  Not for: how (`archive.workflows.serve`)."""

from pathlib import Path

import click

from archive.cli.options import archive_option, json_option, print_aside, print_json
from archive.cli.world import find_open_archive, make_world
from archive.workflows.opening import open_for_writing
from archive.workflows.serve import replace_process, serve_archive


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8001, show_default=True)
@click.option(
    "--public",
    is_flag=True,
    help="For strangers: no SQL of their own, tighter limits of time, no download of the index.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open a browser.")
@archive_option
@json_option
def command(  # click calls it by name
    host: str, port: int, public: bool, open_browser: bool, folder: Path | None, as_json: bool
) -> int:
    """Open the archive in Datasette, read-only, until Ctrl-C.

    With --json the command that does it is printed, and not run.
    """
    archive = find_open_archive(folder)
    if not archive.layout.database.exists():
        with open_for_writing(archive, make_world(), options="serve"):
            print_aside("the index was made")
    serving = serve_archive(
        archive.layout.root, host=host, port=port, open_browser=open_browser, public=public
    )
    if not as_json:
        print_aside(f"http://{host}:{port}/   (Ctrl-C ends it)")
        replace_process(serving)
    print_json({"command": serving})
    return 0
