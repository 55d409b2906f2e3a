"""``archive serve``: open the archive in Datasette.  Not for: how (`archive.workflows.serve`)."""

from pathlib import Path

import click

from archive.cli.options import archive_option, json_option, print_aside, print_json
from archive.cli.world import find_open_archive, make_world
from archive.workflows.opening import open_for_writing
from archive.workflows.serve import replace_process, serve_archive, serve_copy
from archive.workflows.settings_file import read_settings


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8001, show_default=True)
@click.option(
    "--public",
    is_flag=True,
    help="For strangers: no SQL of their own, nothing that is costly, no download of the index.",
)
@click.option(
    "--database",
    "copy",
    metavar="OUT.db",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A copy that `archive publish` made, instead of the archive's own index.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open a browser.")
@archive_option
@json_option
def command(  # click calls it by name
    host: str,
    port: int,
    public: bool,
    copy: Path | None,
    open_browser: bool,
    folder: Path | None,
    as_json: bool,
) -> int:
    """Open the archive in Datasette, read-only, until Ctrl-C.

    With --database no archive is needed: what was captured is shown where the copy lies in a
    folder with warcs/ and metadata/log/. With --json the command that does it is printed, and not
    run.
    """
    if copy is not None:
        beside = read_settings(copy.absolute().parent / "archive.toml")
        serving = serve_copy(
            copy, beside, host=host, port=port, open_browser=open_browser, public=public
        )
    else:
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
