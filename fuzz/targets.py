"""The targets: each takes any bytes, and fails if a promise about them is broken.

Rules:

1. What is no input of that kind is refused by an error of ours, never by another one.
2. What is accepted is written again as it was read.
3. No input takes more than `SECONDS`.

Not for: making inputs (`fuzz.inputs`, `fuzz.coverage`).
"""

import gzip
import hashlib
import io
import socket
import tempfile
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from pathlib import Path
from urllib.parse import urlsplit

import h11

from archive.capture.guard import check_destination
from archive.cite.manuscript import READERS
from archive.cite.passages import follow_passage
from archive.cite.quotes import find_nearest, find_quotation
from archive.cite.reading import read_mentions
from archive.core.checkpoint import format_checkpoint, hash_leaf, hash_tree, parse_checkpoint
from archive.core.finding import Finding
from archive.core.key import (
    PublicKey,
    check_note,
    format_verifier_key,
    parse_verifier_key,
)
from archive.core.note import format_note, parse_note
from archive.core.proof import (
    check_consistency,
    check_inclusion,
    format_proof,
    parse_proof,
    prove_consistency,
    prove_inclusion,
)
from archive.core.text import fold_quote, normalise_text
from archive.core.uri import Url, format_statement_key, format_surt, parse_url, resolve_location
from archive.errors import ArchiveError, DamageError, InputError
from archive.extract.feeds import parse_feed
from archive.extract.locator import resolve_beside
from archive.extract.sitemaps import parse_sitemap
from archive.extract.xml_elements import Stated
from archive.store.foreign.check import check_file
from archive.store.framing import Scanned, scan_record
from archive.store.gzip_members import Window
from archive.store.scan import scan_warc

SECONDS = 10.0
_KEY = PublicKey(name="fuzz.example", use="log", value=bytes(range(32)))
_BASE = parse_url("http://base.example/a/b?c")
_NAT64 = IPv6Network("64:ff9b::/96")


class Broken(Exception):  # noqa: N818  # a promise is broken; the input is not at fault
    """A promise was broken."""


def require(holds: object, promise: str) -> None:
    """Fail unless the promise holds.

    Raises:
        Broken: it does not.
    """
    if not holds:
        raise Broken(promise)


def fuzz_framing(data: bytes) -> None:
    """WARC files: whole records and findings, places in order, sound records sound alone."""
    content = _shape_file(data)
    with tempfile.TemporaryDirectory(prefix="archive-fuzz-") as folder:
        path = Path(folder) / "a.warc.gz"
        path.write_bytes(content)
        end = 0
        for item in scan_warc(path):
            match item:
                case Finding():
                    require(item.what and item.remedy, "a finding says what and what to do")
                case Scanned():
                    require(item.offset >= end, "records do not overlap")
                    end = item.offset + item.length
                    require(end <= len(content), "a record lies inside the file")
                    if not item.problems:
                        _require_sound(content[item.offset : end], item)
        for finding in check_file(path):
            require(finding.file == str(path), "a finding names its file")


def _shape_file(data: bytes) -> bytes:
    """Return the bytes as a file: plain, as members, or as they are."""
    kind, rest = data[:1], data[1:]
    if kind == b"g":
        return b"".join(gzip.compress(part, 1, mtime=0) for part in rest.split(b"\xff--\xff"))
    return rest if kind == b"p" else data


def _require_sound(member: bytes, found: Scanned) -> None:
    """Read a record that is called sound by itself, and once more with nothing of ours."""
    is_gzip = member[:2] == b"\x1f\x8b"
    alone = scan_record(Window(io.BytesIO(member), 0, len(member)), is_gzip=is_gzip)
    require(alone == replace(found, offset=0), "a sound record reads the same alone")
    record = zlib.decompress(member, 31) if is_gzip else member
    head, _, rest = record.partition(b"\r\n\r\n")
    lengths = [
        line.partition(b":")[2].strip()
        for line in head.split(b"\r\n")
        if line[:1] not in (b" ", b"\t")  # goes on with the field before it
        and line.partition(b":")[0].strip().lower() == b"content-length"
    ]
    require(len(lengths) == 1, "a sound record has one length")
    block, ends = rest[: int(lengths[0])], rest[int(lengths[0]) :]
    require(ends == b"\r\n\r\n", "a sound record ends with two line ends")
    require(hashlib.sha256(block).hexdigest() == found.block.value, "its block is that block")
    require(hashlib.sha256(record).hexdigest() == found.record.value, "its record is that record")


