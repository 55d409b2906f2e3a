"""An independent verifier of an archive, written from docs/format.md alone.

Checks every leaf, every record that it lists, what people and the archive itself say in them, the
tree, the checkpoint and its signatures; exits 1 at the first thing that does not hold.  Uses the
standard library only, Ed25519 (RFC 8032) included.  Not for: speed.
"""

import base64
import gzip
import hashlib
import json
import struct
import sys
import uuid
from pathlib import Path

P = 2**255 - 19  # RFC 8032, section 5.1
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int, int, int]  # X, Y, Z, T with x = X/Z, y = Y/Z, x * y = T/Z
FIELDS = {
    "published", "modified", "publisher", "credited", "origin", "author", "title", "language",
    "licence", "correction",
}  # fmt: skip
CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def read_entries(log: Path) -> list[bytes]:
    """Return the log's entries; 256 to a bundle, the last bundle may be open."""
    entries = []
    for bundle in sorted((log / "tile" / "entries").iterdir()):
        data = bundle.read_bytes()
        while data:
            (length,) = struct.unpack(">H", data[:2])
            entries.append(data[2 : 2 + length])
            data = data[2 + length :]
    return entries


def decode_point(data: bytes) -> Point:
    """Return the point that 32 bytes mean (RFC 8032, section 5.1.3)."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    assert y < P
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    assert x * x % P == square, "no point of the curve"
    assert x or not sign
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def add_points(one: Point, other: Point) -> Point:
    """Return their sum (RFC 8032, section 5.1.4)."""
    a = (one[1] - one[0]) * (other[1] - other[0])
    b = (one[1] + one[0]) * (other[1] + other[0])
    c, d = 2 * D * one[3] * other[3], 2 * one[2] * other[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(number: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = add_points(total, point)
        point = add_points(point, point)
        number >>= 1
    return total


BASE = decode_point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def check_signature(key: bytes, message: bytes, signature: bytes) -> None:
    """Verify an Ed25519 signature (RFC 8032, section 5.1.7)."""
    assert len(signature) == 64
    number = int.from_bytes(signature[32:], "little")
    assert number < L
    drawn = hashlib.sha512(signature[:32] + key + message).digest()
    left = multiply(number, BASE)
    right = add_points(
        decode_point(signature[:32]),
        multiply(int.from_bytes(drawn, "little") % L, decode_point(key)),
    )
    same_x = left[0] * right[2] % P == right[0] * left[2] % P
    assert same_x, "a signature does not hold"
    assert left[1] * right[2] % P == right[1] * left[2] % P, "a signature does not hold"


def check_note(note: str, folder: Path, origin: str, retired: set[str]) -> int:
    """Check that every key of ``folder`` that is not retired signed; return how many did."""
    text, _, rest = note.partition("\n\n")
    signatures: dict[str, bytes] = {}
    for line in rest.splitlines():
        dash, name, encoded = line.split(" ")
        assert dash == "\u2014"
        if name == origin:
            data = base64.b64decode(encoded, validate=True)
            signatures[data[:4].hex()] = data[4:]
    count = 0
    for path in sorted(folder.glob("log-*.vkey")):
        line = path.read_text().removesuffix("\n")
        name, key_id, encoded = line.split("+", 2)
        typed = base64.b64decode(encoded, validate=True)
        assert name == origin
        assert typed[0] == 1
        assert len(typed) == 33
        assert hashlib.sha256(f"{name}\n".encode() + typed).hexdigest()[:8] == key_id
        assert path.name == f"log-{key_id}.vkey"
        assert key_id in signatures or line in retired, "a key that is in use did not sign"
        if key_id in signatures:
            check_signature(typed[1:], f"{text}\n".encode(), signatures.pop(key_id))
            count += 1
    assert not signatures, "signed by a key that is not there"
    return count


def hash_tree(leaves: list[bytes]) -> bytes:
    """Return the root after RFC 6962, section 2.1."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    left, right = hash_tree(leaves[:half]), hash_tree(leaves[half:])
    return hashlib.sha256(b"\1" + left + right).digest()


def capture_id(record_id: str) -> str:
    number = int.from_bytes(hashlib.sha256(uuid.UUID(record_id).bytes).digest(), "big")
    return "".join(CROCKFORD[(number >> (251 - 5 * place)) & 31] for place in range(16))


def split_record(data: bytes) -> tuple[dict[str, str], bytes]:
    """Return a record's header fields (the last of each name) and its block."""
    header, _, rest = data.partition(b"\r\n\r\n")
    version, *lines = header.decode().split("\r\n")
    assert version == "WARC/1.1", version
    fields = dict(line.split(": ", 1) for line in lines)
    length = int(fields["Content-Length"])
    assert rest[length:] == b"\r\n\r\n", "the record does not end as it should"
    return fields, rest[:length]


