"""An independent verifier of an archive, written from docs/format.md alone.

Checks every leaf, every record that it lists, the tree and the checkpoint; exits 1 at the first
thing that does not hold.  Uses the standard library only.  Not for: speed.
"""

import base64
import gzip
import hashlib
import json
import struct
import sys
import uuid
from pathlib import Path

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


def check(root: Path) -> None:
    log = root / "metadata" / "log"
    entries = read_entries(log)
    origin, size, tree_root, empty, *_ = (log / "checkpoint").read_text().split("\n")
    assert origin == (log / "origin").read_text().strip()
    assert int(size) == len(entries)
    assert base64.b64decode(tree_root) == hash_tree(entries)
    assert empty == ""
    leaves = [json.loads(entry) for entry in entries]
    fillers = {item["id"]: item["member"] for leaf in leaves for item in leaf.get("overwrites", ())}
    ends: dict[str, int] = {}
    for sequence, leaf in enumerate(leaves):
        assert leaf["sequence"] == sequence
        data = (root / "warcs" / leaf["warc"]).read_bytes()
        for placed in leaf["records"]:
            assert placed["offset"] == ends.get(leaf["warc"], 0), "members do not follow each other"
            ends[leaf["warc"]] = placed["offset"] + placed["length"]
            member = data[placed["offset"] : ends[leaf["warc"]]]
            check_record(member, placed, fillers)
        if leaf["type"] == "capture" and leaf["records"][-1]["id"] not in fillers:
            print(check_address(leaf, split_record(gzip.decompress(member))[1]))  # noqa: T201
    for name, end in ends.items():
        assert (root / "warcs" / name).stat().st_size == end, "bytes that no leaf lists"
    assert {path.name for path in (root / "warcs").iterdir()} == set(ends)
    print(f"{len(leaves)} leaves hold")  # noqa: T201  # a program


if __name__ == "__main__":
    check(Path(sys.argv[1]))
