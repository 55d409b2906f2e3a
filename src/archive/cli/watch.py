"""``archive watch``: orders to visit again and again, and carrying them out.

Not for: how (`archive.workflows.watch`, `archive.workflows.watch_orders`).
"""

import signal
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Any

import click

from archive.cli.deliver import deliver
from archive.cli.options import (
    archive_option,
    by_option,
    format_instant_or_none,
    json_option,
    print_aside,
    print_json,
    print_line,
)
from archive.cli.people import describe_saying
from archive.cli.recapture import parse_age
from archive.cli.visits import format_visit
from archive.cli.world import find_open_archive, make_world, network_option
from archive.core.annotation import describe_body
from archive.core.instant import format_instant
from archive.core.watch import WatchKind, WatchOrder, format_duration
from archive.errors import (
    EXIT_DONE,
    EXIT_FINDINGS,
    EXIT_INTERRUPTED,
    BusyError,
    InputError,
)
from archive.index.rows import AnnotationRow
from archive.workflows.annotate import parse_reason
from archive.workflows.behind import extract_behind
from archive.workflows.opening import Archive, open_for_writing, open_index
from archive.workflows.settings import make_transport
from archive.workflows.watch import WatchMeans, WatchPass, WatchVisit, run_watch, run_watches
from archive.workflows.watch_orders import (
    WatchState,
    add_watch,
    list_states,
    parse_until,
    remove_watch,
)

_PAUSE_SECONDS = 60.0


@click.group("watch")
def command() -> None:
    """Visit statements, feeds and sitemaps again and again.

    An order is stored as a record, with who and why. When a visit is due follows from the orders
    and from what was captured; nothing else is kept, so a run that was killed goes on.
    """


def _parse_until(
    _context: click.Context, _option: click.Parameter, value: str | None
) -> datetime | None:
    return None if value is None else parse_until(value)


@command.command("add")
@click.argument("url", metavar="[URL]", required=False)
@click.option("--feed", metavar="URL", help="Watch a feed (RSS, Atom, JSON), and what it brings.")
@click.option("--sitemap", metavar="URL", help="Watch a sitemap, or an index of such.")
@click.option(
    "--every",
    metavar="DURATION",
    callback=parse_age,
    help="Visit this often, as in 15m, 6h or 1d; of a feed or sitemap it means the list itself."
    "  [default: the schedule]",
)
@click.option("--until", metavar="DATE", callback=_parse_until, help="Stop after this date.")
@click.option("--backfill", is_flag=True, help="Take in what the list named before the order, too.")
@click.option("--reason", metavar="TEXT", help="Why; stored with it.")
@by_option
@archive_option
@json_option
def add(  # noqa: PLR0917  # click calls it by name
    url: str | None,
    feed: str | None,
    sitemap: str | None,
    every: timedelta | None,
    until: datetime | None,
    backfill: bool,
    reason: str | None,
    by: str | None,
    folder: Path | None,
    as_json: bool,
) -> int:
    """Watch a statement at URL, or what a feed or sitemap lists; replaces an order for the same."""
    typed: tuple[tuple[WatchKind, str | None], ...] = (
        ("url", url),
        ("feed", feed),
        ("sitemap", sitemap),
    )
    given = [(kind, address) for kind, address in typed if address is not None]
    if len(given) != 1:
        raise InputError("give a URL, or --feed or --sitemap", remedy="one order watches one thing")
    kind, address = given[0]
    if backfill and kind == "url":
        raise InputError("--backfill is said of a list", remedy="give it with --feed or --sitemap")
    if reason is not None:
        parse_reason(reason)
    order = WatchOrder(kind=kind, address=address, every=every, until=until, backfill=backfill)
    with open_for_writing(find_open_archive(folder), make_world(), options="watch add") as archive:
        row = add_watch(archive, order, reason=reason, by=by)
    _tell_order(row, as_json=as_json)
    return EXIT_DONE


@command.command("remove")
@click.argument("name", metavar="URL|ID")
@click.option("--reason", metavar="TEXT", help="Why; stored with it.")
@by_option
@archive_option
@json_option
def remove(
    name: str, reason: str | None, by: str | None, folder: Path | None, as_json: bool
) -> int:
    """Take an order back; what was captured under it stays, and so does the record."""
    if reason is not None:
        parse_reason(reason)
    found = find_open_archive(folder)
    with open_for_writing(found, make_world(), options="watch remove") as archive:
        row = remove_watch(archive, name, reason=reason, by=by)
    _tell_order(row, as_json=as_json)
    return EXIT_DONE


@command.command("list")
@archive_option
@json_option
def list_all(folder: Path | None, as_json: bool) -> int:
    """List orders: what is watched, when it is due, when it was visited last, who wants it, why."""
    archive = find_open_archive(folder)
    with closing(open_index(archive)) as index:
        states = list_states(index)
    for state in states:
        if as_json:
            print_json(_describe_state(state))
        else:
            _print_state(state)
    if not states:
        print_aside("nothing is watched")
    return EXIT_DONE


