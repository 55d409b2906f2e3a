"""``archive witness``: be a witness for other archives.

Not for: how (`archive.workflows.witness`), or asking witnesses (`archive.cli.log_witness`).
"""

from pathlib import Path
from typing import Any

import click

from archive.cli.options import (
    archive_option,
    by_option,
    json_option,
    print_aside,
    print_json,
    print_line,
)
from archive.cli.world import find_open_archive, make_world
from archive.core.key import format_verifier_key
from archive.service.witness import run_witness
from archive.store.witness import WitnessedLog
from archive.workflows.opening import open_for_writing
from archive.workflows.witness import (
    add_logs,
    find_known_checkpoint,
    list_logs,
    make_service,
    remove_log,
)
from archive.workflows.witness_keys import make_witness_key, rotate_witness_key


@click.group("witness")
def command() -> None:
    """Be a witness for other archives: sign that their logs were only ever added to.

    A witness remembers the newest checkpoint of each log that it knows, and signs a newer one
    only with proof that it continues this one.  It knows the logs whose keys its keeper has
    added, and no others.
    """


@command.command("add")
@click.argument("keys", metavar="VKEY...", nargs=-1, required=True)
@archive_option
@json_option
def add(keys: tuple[str, ...], folder: Path | None, as_json: bool) -> int:
    """Be a witness of the logs that these verifier keys sign.

    A log's key lies in its archive as metadata/keys/log-ID.vkey; take it from a hand you trust,
    not over the network.  Several keys of one log stand side by side: after a key change, add
    the new one.
    """
    for log in add_logs(find_open_archive(folder), make_world(), keys):
        _print_log(log, as_json=as_json)
    return 0


@command.command("list")
@archive_option
@json_option
def list_(folder: Path | None, as_json: bool) -> int:
    """List the logs that this archive is a witness of, or was."""
    logs = list_logs(find_open_archive(folder))
    for log in logs:
        _print_log(log, as_json=as_json)
    if not logs and not as_json:
        print_aside("this archive is no witness yet (archive witness add VKEY)")
    return 0


@command.command("remove")
@click.argument("origin")
@archive_option
@json_option
def remove(origin: str, folder: Path | None, as_json: bool) -> int:
    """Be a witness of the log ORIGIN no longer.

    Its keys are not trusted any more.  The checkpoint that was cosigned last is never forgotten:
    should the log be added again, it must continue that one.
    """
    _print_log(remove_log(find_open_archive(folder), make_world(), origin), as_json=as_json)
    return 0


@command.command("rotate")
@click.option("--reason", required=True, metavar="TEXT", help="Why; stored with the act.")
@by_option
@archive_option
@json_option
def rotate(reason: str, by: str | None, folder: Path | None, as_json: bool) -> int:
    """Take a new witness key into use; a key whose private half is lost is retired.

    The old one signs beside it where it is at hand.  Give the new verifier key to those who ask
    this witness.  An interrupted rotation is finished by the same command.
    """
    with open_for_writing(
        find_open_archive(folder), make_world(), options="witness rotate"
    ) as archive:
        move = rotate_witness_key(archive, reason=reason, by=by)
    added = format_verifier_key(move.added) if move.added else None
    retired = tuple(map(format_verifier_key, move.retired))
    if as_json:
        print_json({"added": added, "retired": retired, "leaf": move.leaf})
        return 0
    print_line(f"in use: {added} (leaf {move.leaf} of the log)")
    for line in retired:
        print_line(f"retired: {line} (leaf {move.leaf} of the log)")
    return 0


@command.command("show")
@archive_option
@json_option
def show(folder: Path | None, as_json: bool) -> int:
    """Show the verifier key of this witness; on first use it is made."""
    for key in make_witness_key(find_open_archive(folder), make_world()):
        line = format_verifier_key(key)
        if as_json:
            print_json({"name": key.name, "key": line})
        else:
            print_line(line)
    return 0


@command.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8002,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@archive_option
@json_option
def serve(host: str, port: int, folder: Path | None, as_json: bool) -> int:
    """Answer what other archives ask over HTTP (C2SP tlog-witness), until Ctrl-C.

    Each question is told in a line on standard error.  To be reached from outside, let a web
    server with TLS pass POST /add-checkpoint on to it.
    """
    archive = find_open_archive(folder)
    world = make_world()
    keys = tuple(map(format_verifier_key, make_witness_key(archive, world)))

    def tell_port(found: int) -> None:
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{shown}:{found}/"
        if as_json:
            print_json({"address": address, "keys": keys})
        else:
            print_line(address)
            for key in keys:
                print_line(key)

    service = make_service(archive, world, tell=print_aside)
    run_witness(service, host=host, port=port, tell_port=tell_port)
    return 0


def _print_log(log: WitnessedLog, *, as_json: bool) -> None:
    known = find_known_checkpoint(log)
    if as_json:
        print_json(_describe_log(log))
        return
    state = "nothing cosigned yet" if known is None else f"{known.size} leaves cosigned"
    trust = f"{len(log.keys)} keys" if len(log.keys) != 1 else "1 key"
    what = trust if log.keys else "not trusted any more"
    fork = "; FORKED: two signed histories are kept" if log.fork else ""
    print_line(f"{log.origin}  {what}  {state}{fork}")


def _describe_log(log: WitnessedLog) -> dict[str, Any]:
    known = find_known_checkpoint(log)
    return {
        "origin": log.origin,
        "keys": [format_verifier_key(key) for key in log.keys],
        "size": known.size if known else None,
        "root": known.root.hex() if known else None,
        "forked": log.fork is not None,
    }
