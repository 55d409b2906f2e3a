"""``archive capture``: keep what addresses answer.  Not for: how (`archive.workflows.capture`)."""

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from archive.capture.settings import TransportSettings
from archive.cli.options import archive_option, format_json, is_terminal, json_option, print_aside
from archive.cli.progress import open_meter
from archive.cli.world import find_open_archive, make_world, network_option
from archive.core.text import show_hidden
from archive.errors import EXIT_CAPTURE, EXIT_DONE, EXIT_FINDINGS, EXIT_INTERRUPTED, InputError
from archive.workflows.addresses import read_addresses
from archive.workflows.batches import close_batch, open_batch
from archive.workflows.behind import extract_behind
from archive.workflows.capture import CaptureResult, CaptureRun, capture_addresses
from archive.workflows.opening import Archive, OpenArchive, open_for_writing
from archive.workflows.settings import make_transport
from archive.workflows.settings_tables import Switched


def _parse_headers(
    _context: click.Context, _option: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    headers = []
    for place, value in enumerate(values, 1):
        name, colon, text = value.partition(":")
        if not colon or not name.strip() or not value.isprintable():
            # Not shown: it may be a secret.
            raise InputError(f"--header {place} is none", remedy="write it as 'Name: value'")
        headers.append((name.strip(), text.strip()))
    return tuple(headers)


@click.command("capture")
@click.argument("urls", metavar="[URL]...", nargs=-1)
@click.option(
    "--from",
    "source",
    metavar="FILE",
    help="Capture every address of FILE: one a line, or CSV with a column url; - reads standard"
    " input.  After an interruption the same command continues where it stopped.",
)
@click.option("--wait", is_flag=True, help="Wait for the main text of every capture.")
@click.option(
    "--no-extract", is_flag=True, help="Leave reading the pages to a later `archive extract`."
)
@click.option(
    "--header",
    "headers",
    metavar="'NAME: VALUE'",
    multiple=True,
    callback=_parse_headers,
    help="Send a header, to the named host only; its value is kept out of the record, unless the"
    " name is a harmless one such as Accept-Language or User-Agent.",
)
@click.option(
    "--cookies",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Send cookies of a Netscape cookie file; their values are kept out of the record.",
)
@click.option(
    "--companions/--no-companions",
    default=None,
    help="Fetch, too, what stands beside each new page and dates it: its REST record, the site's"
    " feed and sitemap.  [default: as archive.toml says, and that is yes]",
)
@click.option(
    "--requisites/--no-requisites",
    default=None,
    help="Fetch, too, what each page shows: its style sheets, pictures and fonts.  [default: as"
    " archive.toml says, and that is yes]",
)
@network_option
@click.option(
    "--accept-bad-certificate",
    is_flag=True,
    help="Go on where a certificate does not verify; the record says so.",
)
@archive_option
@json_option
def command(folder: Path | None, as_json: bool, **options: Any) -> int:
    """Capture each URL: exact bytes, digests, then main text and first claims.

    A failure (no such host, refused, 404 …) is recorded like any answer.  The id is printed
    when the capture is safely on disk.  One URL on a terminal waits for its text and shows
    all that is known.
    """
    archive = find_open_archive(folder)
    urls: tuple[str, ...] = options["urls"]
    addresses = read_addresses(options["source"], urls)
    alone = len(addresses) == 1 and options["source"] is None
    wait = options["wait"] or (alone and is_terminal() and not as_json)
    read = not options["no_extract"] and (wait or not alone)
    tally: Counter[str] = Counter()
    last: list[str] = []
    with ExitStack() as stack:
        world = make_world()
        writing = stack.enter_context(
            open_for_writing(archive, world, options=_describe_options(options))
        )
        batch = open_batch(writing, addresses) if options["source"] is not None else None
        waiting = [item for item in addresses if batch is None or item not in batch.done]
        if batch is not None and batch.done:
            print_aside(f"continuing: {len(addresses) - len(waiting)} were stored before")
        meter = stack.enter_context(open_meter("capturing", len(waiting), quiet=alone))

        def tell(results: Sequence[CaptureResult]) -> None:
            told = [result for result in results if result.purpose == "statement"]
            if not told:
                return
            last[:] = [told[-1].last.id]
            tally["done"] += len(told)
            tally["failed"] += sum(result.has_failed for result in told)
            tally["again"] += sum(result.last.outcome == "revisit" for result in told)
            tally["unread"] += sum(item.is_unread and item.text is None for item in told)
            meter.update(tally["done"], len(waiting), failed=tally["failed"])
            meter.print_answer("\n".join(_format_result(item, as_json=as_json) for item in told))

        finished = capture_addresses(
            writing,
            waiting,
            transport=_make_transport(archive, options),
            run=CaptureRun(
                batch=batch.name if batch else None,
                read=read,
                wait=wait,
                companions=_choose(archive.settings.companions, options["companions"]),
                requisites=_choose(archive.settings.requisites, options["requisites"]),
                complete=True,
            ),
            tell=tell,
        )
        if batch is not None and finished:
            close_batch(writing, batch)
        stamps = _stamp(writing, options) if archive.settings.timestamp.after_capture else EXIT_DONE
    if tally["unread"] and not options["no_extract"]:
        extract_behind(archive)
    if alone and last and is_terminal() and not as_json:
        # Another verb's work, loaded only where somebody looks.
        import_module("archive.cli.show").print_capture(archive, last[0])
    if not alone:
        _print_summary(tally, len(waiting), finished=finished)
    if not finished:
        return EXIT_INTERRUPTED
    if not tally["failed"]:
        return stamps
    return EXIT_CAPTURE if tally["done"] == 1 else EXIT_FINDINGS


def _choose(settings: Switched, wanted: bool | None) -> Switched | None:
    """Return the settings if what they are about is wanted: by this run, else by archive.toml."""
    is_wanted = settings.enabled if wanted is None else wanted
    return settings if is_wanted else None


def _stamp(archive: OpenArchive, options: dict[str, Any]) -> int:
    """Have the log stamped, as archive.toml asks for; what fails costs no capture."""
    verb = import_module("archive.cli.timestamp")  # slow to load, and seldom wanted
    code: int = verb.stamp_after_capture(archive, options["networks"])
    return code


def _make_transport(archive: Archive, options: dict[str, Any]) -> TransportSettings:
    base = make_transport(
        archive.settings, spool_folder=archive.layout.warcs, networks=options["networks"]
    )
    return replace(
        base,
        headers=options["headers"],
        cookies_file=str(options["cookies"]) if options["cookies"] else None,
        accept_bad_certificate=options["accept_bad_certificate"],
    )


def _describe_options(options: dict[str, Any]) -> str:
    """Return the options of this run for the warcinfo record, without any secret."""
    parts = ["capture"]
    parts += [f"--allow-network {network}" for network in options["networks"]]
    parts += [f"--header '{name}: …'" for name, _ in options["headers"]]
    parts += ["--cookies …"] if options["cookies"] else []
    parts += ["--accept-bad-certificate"] if options["accept_bad_certificate"] else []
    return " ".join(parts).encode("ascii", "replace").decode()


def _format_result(result: CaptureResult, *, as_json: bool) -> str:
    last = result.last
    if as_json:
        return format_json(
            {
                "id": last.id,
                "url": result.address,
                "final_url": last.url,
                "outcome": last.outcome,
                "status": last.status,
                "captured_at": last.captured_at,
                "record_id": last.record_id,
                "warc": f"warcs/{last.warc}",
                "offset": last.offset,
                "length": last.length,
                "payload": last.payload,
                "content": last.content,
                "text": result.text,
                "revisit_of": last.revisit_of,
                "error": last.error,
                "hops": [
                    {"id": hop.id, "url": hop.url, "status": hop.status, "outcome": hop.outcome}
                    for hop in result.captures
                ],
            }
        )
    what = last.outcome if last.status is None else f"{last.outcome} {last.status}"
    why = f"  ({last.error})" if last.error else ""
    # A host that only looks like another one shows in its ASCII form.
    first = result.captures[0].url
    same = result.address.isascii() or first == result.address
    address = result.address if same else f"{result.address}  = {first}"
    return show_hidden(f"{last.id}  {what}  {address}{why}")


def _print_summary(tally: Counter[str], wanted: int, *, finished: bool) -> None:
    rest = "" if finished else f"; {wanted - tally['done']} left: the same command continues"
    print_aside(
        f"{tally['done']} captured, {tally['again']} of them unchanged,"
        f" {tally['failed']} without an answer{rest}"
    )
