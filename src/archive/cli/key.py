"""``archive key``: the keys that sign the log.  Not for: how (`archive.workflows.keys`)."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from archive.cli.options import (
    archive_option,
    by_option,
    format_instant_or_none,
    json_option,
    print_aside,
    print_json,
    print_line,
)
from archive.cli.world import find_open_archive, make_world
from archive.core.key import PublicKey, format_public_pem, format_verifier_key
from archive.errors import EXIT_DONE, EXIT_FINDINGS, InputError
from archive.store.signer import Succession
from archive.workflows.key_ring import KeyState, find_key, read_key_ring
from archive.workflows.key_trial import check_keys
from archive.workflows.keys import (
    KeyMove,
    confirm_place,
    find_loss,
    make_first_key,
    retire_key,
    rotate_key,
)
from archive.workflows.opening import World, open_for_writing

passphrase_option = click.option(
    "--passphrase",
    is_flag=True,
    help="Ask for the passphrase of private keys.  [default: ARCHIVE_KEY_PASSPHRASE, or none]",
)


def _require_reason(context: click.Context, option: click.Parameter, reason: str) -> str:
    """Refuse an empty reason before anything is opened."""
    if not reason.strip():
        raise InputError("a change of keys needs a reason", remedy="give --reason TEXT")
    return reason


reason_option = click.option(
    "--reason",
    required=True,
    metavar="TEXT",
    callback=_require_reason,
    help="Why; stored with the act.",
)


@click.group("key")
def command() -> None:
    """Show, change and test the keys that sign the log.

    Public keys lie in the archive, private ones outside it.  The first is made with the log.
    """


@command.command("new")
@passphrase_option
@archive_option
@json_option
def make(passphrase: bool, folder: Path | None, as_json: bool) -> int:
    """Make the first key of an archive that has none yet."""
    world = _make_world(passphrase, confirm=True)
    key = make_first_key(find_open_archive(folder), world)
    if as_json:
        print_json(_describe_key(key))
    else:
        print_line(f"made: {format_verifier_key(key)}")
    return EXIT_DONE


@command.command("show")
@click.argument("name", metavar="[ID]", required=False)
@click.option("--pem", is_flag=True, help="Print public keys as other programs read them.")
@archive_option
@json_option
def show(name: str | None, pem: bool, folder: Path | None, as_json: bool) -> int:
    """Show the public keys: since when, until when, and whether the private one is at hand."""
    ring = read_key_ring(find_open_archive(folder), make_world())
    states = ring.keys
    if name is not None:
        wanted = find_key([state.key for state in states], name)
        states = tuple(state for state in states if state.key == wanted)
    if as_json:
        waiting = [path.name for path in ring.waiting]
        print_json({"keys": list(map(_describe_state, states)), "begun": waiting})
        return EXIT_DONE
    for state in states:
        if pem:
            for line in format_public_pem(state.key).decode().splitlines():
                print_line(line)
        else:
            _print_state(state)
    if not states:
        print_aside("no key yet: archive key new")
    for path in () if pem else ring.waiting:
        verb = "witness" if path.name.startswith("witness-") else "key"
        print_line(f"{path} waits: repeat the rotation that was begun, archive {verb} rotate")
    return EXIT_DONE


@command.command("rotate")
@reason_option
@click.option("--lost", is_flag=True, help="The old private key is gone: retire it at once.")
@click.option(
    "--restored",
    is_flag=True,
    help="The archive was restored from an older copy than was signed: retire the old key.",
)
@passphrase_option
@by_option
@archive_option
@json_option
def rotate(
    reason: str,
    lost: bool,
    restored: bool,
    passphrase: bool,
    by: str | None,
    folder: Path | None,
    as_json: bool,
) -> int:
    """Take a new key into use; the old one signs beside it until it is retired.

    The new key is announced in the log before it signs.  An interrupted rotation is finished by
    the same command.
    """
    succession: Succession | None = "restored" if restored else "lost" if lost else None
    with open_for_writing(
        find_open_archive(folder),
        # Where the old key is gone, the passphrase is a new one: there is nothing to try it on.
        _make_world(passphrase, confirm=lost),
        options="key rotate",
        succession=succession,
    ) as archive:
        loss = find_loss(archive) if restored else None
        if loss is not None:
            print_aside(f"restored from an older copy: {loss}")
        move = rotate_key(archive, reason=reason, by=by)
    _print_move(move, as_json=as_json, loss=loss)
    return EXIT_DONE


@command.command("retire")
@click.argument("name", metavar="ID")
@reason_option
@passphrase_option
@by_option
@archive_option
@json_option
def retire(
    name: str, reason: str, passphrase: bool, by: str | None, folder: Path | None, as_json: bool
) -> int:
    """Let a key sign no more.  What it signed while it was in use goes on to hold."""
    with open_for_writing(
        find_open_archive(folder), _make_world(passphrase), options="key retire"
    ) as archive:
        move = retire_key(archive, name, reason=reason, by=by)
    _print_move(move, as_json=as_json)
    return EXIT_DONE


@command.command("move")
@passphrase_option
@archive_option
@json_option
def move(passphrase: bool, folder: Path | None, as_json: bool) -> int:
    """Confirm that the private keys lie where key_path in archive.toml says now.

    Copy them there first.  Until this is confirmed nothing is signed with keys in another folder
    than before: archive.toml may have been changed by somebody else.
    """
    place = confirm_place(find_open_archive(folder), _make_world(passphrase))
    if as_json:
        print_json({"old": str(place.old) if place.old else None, "new": str(place.new)})
        return EXIT_DONE
    print_line(f"private keys: {place.new}")
    if place.old is not None and place.old != place.new:
        print_aside(f"before: {place.old}; remove what is left of them there")
    return EXIT_DONE


@command.command("test")
@passphrase_option
@archive_option
@json_option
def test(passphrase: bool, folder: Path | None, as_json: bool) -> int:
    """Have every key in use sign a text, check that, and look at its files; 1 if one fails."""
    tests = check_keys(find_open_archive(folder), _make_world(passphrase))
    failed = any(item.problems for item in tests) or not tests
    if as_json:
        described = [_describe_key(item.key) | {"problems": item.problems} for item in tests]
        print_json({"keys": described, "ok": not failed})
        return EXIT_FINDINGS if failed else EXIT_DONE
    for item in tests:
        words = "; ".join(item.problems) or "signs, and the signature holds"
        print_line(f"{item.key.use:<8}{item.key.id.hex()}  {words}")
    if not tests:
        print_aside("no key is in use: archive key new")
    return EXIT_FINDINGS if failed else EXIT_DONE


def _make_world(passphrase: bool, *, confirm: bool = False) -> World:
    world = make_world()
    if not passphrase:
        return world
    given: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm, err=True)
    if not given:
        raise InputError("an empty passphrase protects nothing")
    return replace(world, passphrase=given.encode())


def _print_state(state: KeyState) -> None:
    key = state.key
    print_line(f"{key.use:<8}{key.id.hex()}   {format_verifier_key(key)}")
    began = "with the log" if state.is_first else "not announced by the log"
    print_line(f"  since       {format_instant_or_none(state.since) or began}")
    if state.retired is not None:
        print_line(f"  retired     {format_instant_or_none(state.retired)}")
    print_line(f"  private     {state.private or 'not at hand'}")
    if state.advice:
        print_line(f"  advice      {state.advice}")


def _print_move(move: KeyMove, *, as_json: bool, loss: str | None = None) -> None:
    added = None if move.added is None else _describe_key(move.added)
    if as_json:
        retired = [_describe_key(key) for key in move.retired]
        print_json(
            {
                "added": added,
                "retired": retired,
                "leaf": move.leaf,
                "finished": move.finished,
                "loss": loss,
            }
        )
        return
    if move.finished:
        print_aside("what an interrupted command had begun is finished")
    if move.added is not None:
        print_line(f"in use: {format_verifier_key(move.added)} (leaf {move.leaf} of the log)")
    for key in move.retired:
        print_line(f"retired: {format_verifier_key(key)} (leaf {move.leaf} of the log)")


def _describe_key(key: PublicKey) -> dict[str, Any]:
    return {
        "id": key.id.hex(),
        "use": key.use,
        "name": key.name,
        "verifier_key": format_verifier_key(key),
        "pem": format_public_pem(key).decode(),
    }


def _describe_state(state: KeyState) -> dict[str, Any]:
    return _describe_key(state.key) | {
        "first": state.is_first,
        "since": format_instant_or_none(state.since),
        "retired": format_instant_or_none(state.retired),
        "private": None if state.private is None else str(state.private),
        "advice": state.advice or None,
    }
