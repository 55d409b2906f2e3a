"""``archive rebuild``: make the index again.  Not for: how (`archive.workflows.rebuild`)."""

from pathlib import Path

import click

from archive.cli.options import archive_option, json_option, print_aside, print_json, print_line
from archive.cli.progress import open_meter
from archive.cli.world import find_open_archive, make_world
from archive.errors import EXIT_DONE, EXIT_FINDINGS
from archive.workflows.rebuild import rebuild_index, rederive_records


@click.command("rebuild")
@click.option("--log", "with_log", is_flag=True, help="First make the lost capture log again.")
@archive_option
@json_option
def command(with_log: bool, folder: Path | None, as_json: bool) -> int:
    """Make the index again from warcs/ and metadata/log/ alone.

    The old index stays in place until the new one is whole; `archive serve`, where it runs, goes
    on with the new one.

    With --log, where metadata/log/ was lost: the log is made from the WARC files under a new
    name. Its leaves say that they were derived again, and prove nothing of the time before.
    """
    archive = find_open_archive(folder)
    world = make_world()
    if with_log:
        with open_meter("reading WARC files", 1) as meter:
            checkpoint = rederive_records(archive, world, progress=meter.update)
        print_aside(f"made the log {checkpoint.origin} again, with {checkpoint.size} leaves")
    with open_meter("rebuilding", 1) as meter:
        replay = rebuild_index(archive, world, progress=meter.update)
    for problem in replay.unread:
        print_aside(f"not read: {problem}")
    if as_json:
        print_json({"leaves": replay.leaves, "unread": list(replay.unread)})
    else:
        print_line(f"indexed {replay.leaves} leaves of the log")
    return EXIT_FINDINGS if replay.unread else EXIT_DONE