def fuzz_note(data: bytes) -> None:
    """Notes, checkpoints and keys: refused, or written again byte for byte."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        key = parse_verifier_key(text)
    except DamageError:
        pass
    else:
        require(format_verifier_key(key) == text, "a key has one spelling")
    try:
        note = parse_note(text)
    except DamageError:
        return
    require(format_note(note) == text, "a note has one spelling")
    require(parse_note(format_note(note)) == note, "a note is read as it was written")
    signed = check_note(note, [_KEY])
    require(not signed.good, "nobody signs without the key")
    try:
        checkpoint = parse_checkpoint(note.text)
    except DamageError:
        return
    require(format_checkpoint(checkpoint) == note.text, "a checkpoint has one spelling")


def fuzz_proof(data: bytes) -> None:
    """Proofs: true ones hold, and none holds for another leaf or root, whatever is given."""
    try:
        proof = parse_proof(data.decode("utf-8", "surrogateescape"))
    except DamageError:
        pass
    else:
        require(parse_proof(format_proof(proof)) == proof, "a proof is read as it was written")
    source = io.BytesIO(data)
    _fuzz_noise(source)
    size = source.read(1).ljust(1, b"\x01")[0] % 70 + 1
    leaves = tuple(hash_leaf(bytes([place]) + data[:8]) for place in range(size))
    index = int.from_bytes(source.read(1), "big") % size

    def read(height: int, place: int) -> bytes:
        return hash_tree(leaves[place << height : (place + 1) << height])

    root = hash_tree(leaves)
    hashes = prove_inclusion(read, index, size)
    require(check_inclusion(leaves[index], index, size, hashes, root), "a true proof holds")
    altered = _alter(source, hashes)
    if altered != hashes:
        held = check_inclusion(leaves[index], index, size, altered, root)
        require(not held, "an altered proof does not hold")
    consistency = prove_consistency(read, index, size)
    old = hash_tree(leaves[:index])
    require(check_consistency(index, old, size, root, consistency), "a true consistency holds")
    altered = _alter(source, consistency)
    if altered != consistency:
        held = check_consistency(index, old, size, root, altered)
        require(not held, "an altered consistency does not hold")


def _fuzz_noise(source: io.BytesIO) -> None:
    """Check proofs made of noise: no error, and never good for two leaves or two roots."""
    old, new = (int.from_bytes(source.read(4), "big", signed=True) for _ in range(2))
    size = source.read(1).ljust(1, b"\x00")[0]
    items = [source.read(size % 34 or 32) for _ in range(size % 9 + 2)]
    leaf, root, *hashes = items
    other = bytes([*leaf[:-1], leaf[-1] ^ 1]) if leaf else b"\x01" * 32
    for place, count in ((old, new), (0, 1), (size, size + 1)):
        held = [
            check_inclusion(one, place, count, hashes, two)
            for one in (leaf, other)
            for two in (leaf, root, other)
        ]
        require(sum(held[:3]) <= len({leaf, root, other}), "a leaf has one root")
        for two in (leaf, root, other):
            both = [check_inclusion(one, place, count, hashes, two) for one in (leaf, other)]
            require(not all(both), "a proof holds for one leaf")
        check_consistency(place, leaf, count, root, hashes)


def _alter(source: io.BytesIO, hashes: tuple[bytes, ...]) -> tuple[bytes, ...]:
    kind, place = source.read(1)[:1], int.from_bytes(source.read(2), "big")
    if kind < b"\x40" and hashes:
        return (*hashes[: place % len(hashes)], *hashes[place % len(hashes) + 1 :])
    if kind < b"\x80":
        return (*hashes, source.read(32).ljust(32, b"\x00"))
    if not hashes:
        return hashes
    at = place % len(hashes)
    item = bytearray(hashes[at])
    item[place % 32] ^= kind[0] & 0x7F
    return (*hashes[:at], bytes(item), *hashes[at + 1 :])


def fuzz_url(data: bytes) -> None:
    """URLs: refused, or understood alike by everybody, and no forbidden address among them."""
    try:
        text = data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    for read in (parse_url, lambda value: resolve_location(_BASE, value)):
        try:
            url = read(text)
        except InputError:
            continue
        _require_one_reading(url)
        if read is parse_url and text.isascii():
            _require_host(url, text)


def _require_one_reading(url: Url) -> None:
    written = str(url)
    require(written.isascii() and written.isprintable() and " " not in written, "it can travel")
    require(parse_url(written) == url, "an address is read as it was written")
    require(format_statement_key(url) and format_surt(url), "it has a key")
    _require_host(url, written)
    # h11 refuses what could not stand in a request.
    h11.Request(method="GET", target=url.target, headers=[("Host", url.authority)])
    try:
        address = ip_address(url.host)
    except ValueError:
        _require_no_number(url.host)
        return
    refused = check_destination(url.host, url.port, typed_port=True, allow=())
    require(refused or not _is_special(address), f"{url.host} is refused")


def _require_host(url: Url, text: str) -> None:
    """Compare with what the standard library makes of it."""
    split = urlsplit(text)
    host = split.hostname or ""
    same = host == url.host or (":" in host and ip_address(host) == ip_address(url.host))
    require(same, f"one host for all parsers: {host!r}, {url.host!r}")
    require((split.port or (80 if url.scheme == "http" else 443)) == url.port, "and one port")


def _require_no_number(host: str) -> None:
    """A name must be none that the system's resolver takes for an address."""
    try:
        socket.inet_aton(host)
    except OSError:
        return
    raise Broken(f"{host!r} is an address to the system")


