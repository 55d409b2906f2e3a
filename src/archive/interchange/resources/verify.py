"""Check the record in this folder against leaf.json, and leaf.json against the checkpoint.

Run it as ``python3 -I verify.py``: without ``-I`` a file of this folder could stand in for a
module of Python.  Needs Python 3.8 or later, its standard library, and nothing of the program
that made the folder.  It computes, from the bytes that lie here:

1. the digests of each stored gzip member, of the record in it, of the record's block and, where
   the log lists one, of the payload: SHA-256;
2. the leaf's hash, and from the proof the root of the tree (RFC 6962, section 2.1);
3. the ids of the public keys (C2SP signed-note), which the checkpoint's signature lines name.

Not for: signatures and time stamps, which VERIFY.md checks with openssl.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
import zlib
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PEM_START = bytes.fromhex("302a300506032b6570032100")  # SubjectPublicKeyInfo of Ed25519, RFC 8410


def main() -> None:
    """Check everything, then say what was found to hold."""
    entry = read("leaf.json")
    leaf = json.loads(entry)
    note = read("checkpoint").decode()
    head, _, tail = read("proof.tlog-proof").decode().partition("\n\n")
    require(tail == note, "the checkpoint in proof.tlog-proof is not the file checkpoint")

    origin, size, root, lines = parse_checkpoint(note)
    index, hashes = parse_proof(head)
    require(index == leaf["sequence"], "the proof is of another leaf")
    found = compute_root(digest(b"\x00" + entry), index, size, hashes)
    require(found == root, "the leaf, by this proof, is not in the tree of the checkpoint")
    print(f"leaf {index} is in the tree of {size} leaves of the log {origin}")

    name = check_key("key", 1, lines)
    require(name == origin, "key.vkey is not a key of this log")
    for path in sorted(HERE.glob("witness-*.vkey")):
        print(f"{path.stem} is {check_key(path.stem, 4, lines)}")

    data = read("record.warc.gz")
    place = 0
    records = []
    for listed in leaf["records"]:
        member = data[place : place + listed["length"]]
        records.append(check_record(listed, member))
        place += listed["length"]
    require(place == len(data), "record.warc.gz is longer than the members that the leaf lists")
    check_address(leaf, records)
    print(f"the log stored them on {leaf['time']} (its own word)")


def check_record(listed: dict[str, Any], member: bytes) -> tuple[dict[str, str], bytes]:
    """Compare a member with what the leaf lists; return the record's header and block."""
    what = f"{listed['type']} {listed['id']}"
    require(name_digest(member) == listed["member"], f"{what}: the stored bytes are others")
    inflater = zlib.decompressobj(31)
    record = inflater.decompress(member) + inflater.flush()
    whole = inflater.eof and not inflater.unused_data
    require(whole, f"{what}: this is not one whole gzip member")
    require(name_digest(record) == listed["record"], f"{what}: the record is another")
    head, _, rest = record.partition(b"\r\n\r\n")
    header = parse_fields(head)
    block = rest[: int(header["content-length"])]
    require(rest[len(block) :] == b"\r\n\r\n", f"{what}: the block is not as long as stated")
    require(name_digest(block) == listed["block"], f"{what}: the block is another")
    require(header["warc-record-id"] == f"<{listed['id']}>", f"{what}: the record has another id")
    require(header["warc-type"] == listed["type"], f"{what}: the record is of another type")
    checked = "member, record and block"
    if "payload" in listed and listed["type"] != "revisit":
        is_http = header["content-type"].lower().startswith("application/http")
        payload = take_payload(block) if is_http else block
        require(name_digest(payload) == listed["payload"], f"{what}: the payload is another")
        checked += " and payload"
    target = header.get("warc-target-uri", "")
    print(f"{what}: {checked} are as logged; {header['warc-date']} {target!a}")
    return header, block


def check_address(leaf: dict[str, Any], records: list[tuple[dict[str, str], bytes]]) -> None:
    """Compare the salted digest of the captured address, where the leaf has one."""
    if "address" not in leaf:
        return
    said = json.loads(records[-1][1])
    salted = bytes.fromhex(said["salt"]) + said["url"].encode()
    require(name_digest(salted) == leaf["address"], "the captured address is another")
    print(f"the captured address is {said['url']!a}")


