"""``archive log``: the capture log, and proofs from it.  Not for: how (`archive.workflows`)."""

import json
from pathlib import Path
from typing import Any

import click

from archive.cli import log_witness
from archive.cli.options import (
    archive_option,
    find_open_archive,
    format_instant_or_none,
    json_option,
    print_aside,
    print_json,
    print_line,
)
from archive.core.checkpoint import parse_checkpoint
from archive.core.key import format_verifier_key
from archive.core.proof import format_hash
from archive.errors import EXIT_DONE, EXIT_FINDINGS
from archive.interchange.bundle import Bundle
from archive.workflows.log import Kept, compare_checkpoints, read_leaf_card, read_log_card
from archive.workflows.prove import Proven, describe_time, prove_leaf

_NOT_SERVED = "that the publisher served them to others is not proved."


@click.group("log")
def command() -> None:
    """Show the capture log, compare it with what others kept, and prove what is in it."""


@command.command("show")
@click.argument("name", metavar="[ID|URL|LEAF]", required=False)
@archive_option
@json_option
def show(name: str | None, folder: Path | None, as_json: bool) -> int:
    """Show the log as a whole, or one leaf and its hash.

    LEAF is a leaf's number, from 0; ID and URL are as in `archive show`, and the record id of a
    conversion, annotation or event.
    """
    archive = find_open_archive(folder)
    card = read_log_card(archive) if name is None else read_leaf_card(archive, name)
    if as_json:
        print_json(card)
    elif name is None:
        _print_log(card)
    else:
        _print_leaf(card)
    return EXIT_DONE


@command.command("consistency")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="[NEW]", required=False)
@archive_option
@json_option
def consistency(old: str, new: str | None, folder: Path | None, as_json: bool) -> int:
    """Prove that the checkpoint OLD is the start of NEW; exit code 1 if it is not.

    Each is a number of leaves, or a file with a checkpoint that somebody kept; without NEW, the
    log as it is.  Prints the hashes of the proof (RFC 6962), and what comes of it.
    """
    found = compare_checkpoints(find_open_archive(folder), old, new)
    code = EXIT_FINDINGS if found.problem else EXIT_DONE
    if as_json:
        print_json(
            {
                "old": _describe_kept(found.old),
                "new": _describe_kept(found.new),
                "proof": list(map(format_hash, found.hashes)),
                "holds": found.problem is None,
                "problem": found.problem,
            }
        )
        return code
    for item in found.hashes:
        print_line(format_hash(item))
    for kept in (found.old, found.new):
        if kept.note is not None:
            names = ", ".join(key.id.hex() for key in kept.signers)
            print_aside(f"{kept.where}: signed by {names or 'no key that is known here'}")
    sizes = found.old.checkpoint.size, found.new.checkpoint.size
    holds = f"holds: the tree of {sizes[0]} is the start of the tree of {sizes[1]}"
    print_line(f"does not hold: {found.problem}" if found.problem else holds)
    return code


@command.command("prove")
@click.argument("name", metavar="ID|URL|LEAF")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder to make.  [default: ID-proof, in the current folder]",
)
@archive_option
@json_option
def prove(name: str, output: Path | None, folder: Path | None, as_json: bool) -> int:
    """Write a folder with which a stranger checks one capture or record, without this program.

    It holds the records, their leaf, the proof that the leaf is in the log, the signed checkpoint,
    every time stamp over it, and VERIFY.md, which says what is proved and how to check it.
    """
    proven = prove_leaf(find_open_archive(folder), name, output, tell=print_aside)
    if as_json:
        print_json(_describe_proven(proven))
    else:
        _print_proven(proven)
    return EXIT_DONE


def _print_log(card: dict[str, Any]) -> None:
    print_line(f"{card['origin']}")
    print_line(f"  size        {card['size']}")
    print_line(f"  root        {card['root']}")
    for item in card["signatures"]:
        retired = f", retired {item['retired']}" if item["retired"] else ""
        state = {
            "holds": "holds",
            "broken": "DOES NOT HOLD",
            "unknown": "by a key that is not known here",
        }[item["state"]]
        print_line(f"  signature   {item['id']}  {state}{retired}  ({item['name']})")
    if not card["signatures"]:
        print_line("  signature   none")
    if card["last"] is not None:
        leaf = card["last"]["leaf"]
        print_line(f"  last leaf   {leaf['sequence']}  {leaf['type']}  {leaf['time']}")
    for kind, count in card["types"].items():
        print_line(f"  {kind:<11} {count}")
    print_line("  checkpoint")
    for line in (card["checkpoint"] or "").splitlines():
        print_line(f"    {line}".rstrip())


def _print_leaf(card: dict[str, Any]) -> None:
    print_line(f"leaf {card['sequence']}, hash {card['hash']}")
    for line in json.dumps(card["leaf"], indent=2).splitlines():
        click.echo(line)


def _print_proven(proven: Proven) -> None:
    bundle = proven.bundle
    size = parse_checkpoint(bundle.proof.checkpoint.text).size
    print_line(f"{proven.folder}/")
    print_line(f"  leaf        {bundle.leaf.sequence} ({bundle.leaf.kind}), in a tree of {size}")
    for token in bundle.tokens:
        stated = format_instant_or_none(token.stated)
        print_line(f"  time stamp  {stated}  {token.authority}")
    for key in bundle.witnesses:
        print_line(f"  witness     {key.name}")
    print_line(f"  key         {format_verifier_key(bundle.key)}")
    print_line(f"  to check    the commands in {proven.folder / 'VERIFY.md'}")
    print_line(f"  {_format_limit(bundle)}")


def _format_limit(bundle: Bundle) -> str:
    time = format_instant_or_none(describe_time(bundle))
    when = f"by {time}" if time else "by the archive's own word alone, as no outsider dated it"
    return f"It proves that this archive held these bytes {when}; {_NOT_SERVED}"


def _describe_proven(proven: Proven) -> dict[str, Any]:
    bundle = proven.bundle
    checkpoint = parse_checkpoint(bundle.proof.checkpoint.text)
    return {
        "folder": str(proven.folder),
        "leaf": bundle.leaf.sequence,
        "type": bundle.leaf.kind,
        "address": bundle.address,
        "size": checkpoint.size,
        "root": format_hash(checkpoint.root),
        "key": format_verifier_key(bundle.key),
        "timestamps": [
            {"authority": token.authority, "stated": format_instant_or_none(token.stated)}
            for token in bundle.tokens
        ],
        "witnesses": [format_verifier_key(key) for key in bundle.witnesses],
        "held_by": format_instant_or_none(describe_time(bundle)),
        "proves": _format_limit(bundle),
    }


def _describe_kept(kept: Kept) -> dict[str, Any]:
    return {
        "size": kept.checkpoint.size,
        "root": format_hash(kept.checkpoint.root),
        "origin": kept.checkpoint.origin,
        "signed_by": [key.id.hex() for key in kept.signers],
    }


command.add_command(log_witness.command)
