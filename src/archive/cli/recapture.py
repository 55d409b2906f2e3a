"""``archive recapture``: visit again what was captured before.

Not for: how (`archive.workflows.recapture`).
"""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from archive.cli.options import archive_option, json_option, print_aside
from archive.cli.progress import open_meter
from archive.cli.visits import format_visit
from archive.cli.world import find_open_archive, make_world, network_option
from archive.core.watch import parse_duration
from archive.errors import EXIT_CAPTURE, EXIT_DONE, EXIT_FINDINGS, EXIT_INTERRUPTED, InputError
from archive.index.lookup import has_pending
from archive.workflows.batches import close_batch, open_batch
from archive.workflows.behind import extract_behind
from archive.workflows.capture import CaptureRun
from archive.workflows.opening import open_for_writing
from archive.workflows.recapture import (
    Recapture,
    leave_out_done,
    recapture,
    select_named,
    select_older,
)
from archive.workflows.settings import make_transport


def parse_age(
    _context: click.Context, _option: click.Parameter, value: str | None
) -> timedelta | None:
    """Return a length of time that was typed."""
    return None if value is None else parse_duration(value)


@click.command("recapture")
@click.argument("names", metavar="[URL|ID]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Visit every statement of the archive.")
@click.option(
    "--older-than",
    "age",
    metavar="DURATION",
    callback=parse_age,
    help="Visit the statements whose last capture is older, as in 12h, 7d or 4w.",
)
@click.option(
    "--unconditional", is_flag=True, help="Ask for the whole page, also where it is as it was."
)
@network_option
@archive_option
@json_option
def command(  # click calls it by name
    names: tuple[str, ...],
    everything: bool,
    age: timedelta | None,
    unconditional: bool,
    networks: tuple[Any, ...],
    folder: Path | None,
    as_json: bool,
) -> int:
    """Visit statements again, at their latest address, those that are gone included.

    Servers are asked to send a page only if it is not as it was. Each line says what is known at
    once: unchanged, changed? (other bytes; whether the text changed is found out behind), gone
    (404, 410) or failed. With --all and --older-than robots.txt is obeyed, and after an
    interruption the same command continues where it stopped.
    """
    if sum((bool(names), everything, age is not None)) != 1:
        raise InputError(
            "name statements, or give one of --all and --older-than",
            remedy="as in: archive recapture --older-than 7d",
        )
    archive = find_open_archive(folder)
    companions, requisites = archive.settings.companions, archive.settings.requisites
    tally: Counter[str] = Counter()
    with open_for_writing(archive, make_world(), options="recapture") as writing:
        batch = None
        targets = select_named(writing.index, names) if names else select_older(writing, age)
        if not names:
            # Named by what was chosen: the addresses may be others when the run is continued.
            batch = open_batch(writing, ["recapture", "--all" if age is None else f"{age}"])
            left = leave_out_done(writing.index, targets, batch)
            if len(left) < len(targets):
                print_aside(f"continuing: {len(targets) - len(left)} were visited before")
            targets = left
        with open_meter("recapturing", len(targets), quiet=len(targets) == 1) as meter:

            def tell(visits: Sequence[Recapture]) -> None:
                tally.update(visit.standing for visit in visits)
                tally["unread"] += sum(visit.result.is_unread for visit in visits)
                done = sum(tally[standing] for standing in _STANDINGS)
                meter.update(done, len(targets), failed=tally["failed"])
                meter.print_answer("\n".join(_format(visit, as_json=as_json) for visit in visits))

            finished = recapture(
                writing,
                targets,
                transport=make_transport(
                    archive.settings, spool_folder=archive.layout.warcs, networks=networks
                ),
                run=CaptureRun(
                    batch=batch.name if batch else None,
                    automatic=not names,
                    conditional=not unconditional,
                    companions=companions if companions.enabled else None,
                    requisites=requisites if requisites.enabled else None,
                ),
                tell=tell,
            )
        if batch is not None and finished:
            close_batch(writing, batch)
        is_unread = tally["unread"] or has_pending(writing.index)  # of an earlier run, too
    if is_unread:
        extract_behind(archive)
    _print_summary(tally, len(targets), finished=finished)
    if not finished:
        return EXIT_INTERRUPTED
    if not tally["failed"]:
        return EXIT_DONE
    return EXIT_CAPTURE if len(targets) == 1 else EXIT_FINDINGS


_STANDINGS = ("unchanged", "changed?", "gone", "failed")


def _format(visit: Recapture, *, as_json: bool) -> str:
    last = visit.result.last
    more = {
        "final_url": last.url,
        "record_id": last.record_id,
        "payload": last.payload,
        "revisit_of": last.revisit_of,
    }
    return format_visit(visit.result, visit.standing, more=more, as_json=as_json)


def _print_summary(tally: Counter[str], wanted: int, *, finished: bool) -> None:
    told = ", ".join(f"{tally[standing]} {standing}" for standing in _STANDINGS)
    done = sum(tally[standing] for standing in _STANDINGS)
    rest = "" if finished else f"; {wanted - done} left: the same command continues"
    print_aside(f"{done} visited: {told}{rest}")
