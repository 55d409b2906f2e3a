"""``archive demo``: the main job on an invented statement.  Not for: real addresses."""

import shlex
import sys
import tempfile
from functools import partial
from pathlib import Path

import click

from archive.cli.main import cli
from archive.cli.options import archive_option, json_option, print_json, print_line
from archive.errors import EXIT_DONE, ArchiveError
from archive.service.publisher import open_publisher


@click.command("demo")
@click.option("--serve", is_flag=True, help="Open the result in Datasette.")
@archive_option
@json_option
def command(serve: bool, folder: Path | None, as_json: bool) -> int:
    """Show the main job on a small publisher's site that runs for as long as this takes.

    A statement is captured; the publisher edits it without notice; it is captured again; what
    differs and what is known of it is shown, and the archive is verified.  The archive is made
    anew, in a temporary folder unless --archive names one.
    """
    root = str(folder or tempfile.mkdtemp(prefix="archive-demo-"))
    step = partial(_run, root, as_json)
    step(
        "A new archive.",
        "init",
        root,
        "--operator",
        "A. Archivist",
        "--organisation",
        "Demo archive",
        "--key-path",
        f"../{Path(root).name}-keys",
    )
    with open_publisher() as publisher:
        capture = ("capture", publisher.url, "--wait", "--allow-network", "127.0.0.0/8")
        step("A publisher's site runs on loopback; its statement is captured.", *capture)
        step("Nothing has changed: the second capture is a revisit.", *capture)
        publisher.edit()
        step("The publisher has edited the statement, and says nothing about it.", *capture)
        step("A second capture confirms that.", *capture)
        step("What became of the statement.", "history", publisher.url)
        versions = (f"{publisher.url}@v1", f"{publisher.url}@v2")
        step("What differs between the two versions.", "diff", *versions)
        step("What happened in this archive of late.", "edits")
        step("What is known of it.", "show", publisher.url)
        step("Which capture says twelve departures?", "search", '"twelve departures"')
        step("Which says nine?", "search", '"nine departures"')
        step("Every stored byte, digest and row is checked.", "verify", "--level", "full")
    serving = ["serve", "--archive", root]
    if serve:
        return int(cli.main(args=serving, prog_name="archive", standalone_mode=False) or 0)
    if as_json:
        print_json({"archive": root, "next": ["archive", *serving]})
    else:
        print_line("")
        print_line("Open it in Datasette:")
        print_line(f"  {_find_command()} {shlex.join(serving)}")
    return EXIT_DONE


def _run(root: str, as_json: bool, said: str, *arguments: str) -> None:
    """Say what comes, and run one verb on the archive as a person would type it.

    Raises:
        ArchiveError: the verb did not end well.
    """
    place = [] if arguments[0] == "init" else ["--archive", root]
    form = ["--json"] if as_json else []
    if not as_json:
        print_line("")
        print_line(f"# {said}")
        print_line(f"$ archive {shlex.join(arguments)}")
    code = cli.main(args=[*arguments, *place, *form], prog_name="archive", standalone_mode=False)
    if code != EXIT_DONE:
        raise ArchiveError(
            f"the demo stopped: archive {shlex.join(arguments)} ended with {code}",
            remedy=f"the archive is in {root}",
        )


def _find_command() -> str:
    """Return how this program was called, so that the line can be copied."""
    called = Path(sys.argv[0])
    return str(called) if called.name == "archive" else f"{sys.executable} -m archive"
