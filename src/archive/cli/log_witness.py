"""``archive log witness``: ask witnesses to cosign.  Not for: how (`workflows.log_witness`)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from archive.cli.options import archive_option, json_option, print_aside, print_json, print_line
from archive.cli.world import find_open_archive, make_world, network_option
from archive.core.instant import format_instant
from archive.core.key import format_verifier_key
from archive.core.note import format_note
from archive.errors import EXIT_DONE, WitnessError
from archive.witness.cosign import Cosigned, parse_cosigned_checkpoint
from archive.workflows.asking import choose_witnesses
from archive.workflows.log_witness import WitnessResult, ask_witnesses
from archive.workflows.opening import open_for_writing
from archive.workflows.settings import Network, make_transport
from archive.workflows.verifier_keys import parse_witness_key


@click.command("witness")
@click.argument("names", metavar="[URL|DIR]...", nargs=-1)
@click.option(
    "--key",
    "keys",
    metavar="VKEY",
    multiple=True,
    help="Verifier key of a witness, beside those of archive.toml.  A witness on this machine,"
    " named by its folder, is known by the key in there if none is given.",
)
@network_option
@archive_option
@json_option
def command(
    names: tuple[str, ...],
    keys: tuple[str, ...],
    networks: tuple[Network, ...],
    folder: Path | None,
    as_json: bool,
) -> int:
    """Ask witnesses to cosign the newest checkpoint, and store what they sign.

    A witness signs only if the log continues what it signed before, so nobody can take back, or
    change, what the log has shown it.  Without a name every witness of archive.toml is asked.
    If one refuses, or does not answer, the exit code is 6; what the others signed is stored.
    """
    archive = find_open_archive(folder)
    witnesses = choose_witnesses(archive, names, tuple(map(parse_witness_key, keys)))
    transport = make_transport(
        archive.settings, spool_folder=archive.layout.warcs, networks=networks
    )
    with open_for_writing(archive, make_world(), options="log witness") as writing:
        results = ask_witnesses(writing, witnesses, transport=transport)
    for result in results:
        _print_result(result, as_json=as_json)
    _require_all(results)
    return EXIT_DONE


def _print_result(result: WitnessResult, *, as_json: bool) -> None:
    if result.forgotten is not None:
        print_aside(
            f"{result.address}: the witness had cosigned {result.forgotten} leaves, and remembers"
            " fewer: it was set back; tell its keeper"
        )
    if as_json:
        print_json({"address": result.address, **_describe_outcome(result)})
    elif isinstance(result.outcome, Cosigned):
        size = parse_cosigned_checkpoint(result.outcome.note).size
        when = format_instant(datetime.fromtimestamp(result.outcome.time, UTC))
        leaves = "1 leaf" if size == 1 else f"{size} leaves"
        print_line(f"{leaves} cosigned at {when} by {result.outcome.key.name}")
        print_line(f"  key {format_verifier_key(result.outcome.key)}")


def _describe_outcome(result: WitnessResult) -> dict[str, Any]:
    outcome = result.outcome
    if not isinstance(outcome, Cosigned):
        return {"outcome": "refused", "why": outcome.why, "remedy": outcome.remedy}
    return {
        "outcome": "cosigned",
        "record_id": result.record_id,
        "size": parse_cosigned_checkpoint(outcome.note).size,
        "time": format_instant(datetime.fromtimestamp(outcome.time, UTC)),
        "key": format_verifier_key(outcome.key),
        "note": format_note(outcome.note),
    }


def _require_all(results: Sequence[WitnessResult]) -> None:
    """Return if every witness signed.

    Raises:
        WitnessError: one did not.
    """
    refused = [
        (result.address, result.outcome)
        for result in results
        if not isinstance(result.outcome, Cosigned)
    ]
    if refused:
        raise WitnessError(
            "; ".join(f"{address}: {outcome.why}" for address, outcome in refused),
            remedy="; ".join(dict.fromkeys(outcome.remedy for _, outcome in refused)),
        )
