"""Proof bundles: a folder with which a stranger checks one leaf of the log, without us.

Follows ``docs/format.md``, "Proof bundles".  `format_bundle` is pure; `write_bundle` writes.
The commands compare the digests of all files, their own page's among them, in a line that follows
no comment: a line end that is lost before it could otherwise make the check a part of that.
Over 300 lines: most are the page and its commands, which are read side by side.

Not for: choosing what goes into one (`archive.workflows.prove`).
"""

import base64
import hashlib
import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from archive.core.checkpoint import parse_checkpoint
from archive.core.instant import format_instant
from archive.core.key import (
    PublicKey,
    find_witness_time,
    format_public_pem,
    format_verifier_key,
)
from archive.core.leaf import Leaf
from archive.core.note import Note, format_note
from archive.core.proof import InclusionProof, format_proof
from archive.core.text import show_hidden
from archive.errors import InputError, StoreError

RECORD = "record.warc.gz"
_PAGE = "VERIFY.md"
_SUMS = "SHA256SUMS"
_CERTIFICATE = re.compile(
    r"^-----BEGIN CERTIFICATE-----$([A-Za-z0-9+/=\s]*?)^-----END CERTIFICATE-----$", re.MULTILINE
)
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An authority's answer (RFC 3161) over the checkpoint's text, as it came.

    ``roots`` are certificates in PEM that it is verified with; ``stated`` is its time.
    """

    authority: str
    response: bytes
    roots: tuple[str, ...]
    stated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What goes into a bundle, but the records' bytes.

    ``entry`` is the leaf as it is stored; ``key`` signed the checkpoint in ``proof``, and so did
    ``witnesses``; ``retired`` says when the key was given up.  ``address``, ``captured`` and
    ``revisit_of`` are of a capture.
    """

    leaf: Leaf
    entry: bytes
    proof: InclusionProof
    key: PublicKey
    retired: datetime | None = None
    witnesses: tuple[PublicKey, ...] = ()
    tokens: tuple[Token, ...] = ()
    address: str | None = None
    revisit_of: str | None = None
    captured: datetime | None = None

    @property
    def length(self) -> int:
        """How many bytes the stored members have."""
        return sum(placed.length for placed in self.leaf.records)


def format_bundle(bundle: Bundle) -> dict[str, bytes]:
    """Return the files of a bundle by name, but `RECORD` and the list of digests."""
    found = {
        "leaf.json": bundle.entry,
        "proof.tlog-proof": format_proof(bundle.proof).encode(),
        "checkpoint": format_note(bundle.proof.checkpoint).encode(),
        "verify.py": _read_resource("verify.py"),
    }
    keys = {"key": bundle.key}
    keys |= {f"witness-{place}": key for place, key in enumerate(bundle.witnesses, 1)}
    for name, key in keys.items():
        found[f"{name}.vkey"] = f"{format_verifier_key(key)}\n".encode()
        found[f"{name}.pem"] = format_public_pem(key)
    for place, token in enumerate(bundle.tokens, 1):
        found[f"timestamp-{place}.tsr"] = token.response
        found[f"timestamp-{place}.pem"] = _format_roots(token)
    names = sorted({*found, RECORD, _PAGE})
    found[_PAGE] = _format_page(bundle, names).encode()
    return found


def write_bundle(folder: Path, contents: Mapping[str, bytes], record: Iterable[bytes]) -> None:
    """Make the folder of a bundle: whole, or not at all.

    Raises:
        InputError: there is something at ``folder`` already, or nothing that it could lie in.
        StoreError: the disk refuses.
    """
    require_free(folder)
    try:
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.absolute().parent))
        try:
            sums = {RECORD: _write(temporary / RECORD, record)}
            for name, data in contents.items():
                sums[name] = _write(temporary / name, [data])
            listed = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))
            _write(temporary / _SUMS, [listed.encode()])
            temporary.chmod(0o755)
            _sync_folder(temporary)
            temporary.rename(folder)
            _sync_folder(folder.absolute().parent)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
    except OSError as error:
        raise StoreError(
            f"cannot write {folder}: {error.strerror or error}",
            remedy="look at the folder's permissions and the disk's free space",
        ) from error


def require_free(folder: Path) -> None:
    """Refuse a folder that has something in it, or that nothing holds.

    Raises:
        InputError: so it is.
    """
    if not folder.absolute().parent.is_dir():
        raise InputError(f"{folder.absolute().parent} is no folder", remedy="make it first")
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise InputError(f"{folder} is there already", remedy="name another with -o DIR")