def _is_special(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address) and address in _NAT64:
        address = IPv4Address(int(address) & 0xFFFFFFFF)
    elif isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address.sixtofour or address
    return (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
    )


def fuzz_feed(data: bytes) -> None:
    """A feed or sitemap never raises; what it states is found again, and addresses are whole."""
    sitemap = parse_sitemap(data, str(_BASE))
    found: list[tuple[str | None, tuple[Stated | None, ...]]] = [
        *((page.url, (page.modified, page.published, page.title)) for page in sitemap.pages),
        *(
            (entry.url, (entry.title, entry.published, entry.updated, *entry.authors))
            for entry in parse_feed(data, str(_BASE))
        ),
    ]
    for address, stated in found:
        require(address is None or str(parse_url(address)) == address, f"address {address!r}")
        for item in stated:
            if item is not None:
                again = (resolve_beside(item.locator, data) or "").encode("utf-8", "replace")
                require(again.decode()[: len(item.raw)] == item.raw, f"{item.locator} is elsewhere")


def fuzz_manuscript(data: bytes) -> None:
    """A manuscript in any form is read, or refused; what is found stands in it."""
    text = data.decode("utf-8", "replace")
    for reader in READERS.values():
        try:
            found = list(read_mentions(list(reader(text))))
        except InputError:
            continue
        require(all(item.identifier for item in found), "an identifier is never empty")


def fuzz_quotation(data: bytes) -> None:
    """A passage of a text (the first line is the quotation) is cut as it stands, and followed."""
    quote, _, rest = data.decode("utf-8", "replace").partition("\n")
    text = normalise_text(rest)
    try:
        found = find_quotation(text, quote)
        near = find_nearest(text, quote)
    except InputError:
        return
    require(near is None or text[near.start : near.end] == near.words, "the nearest is cut exactly")
    if found is not None:
        require(fold_quote(found.exact) == fold_quote(quote), "a quotation is what was quoted")
        require(text[found.start : found.end] == found.exact, "it is cut exactly")
        fate = follow_passage(text, found.start, found.end, text).fate
        require(fate == "unchanged", "in its own text a passage is unchanged")


TARGETS: dict[str, Callable[[bytes], None]] = {
    "feed": fuzz_feed,
    "framing": fuzz_framing,
    "note": fuzz_note,
    "proof": fuzz_proof,
    "url": fuzz_url,
    "manuscript": fuzz_manuscript,
    "quotation": fuzz_quotation,
}


def try_input(name: str, data: bytes) -> None:
    """Give one input to a target.

    Raises:
        Broken: a promise was broken, or it took too long.
    """
    start = time.monotonic()
    try:
        TARGETS[name](data)
    except ArchiveError as error:
        raise Broken(f"{name}: an error of ours where none is told of: {error!r}") from error
    require(time.monotonic() - start < SECONDS, f"{name}: no input takes {SECONDS} s")