def check_record(data: bytes, placed: dict[str, object], fillers: dict[str, str]) -> None:
    assert len(data) == placed["length"]
    record = gzip.decompress(data)
    fields, block = split_record(record)
    assert fields["WARC-Record-ID"] == f"<{placed['id']}>"
    if placed["id"] in fillers:
        assert digest(data) == fillers[str(placed["id"])], "not the announced filler"
        return
    assert digest(data) == placed["member"]
    assert digest(record) == placed["record"]
    assert digest(block) == placed["block"] == fields["WARC-Block-Digest"]
    assert fields["WARC-Type"] == placed["type"]
    body = block.partition(b"\r\n\r\n")[2]
    if placed["type"] == "response" and "WARC-Payload-Digest" in fields:
        assert digest(body) == placed["payload"] == fields["WARC-Payload-Digest"]


def check_address(leaf: dict[str, object], block: bytes) -> str:
    metadata = json.loads(block)
    salt = bytes.fromhex(metadata["salt"])
    assert digest(salt + metadata["url"].encode()) == leaf["address"]
    return f"{capture_id(metadata['principal'])}  {metadata['url']}"


def check_said(leaf: dict[str, object], block: bytes, known: set[str]) -> dict[str, object]:
    """Check the form of an annotation or event; return it."""
    said: dict[str, object] = json.loads(block)
    again = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert again.encode() == block, "it is not in canonical form"
    assert {"format", "kind", "time", "agent"} <= set(said)
    assert isinstance(said["agent"], dict)
    assert {"id", "name"} == set(said["agent"])
    if leaf["type"] in ("annotation", "withdrawal"):
        assert said["format"] == "statement-archive/annotation/1"
        check_annotation(said, known)
        print(f"{said['kind']} by {said['agent']['name']}: {said['body']}")  # noqa: T201
    else:
        assert said["format"] == "statement-archive/event/1"
        assert said["kind"] == leaf["type"]
        print(f"{said['kind']} by {said['agent']['name']}")  # noqa: T201
    return said


def check_annotation(said: dict[str, object], known: set[str]) -> None:
    target, body = str(said["target"]), said["body"]
    assert said["kind"] == "note" or said["reason"]
    assert said.get("supersedes", target) in {*known, target}, "it supersedes nothing"
    if said["kind"] == "organisation":
        assert target.startswith("urn:archive:organisation:")
        assert isinstance(body, dict)
        assert body.get("name") or body.get("merged_into")
        return
    assert target in known, "it is about nothing that was captured before"
    if said["kind"] == "assertion":
        assert isinstance(body, dict)
        assert body["field"] in FIELDS
        assert body["values"]
        assert all(isinstance(value, str) and value for value in body["values"])
        assert len(body["values"]) == 1 or body["field"] == "author"
        for piece in body.get("evidence", ()):
            assert piece
            assert set(piece) <= {"locator", "url", "record"}
            assert piece.get("record", target) in known
    else:
        assert isinstance(body, str)


def check(root: Path) -> None:
    log = root / "metadata" / "log"
    entries = read_entries(log)
    note = (log / "checkpoint").read_text()
    origin, size, tree_root, empty, *_ = note.split("\n")
    assert origin == (log / "origin").read_text().strip()
    assert int(size) == len(entries)
    assert base64.b64decode(tree_root) == hash_tree(entries)
    assert empty == ""
    leaves = [json.loads(entry) for entry in entries]
    fillers = {item["id"]: item["member"] for leaf in leaves for item in leaf.get("overwrites", ())}
    ends: dict[str, int] = {}
    known: set[str] = set()
    retired: set[str] = set()
    for sequence, leaf in enumerate(leaves):
        assert leaf["sequence"] == sequence
        data = (root / "warcs" / leaf["warc"]).read_bytes()
        for placed in leaf["records"]:
            assert placed["offset"] == ends.get(leaf["warc"], 0), "members do not follow each other"
            ends[leaf["warc"]] = placed["offset"] + placed["length"]
            member = data[placed["offset"] : ends[leaf["warc"]]]
            check_record(member, placed, fillers)
        block = split_record(gzip.decompress(member))[1]
        if leaf["type"] == "capture" and leaf["records"][-1]["id"] not in fillers:
            print(check_address(leaf, block))  # noqa: T201
        elif leaf["type"] not in ("capture", "conversion"):
            retired |= set(check_said(leaf, block, known).get("retired", ()))
        known |= {placed["id"] for placed in leaf["records"]}
    for name, end in ends.items():
        assert (root / "warcs" / name).stat().st_size == end, "bytes that no leaf lists"
    assert {path.name for path in (root / "warcs").iterdir()} == set(ends)
    signed = check_note(note, root / "metadata" / "keys", origin, retired)
    print(f"{len(leaves)} leaves hold, signed by {signed} keys")  # noqa: T201  # a program


if __name__ == "__main__":
    check(Path(sys.argv[1]))