def _write(path: Path, pieces: Iterable[bytes]) -> str:
    hasher = hashlib.sha256()
    with path.open("xb") as stream:
        for piece in pieces:
            hasher.update(piece)
            stream.write(piece)
        stream.flush()
        os.fsync(stream.fileno())
    return hasher.hexdigest()


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_resource(name: str) -> bytes:
    return (files("archive.interchange") / "resources" / name).read_bytes()


def _format_page(bundle: Bundle, names: Sequence[str]) -> str:
    """Return the page that says what the bundle proves, and holds the commands."""
    line = format_verifier_key(bundle.key)
    parts = {
        "subject": _describe_subject(bundle),
        "proved": _describe_proved(bundle),
        "vkey": line,
        "quoted": shlex.quote(line),
        "retired": _describe_retired(bundle),
        "compare": "".join(_describe_outsiders(bundle)),
        "more": "".join(_list_more(bundle)),
        "names": " ".join(names),
        "folder": " ".join(sorted({*names, _SUMS})),
        "members": "\n".join(_format_members(bundle.leaf)),
        "length": str(bundle.length),
        "line": str(_find_line(bundle.proof.checkpoint, bundle.key)),
        "outside": "".join(_format_outside(bundle)),
    }
    page = _read_resource(_PAGE).decode()
    first, *rest = page.split("{{")  # once, so that no value can hold a place of its own
    for piece in rest:
        name, _, after = piece.partition("}}")
        first += parts[name] + after
    return first


def _describe_subject(bundle: Bundle) -> str:
    checkpoint = parse_checkpoint(bundle.proof.checkpoint.text)
    lines = [
        f"- log: `{_quote(checkpoint.origin)}`",
        f"- leaf: {bundle.leaf.sequence}, of type {bundle.leaf.kind}",
        f"- stored: {format_instant(bundle.leaf.time)} (the archive's word)",
    ]
    if bundle.address is not None and bundle.captured is not None:
        lines.append(f"- address: `{_quote(bundle.address)}`")
        lines.append(f"- captured: {format_instant(bundle.captured)} (the archive's word)")
    if bundle.revisit_of is not None:
        lines.append(
            "- the answer had the same payload as an earlier one, and was stored without it: the"
            f" payload lies in the record `{_quote(bundle.revisit_of)}`, which has its own proof"
        )
    return "\n".join(lines)


def _describe_proved(bundle: Bundle) -> str:
    listed = "the log that is signed with the key below lists the records in `record.warc.gz`"
    lines = [f"- {listed}, byte for byte;"]
    lines += [
        f"- it did so **by {format_instant(token.stated)}**, on the word of the time-stamping"
        f" authority `{_quote(token.authority)}`: the archive held these bytes by then;"
        for token in bundle.tokens
    ]
    for key in bundle.witnesses:
        time = datetime.fromtimestamp(_find_time(bundle, key), UTC)
        lines.append(
            f"- the witness `{_quote(key.name)}` saw the checkpoint by"
            f" **{format_instant(time)}**, and found that it continues all that it had seen of"
            " this log before;"
        )
    if not bundle.tokens and not bundle.witnesses:
        lines.append(
            "- **when** it did so is the archive's own word: no outsider has put a time to this"
            " checkpoint;"
        )
    return "\n".join(lines).removesuffix(";") + "."


def _describe_retired(bundle: Bundle) -> str:
    if bundle.retired is None:
        return ""
    return (
        f"\n\nThe archive retired this key on {format_instant(bundle.retired)}. A signature that a"
        " time stamp shows to be older goes on to hold."
    )


def _describe_outsiders(bundle: Bundle) -> Iterator[str]:
    """Yield by what each outsider is known: whoever checks has to compare that too."""
    if not (bundle.witnesses or bundle.tokens):
        return
    yield (
        "\n\nWhat outsiders say hangs on their keys in the same way: anybody can make a witness or"
        " an authority of any name."
        " **Compare each with what that witness or authority publishes**:\n"
    )
    for key in bundle.witnesses:
        line = format_verifier_key(key)
        yield f"\n- the witness `{_quote(key.name)}` has the key `{_quote(line)}`"
    for place, token in enumerate(bundle.tokens, 1):
        for _, fingerprint in _list_roots(token):
            yield (
                f"\n- the root certificate of the time stamp {place}, of"
                f" `{_quote(token.authority)}`, has the SHA-256 fingerprint `{fingerprint}`"
            )