def check_key(name: str, kind: int, lines: list[str]) -> str:
    """Compare a key's two files, its id, and the signature lines; return the key's name."""
    line = read(f"{name}.vkey").decode()
    owner, stated, text = line.rstrip("\n").split("+", 2)
    value = base64.b64decode(text, validate=True)
    key_id = digest(f"{owner}\n".encode() + value)[:4]
    again = base64.b64encode(value).decode()
    require(len(value) == 33 and value[0] == kind, f"{name}.vkey is no such key")
    require(line == f"{owner}+{key_id.hex()}+{again}\n", f"{name}.vkey: the id is not {stated}")
    pem = base64.b64encode(PEM_START + value[1:]).decode()
    wanted = f"-----BEGIN PUBLIC KEY-----\n{pem}\n-----END PUBLIC KEY-----\n"
    require(read(f"{name}.pem").decode() == wanted, f"{name}.pem is not the key in {name}.vkey")
    signed = [parse_signature(each) for each in lines]
    require((owner, key_id) in signed, f"no signature line of the checkpoint names {name}.vkey")
    return owner


def parse_checkpoint(note: str) -> tuple[str, int, bytes, list[str]]:
    """Return origin, size, root and signature lines (C2SP tlog-checkpoint)."""
    text, _, signatures = note.partition("\n\n")
    fields = text.split("\n")
    require(len(fields) == 3 and signatures.endswith("\n"), "the checkpoint is not three lines")
    return fields[0], int(fields[1]), parse_hash(fields[2]), signatures[:-1].split("\n")


def parse_signature(line: str) -> tuple[str, bytes]:
    """Return the key's name and id in a signature line (C2SP signed-note)."""
    dash, name, text = line.split(" ")
    value = base64.b64decode(text, validate=True)
    require(dash == "\u2014", "there is no dash before a signature")
    require(base64.b64encode(value).decode() == text, "a signature is not in proper Base64")
    return name, value[:4]


def parse_proof(head: str) -> tuple[int, list[bytes]]:
    """Return the leaf's number and the hashes of a proof (C2SP tlog-proof)."""
    first, second, *rest = head.split("\n")
    require(first == "c2sp.org/tlog-proof@v1", "proof.tlog-proof is no proof")
    require(re.fullmatch("index (0|[1-9][0-9]*)", second) is not None, "the proof has no index")
    return int(second[len("index ") :]), [parse_hash(line) for line in rest]


def parse_hash(text: str) -> bytes:
    """Return the 32 bytes that stand there in Base64."""
    value = base64.b64decode(text, validate=True)
    proper = len(value) == 32 and base64.b64encode(value).decode() == text
    require(proper, "a hash is not 32 bytes in Base64")
    return value


def compute_root(node: bytes, index: int, size: int, hashes: list[bytes]) -> bytes:
    """Return the root that follows from a leaf's hash: RFC 6962, section 2.1.1, read backwards."""
    require(0 <= index < size, "the tree has no such leaf")
    if size == 1:
        require(not hashes, "the proof has too many hashes")
        return node
    require(bool(hashes), "the proof has too few hashes")
    left = 1 << ((size - 1).bit_length() - 1)  # the largest power of two below size
    if index < left:
        return digest(b"\x01" + compute_root(node, index, left, hashes[:-1]) + hashes[-1])
    inner = compute_root(node, index - left, size - left, hashes[:-1])
    return digest(b"\x01" + hashes[-1] + inner)


def take_payload(block: bytes) -> bytes:
    """Return the body of an HTTP answer, its chunk framing taken off."""
    end = re.search(rb"\r?\n\r?\n", block)
    head = block[: end.start()] if end else block
    body = block[end.end() :] if end else b""
    if "transfer-encoding" not in parse_fields(head):
        return body
    parts = []
    place = 0
    line = re.compile(rb"[ \t]*([0-9A-Fa-f]+)[^\n]*\n")
    chunk = line.match(body)
    while chunk and int(chunk[1], 16):
        place = chunk.end() + int(chunk[1], 16)
        parts.append(body[chunk.end() : place])
        ends = re.compile(rb"\r\n|\n|").match(body, place)
        chunk = line.match(body, ends.end()) if ends else None
    return b"".join(parts)


def parse_fields(head: bytes) -> dict[str, str]:
    """Return the header fields, names in lower case; of several alike the first."""
    fields: dict[str, str] = {}
    for line in head.replace(b"\r\n", b"\n").split(b"\n")[1:]:
        name, colon, value = line.decode("utf-8", "replace").partition(":")
        if colon and not name.startswith((" ", "\t")):
            fields.setdefault(name.strip().lower(), value.strip())
    return fields


def read(name: str) -> bytes:
    """Return what lies in this folder under ``name``."""
    return (HERE / name).read_bytes()


def digest(data: bytes) -> bytes:
    """Return the SHA-256."""
    return hashlib.sha256(data).digest()


def name_digest(data: bytes) -> str:
    """Return the SHA-256 as the leaf writes it."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def require(holds: bool, otherwise: str) -> None:  # noqa: FBT001  # it reads as a sentence
    """Stop where something does not hold."""
    if not holds:
        sys.exit(f"DOES NOT HOLD: {otherwise}")


if __name__ == "__main__":
    main()