@command.command("run")
@click.option(
    "--no-confirm", is_flag=True, help="Leave out the second look, a minute after a change."
)
@network_option
@archive_option
@json_option
def run(no_confirm: bool, networks: tuple[Any, ...], folder: Path | None, as_json: bool) -> int:
    """Visit everything that is due now, once; for cron or a timer. Then tell the webhooks."""
    archive = find_open_archive(folder)
    with _listen() as stop:
        means = _make_means(archive, networks, stop, no_confirm=no_confirm, as_json=as_json)
        made = run_watch(archive, make_world(), means)
    if made.unread:
        extract_behind(archive)
    _print_summary(made)
    if not made.finished:
        return EXIT_INTERRUPTED
    is_taken = _deliver(archive, networks, as_json=as_json)
    return EXIT_FINDINGS if made.failed or not is_taken else EXIT_DONE


def _deliver(archive: Archive, networks: tuple[Any, ...], *, as_json: bool) -> bool:
    """Tell the webhooks, where there are any, what is due."""
    if not archive.settings.webhooks:
        return True
    return deliver(archive, networks, options="watch run", as_json=as_json)


@command.command("daemon")
@click.option(
    "--no-confirm", is_flag=True, help="Leave out the second look, a minute after a change."
)
@network_option
@archive_option
@json_option
def daemon(no_confirm: bool, networks: tuple[Any, ...], folder: Path | None, as_json: bool) -> int:
    """Look once a minute for what is due, and visit it, until told to stop (SIGTERM, Ctrl-C)."""
    archive = find_open_archive(folder)

    def follow(made: WatchPass) -> None:
        if made.unread:
            extract_behind(archive)
        with suppress(BusyError):  # someone else writes; what is due stays due
            _deliver(archive, networks, as_json=as_json)

    with _listen() as stop:
        means = _make_means(archive, networks, stop, no_confirm=no_confirm, as_json=as_json)
        print_aside("watching; SIGTERM or Ctrl-C ends it")
        made = run_watches(archive, make_world(), means, pause_seconds=_PAUSE_SECONDS, after=follow)
    _print_summary(made)
    return EXIT_DONE


@contextmanager
def _listen() -> Iterator[Event]:
    """Give the event that SIGTERM and SIGINT set while the block runs."""
    stop = Event()

    def note(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, note) for number in numbers]
    try:
        yield stop
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _make_means(
    archive: Archive, networks: tuple[Any, ...], stop: Event, *, no_confirm: bool, as_json: bool
) -> WatchMeans:
    def tell(visits: Sequence[WatchVisit]) -> None:
        for visit in visits:
            click.echo(_format_visit(visit, as_json=as_json))

    transport = make_transport(
        archive.settings, spool_folder=archive.layout.warcs, networks=networks
    )
    if no_confirm:
        return WatchMeans(
            transport=transport, tell=tell, sleep=stop.wait, memory={}, confirm_seconds=None
        )
    return WatchMeans(transport=transport, tell=tell, sleep=stop.wait, memory={})


def _format_visit(visit: WatchVisit, *, as_json: bool) -> str:
    more = {"purpose": visit.result.purpose, "watch": visit.result.last.batch}
    return format_visit(visit.result, visit.standing, more=more, as_json=as_json)


def _print_summary(made: WatchPass) -> None:
    if not made.visits and made.finished:
        print_aside("nothing is due")
        return
    rest = "" if made.finished else "; what is left is due in the next pass"
    print_aside(
        f"{made.visits} visits, {made.failed} failed; {made.changed} changed or gone,"
        f" {made.confirmed} of them confirmed{_describe_left_out(made)}{rest}"
    )


def _describe_left_out(made: WatchPass) -> str:
    if not made.left_out:
        return ""
    return f"; {made.left_out} not looked at again, as another process was writing"


def _tell_order(row: AnnotationRow, *, as_json: bool) -> None:
    said = row.annotation
    if as_json:
        print_json(
            {
                "watch": row.watch_id,
                "record_id": row.record_id,
                "said": describe_body(said.body),
                "supersedes": row.supersedes,
                **describe_saying(said),
            }
        )
    else:
        print_line(f"{row.watch_id}  {describe_body(said.body)}")


def _describe_state(state: WatchState) -> dict[str, Any]:
    watch, order = state.watch, state.watch.order
    return {
        "id": watch.id,
        "urn": watch.urn,
        "kind": order.kind,
        "address": order.address,
        "every": None if order.every is None else format_duration(order.every),
        "until": format_instant_or_none(order.until),
        "backfill": order.backfill,
        "since": format_instant(watch.since),
        "statements": state.statements,
        "last_visit": format_instant_or_none(state.last_visit),
        "next_visit": format_instant_or_none(state.next_visit),
        "by": watch.asserted_by,
        "time": watch.asserted_at,
        "reason": watch.reason,
    }


def _print_state(state: WatchState) -> None:
    watch, order = state.watch, state.watch.order
    often = "by the schedule" if order.every is None else f"every {format_duration(order.every)}"
    counted = "1 statement" if state.statements == 1 else f"{state.statements} statements"
    until = f" until {format_instant(order.until)}" if order.until is not None else ""
    print_line(f"{watch.id}  {order.kind}  {order.address}")
    print_line(f"  {'how often':<11} {often}{until}   ({counted})")
    print_line(f"  {'last visit':<11} {format_instant_or_none(state.last_visit) or 'none'}")
    print_line(f"  {'next visit':<11} {format_instant_or_none(state.next_visit) or 'never again'}")
    print_line(f"  {'said by':<11} {watch.asserted_by}, {watch.asserted_at}")
    if watch.reason:
        print_line(f"  {'why':<11} {' '.join(watch.reason.split())}")