def _format_roots(token: Token) -> bytes:
    """Return the file of the certificates that a token is verified with."""
    pems = (pem if pem.endswith("\n") else f"{pem}\n" for pem in token.roots)
    return "".join(pems).encode()


def _list_roots(token: Token) -> Iterator[tuple[int, str]]:
    """Yield the line, counted from 1, where each certificate begins; and its fingerprint."""
    text = _format_roots(token).decode()
    for found in _CERTIFICATE.finditer(text):
        data = base64.b64decode(found[1])
        yield text.count("\n", 0, found.start()) + 1, hashlib.sha256(data).hexdigest()


def _format_root_checks(place: int, token: Token) -> Iterator[str]:
    """Yield the commands that compare the certificates with the fingerprints in the page."""
    file = f"timestamp-{place}.pem"
    roots = tuple(_list_roots(token))
    yield f'[ "$(grep -c -e -----BEGIN {file})" -eq {len(roots)} ]\n'
    for line, fingerprint in roots:
        yield (
            f'[ "$(tail -n +{line} {file} | openssl x509 -outform DER | sha256sum)"'
            f" = '{fingerprint}  -' ]\n"
        )


def _list_more(bundle: Bundle) -> Iterator[str]:
    for place, key in enumerate(bundle.witnesses, 1):
        yield (
            f"| `witness-{place}.vkey`, `witness-{place}.pem` | the public key of the witness"
            f" `{_quote(key.name)}` |\n"
        )
    for place, token in enumerate(bundle.tokens, 1):
        yield (
            f"| `timestamp-{place}.tsr`, `timestamp-{place}.pem` | the time stamp of"
            f" `{_quote(token.authority)}` (RFC 3161), and the certificates to verify it with |\n"
        )


def _format_members(leaf: Leaf) -> Iterator[str]:
    start = 1
    for placed in leaf.records:
        yield (
            f'[ "$(tail -c +{start} {RECORD} | head -c {placed.length} | sha256sum)"'
            f' = "{placed.member.value}  -" ]'
        )
        start += placed.length


def _format_outside(bundle: Bundle) -> Iterator[str]:
    """Yield the commands that check what outsiders signed."""
    for place, token in enumerate(bundle.tokens, 1):
        stated = token.stated.astimezone(UTC)
        day = f"{_MONTHS[stated.month - 1]} {stated.day:2d} {stated:%H:%M:%S}"
        yield (
            "\n# A time stamp over the same text; certificates are judged as of its own time.\n"
            + "".join(_format_root_checks(place, token))
            + f'openssl ts -verify -data "$work/text" -in timestamp-{place}.tsr'
            f" -CAfile timestamp-{place}.pem -attime {int(stated.timestamp())}\n"
            f'case "$(openssl ts -reply -in timestamp-{place}.tsr -text)" in\n'
            f"*'Time stamp: {day}'*' {stated.year} GMT'*)"
            f" echo 'held by {format_instant(stated)}' ;;\n"
            "*) exit 1 ;;\nesac\n"
        )
    for place, key in enumerate(bundle.witnesses, 1):
        line = _find_line(bundle.proof.checkpoint, key)
        yield (
            "\n# A witness signed the same text, and when it saw it.\n"
            f'[ "$(cat witness-{place}.vkey)" = {shlex.quote(format_verifier_key(key))} ]\n'
            f"{{ printf 'cosignature/v1\\ntime %s\\n' {_find_time(bundle, key)};"
            ' cat "$work/text"; } > "$work/message"\n'
            f"tail -n +{line} checkpoint | head -n 1 | cut -d ' ' -f 3 | base64 -d"
            ' | tail -c 64 > "$work/signature"\n'
            f"openssl pkeyutl -verify -pubin -inkey witness-{place}.pem -rawin"
            ' -in "$work/message" -sigfile "$work/signature"\n'
        )


def _find_line(note: Note, key: PublicKey) -> int:
    """Return in which line of the note, counted from 1, ``key`` signed."""
    signed = [(item.name, item.key_id) for item in note.signatures]
    return note.text.count("\n") + 2 + signed.index((key.name, key.id))


def _find_time(bundle: Bundle, key: PublicKey) -> int:
    time = find_witness_time(bundle.proof.checkpoint, key)
    if time is None:
        raise InputError(f"{key.name} did not sign this checkpoint")
    return time


def _quote(text: str) -> str:
    """Return text of others as it may stand between backticks."""
    return show_hidden(text).replace("`", "%60").replace("|", "%7C")
