"""``archive timestamp``: have the log stamped.  Not for: how (`archive.workflows.timestamp`)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from archive.cli.options import (
    archive_option,
    by_option,
    json_option,
    print_aside,
    print_json,
    print_line,
)
from archive.cli.world import find_open_archive, make_world, network_option
from archive.core.instant import format_instant
from archive.errors import (
    EXIT_DONE,
    EXIT_FINDINGS,
    EXIT_UNDECIDABLE,
    EXIT_WITNESS,
    InputError,
)
from archive.workflows.opening import OpenArchive, open_for_writing
from archive.workflows.settings import AuthoritySettings, Network, Settings, make_transport
from archive.workflows.timestamp import StampResult, is_stamp_due, stamp_checkpoint


@click.command("timestamp")
@click.option("--tsa", "urls", metavar="URL", multiple=True, help="Ask this authority instead.")
@click.option(
    "--root",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Root certificate (PEM or DER) by which the answers of --tsa are judged.",
)
@click.option(
    "--if-due",
    is_flag=True,
    help="Only if something was logged since the last time stamp, or its certificate soon ends.",
)
@network_option
@by_option
@archive_option
@json_option
def command(
    urls: tuple[str, ...],
    root: Path | None,
    if_due: bool,
    networks: tuple[Network, ...],
    by: str | None,
    folder: Path | None,
    as_json: bool,
) -> int:
    """Have authorities (RFC 3161) state that the newest checkpoint existed by now.

    Asks every authority of archive.toml, or those of --tsa. Questions and answers are stored as
    they are; an answer that holds becomes an event of the log. Exit code 6: no authority gave a
    time stamp that holds; 1: some did not; 3: what they gave cannot be judged here.
    """
    archive = find_open_archive(folder)
    authorities = _list_authorities(archive.settings, urls, root)
    transport = make_transport(
        archive.settings, spool_folder=archive.layout.warcs, networks=networks
    )
    world = make_world()
    with open_for_writing(archive, world, options="timestamp") as writing:
        days = archive.settings.timestamp.restamp_days
        if if_due and not is_stamp_due(writing, restamp_days=days, now=world.clock()):
            results: tuple[StampResult, ...] = ()
        else:
            results = stamp_checkpoint(writing, authorities, transport=transport, by=by)
    if not results:
        print_aside("nothing was logged since the last time stamp")
    for result in results:
        if as_json:
            print_json(describe_stamp(result))
        else:
            print_stamp(result)
    return choose_exit(results)


def stamp_after_capture(archive: OpenArchive, networks: tuple[Network, ...]) -> int:
    """Have the log stamped at the end of a run; say what went wrong, and return the exit code."""
    transport = make_transport(
        archive.settings, spool_folder=archive.layout.warcs, networks=networks
    )
    try:
        results = stamp_checkpoint(
            archive, archive.settings.timestamp.authorities, transport=transport
        )
    except InputError as error:
        print_aside(f"no time stamp: {error} ({error.remedy})")
        return EXIT_WITNESS
    for result in results:
        if result.stamped is None:
            print_stamp(result)
    return choose_exit(results)


def choose_exit(results: Sequence[StampResult]) -> int:
    """Return the exit code that fits what the authorities gave."""
    held = sum(result.stamped is not None for result in results)
    if held == len(results):
        return EXIT_DONE
    if held:
        return EXIT_FINDINGS
    undecided = all(result.is_undecided for result in results)
    return EXIT_UNDECIDABLE if undecided else EXIT_WITNESS


def print_stamp(result: StampResult) -> None:
    """Print what one authority gave."""
    if result.stamped is None:
        print_aside(f"no time stamp from {result.authority}: {result.problem} ({result.remedy})")
        return
    moment = result.stamped.time.astimezone(UTC)
    print_line(f"{format_instant(moment)}  {result.size} leaves  {result.authority}")
    print_line(f"  signed by  {result.stamped.authority}")
    print_line(f"  valid to   {_format_day(result.stamped.valid_until)}")


def describe_stamp(result: StampResult) -> dict[str, object]:
    """Return what one authority gave, for JSON."""
    stamped = result.stamped
    return {
        "authority": result.authority,
        "size": result.size,
        "capture": result.capture_id,
        "holds": stamped is not None,
        "time": None if stamped is None else format_instant(stamped.time),
        "signer": None if stamped is None else stamped.authority,
        "valid_until": None if stamped is None else format_instant(stamped.valid_until),
        "event": None if result.event is None else result.event.record_id,
        "problem": result.problem,
    }


def _format_day(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d")


def _list_authorities(
    settings: Settings, urls: tuple[str, ...], root: Path | None
) -> tuple[AuthoritySettings, ...]:
    known = settings.timestamp.authorities
    if not urls:
        if root is not None:
            raise InputError("--root says how to judge --tsa, which is missing")
        return known
    roots = {authority.url: authority.root for authority in known}
    chosen: list[AuthoritySettings] = []
    for url in urls:
        trusted = str(root.absolute()) if root is not None else roots.get(url)
        if trusted is None:
            raise InputError(
                f"whose word makes {url} one to trust?",
                remedy="give its root certificate: --root FILE",
            )
        chosen.append(AuthoritySettings(url=url, root=trusted))
    return tuple(chosen)
