"""WACZ packages: good ones in every style, and every lie that a ZIP file can tell."""

import hashlib
import io
import json
import stat
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from archive.core.finding import Finding
from tests.store.foreign.makers import check, damage, make_digested, make_record, pack, sha1

DEFLATED, STORED = zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED
WARC = pack(make_digested(1), make_digested(2, b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 5000))
FILES = {
    "archive/data.warc.gz": WARC,
    "indexes/index.cdx.gz": b"index",
    "pages/pages.jsonl": b'{"format": "json-pages-1.0"}\n',
}


def describe(name: str, data: bytes, algorithm: str = "sha256") -> dict[str, Any]:
    digest = hashlib.new(algorithm, data).hexdigest()
    return {"name": name, "path": name, "hash": f"{algorithm}:{digest}", "bytes": len(data)}


def make_manifest(files: dict[str, bytes], **more: Any) -> dict[str, Any]:
    resources = [describe(name, data) for name, data in files.items()]
    return {"profile": "data-package", "wacz_version": "1.1.1", "resources": resources, **more}


def make_digest(manifest: bytes, **more: Any) -> bytes:
    return json.dumps(
        {"path": "datapackage.json", "hash": describe("", manifest)["hash"], **more}
    ).encode()


def make_wacz(
    files: dict[str, bytes] | None = None,
    *,
    manifest: dict[str, Any] | None = None,
    digest: bytes | None = b"made",
    method: int = STORED,
    left_out: tuple[str, ...] = (),
) -> bytes:
    files = FILES if files is None else files
    text = json.dumps(make_manifest(files) if manifest is None else manifest).encode()
    extra = {"datapackage.json": text}
    if digest is not None:
        extra["datapackage-digest.json"] = make_digest(text) if digest == b"made" else digest
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        for name, data in {**files, **extra}.items():
            if name not in left_out:
                package.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def find(tmp_path: Path, data: bytes) -> list[Finding]:
    return damage(check(tmp_path, data, "a.wacz"))


@pytest.mark.parametrize("method", [STORED, DEFLATED])
def test_a_good_package_is_intact(tmp_path: Path, method: int) -> None:
    assert check(tmp_path, make_wacz(method=method), "a.wacz") == []


def test_other_spellings_are_intact(tmp_path: Path) -> None:
    old = {
        "profile": "data-package",
        "resources": [
            {
                "path": name,
                "stats": {"hash": hashlib.sha256(data).hexdigest(), "bytes": len(data)},
                "hashing": "sha256",
            }
            for name, data in FILES.items()
        ],
    }
    assert find(tmp_path, make_wacz(manifest=old)) == []
    md5 = {"resources": [describe(name, data, "md5") for name, data in FILES.items()]}
    assert find(tmp_path, make_wacz(manifest=md5, digest=None)) == []


def test_an_unchecked_signature_is_a_note(tmp_path: Path) -> None:
    text = json.dumps(make_manifest(FILES)).encode()
    signed = {"hash": describe("", text)["hash"], "signature": "abc", "created": "2026"}
    notes = check(tmp_path, make_wacz(digest=make_digest(text, signedData=signed)), "a.wacz")
    assert [note.severity for note in notes] == ["note"]
    assert "signature was not checked" in notes[0].what
    wrong = {**signed, "hash": "sha256:" + "0" * 64}
    (finding,) = find(tmp_path, make_wacz(digest=make_digest(text, signedData=wrong)))
    assert "under the signature" in finding.what
    manifest = make_manifest(FILES, created="2025")
    text = json.dumps(manifest).encode()
    late = make_digest(text, signedData={**signed, "hash": describe("", text)["hash"]})
    (finding,) = find(tmp_path, make_wacz(manifest=manifest, digest=late))
    assert "another time" in finding.what


MANIFEST = make_manifest(FILES)
WRONG = {
    "no pages": make_wacz({k: v for k, v in FILES.items() if k != "pages/pages.jsonl"}),
    "no indexes": make_wacz({k: v for k, v in FILES.items() if k != "indexes/index.cdx.gz"}),
    "no archive": make_wacz({k: v for k, v in FILES.items() if k != "archive/data.warc.gz"}),
    "no manifest": make_wacz(left_out=("datapackage.json",)),
    "a listed file is missing": make_wacz(manifest=make_manifest({**FILES, "x.txt": b""})),
    "a file is not listed": make_wacz({**FILES, "extra": b"x"}, manifest=MANIFEST),
    "wrong hash": make_wacz({**FILES, "pages/pages.jsonl": b"changed"}, manifest=MANIFEST),
    "wrong hash of the manifest": make_wacz(digest=make_digest(b"another")),
    "no hash of the manifest": make_wacz(digest=b"{}"),
    "the manifest is no JSON": make_wacz(manifest=None, digest=None).replace(
        b'{"profile"', b'["profile"'
    ),
    "the manifest is a list": make_wacz(manifest=[]),  # type: ignore[arg-type]  # a lie
    "wrong size": make_wacz(
        manifest={"resources": [{**describe(k, v), "bytes": 1} for k, v in FILES.items()]}
    ),
    "bytes after the end": make_wacz() + b"junk",
    "cut": make_wacz()[:-30],
    "cut in the middle": make_wacz()[: len(make_wacz()) // 2],
    "a damaged WARC inside": make_wacz(
        {**FILES, "archive/data.warc.gz": pack(make_record(1, length=5000))}
    ),
    "a damaged WARC inside, deflated": make_wacz(
        {
            **FILES,
            "archive/data.warc.gz": pack(
                make_record(1, fields=[("WARC-Block-Digest", sha1(b"x"))])
            ),
        },
        method=DEFLATED,
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_found(tmp_path: Path, name: str) -> None:
    found = find(tmp_path, WRONG[name])
    assert {finding.severity for finding in found} == {"damage"}, found
    if "WARC inside" in name:
        assert found[-1].file.endswith("a.wacz/archive/data.warc.gz")
        assert found[-1].offset == 0


def test_every_flipped_byte_is_found_or_of_no_consequence(tmp_path: Path) -> None:
    """Of the ZIP file itself, times and version numbers may change; contents may not."""
    files = {**FILES, "archive/data.warc.gz": pack(make_digested(1))}
    data = make_wacz(files)
    missed = 0
    for place in range(len(data)):
        broken = data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :]
        if find(tmp_path, broken):
            continue
        missed += 1
        with zipfile.ZipFile(io.BytesIO(broken)) as package:
            for name, content in files.items():
                assert package.read(name) == content, place
    assert missed < len(data) / 4


# --- lies -----------------------------------------------------------------------------------------


def add_entry(name: str, *, mode: int = 0, content: bytes = b"x") -> bytes:
    out = io.BytesIO(make_wacz(manifest=make_manifest({**FILES, name: content})))
    with zipfile.ZipFile(out, "a") as package:
        info = zipfile.ZipInfo("placeholder")
        info.filename = info.orig_filename = name
        info.external_attr = mode << 16
        package.writestr(info, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/evil", "C:/evil", "a/../../evil", "..\\evil", "a\\b", "a\nb"]
)
def test_a_name_that_leads_out_is_found_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    found = find(tmp_path, add_entry(name))
    assert any("outside" in finding.what for finding in found)
    assert [path.name for path in tmp_path.iterdir()] == ["a.wacz"]


def test_links_and_duplicates_are_found(tmp_path: Path) -> None:
    link = add_entry("link", mode=stat.S_IFLNK | 0o777, content=b"/etc/passwd")
    assert any("symbolic link" in finding.what for finding in find(tmp_path, link))
    with pytest.warns(UserWarning, match="Duplicate"):
        double = add_entry("pages/pages.jsonl")
    assert any("two entries" in finding.what for finding in find(tmp_path, double))


def find_central(data: bytes, name: bytes) -> int:
    return data.rindex(b"PK\x01\x02", 0, data.rindex(name))


def alter(data: bytes, place: int, form: str, *values: int) -> bytes:
    return data[:place] + struct.pack(form, *values) + data[place + struct.calcsize(form) :]


def test_lies_about_sizes_and_places_are_found(tmp_path: Path) -> None:
    data = make_wacz(method=DEFLATED)
    name = b"indexes/index.cdx.gz"
    central = find_central(data, name)
    local = data.index(b"PK\x03\x04", data.index(WARC[:0] + b"archive/data.warc.gz"))
    lies = {
        "more than the directory says": alter(
            alter(data, central + 24, "<L", 2), local + 22, "<L", 2
        ),
        "far more": alter(alter(data, central + 24, "<L", 2**31), local + 22, "<L", 2**31),
        "crc": alter(alter(data, central + 16, "<L", 7), local + 14, "<L", 7),
        "local size": alter(data, local + 22, "<L", 3),
        "local name": data[: local + 30] + b"x" + data[local + 31 :],
        "overlap": alter(data, central + 42, "<L", 0),
        "beyond the end": alter(data, central + 42, "<L", 2**31),
        "encrypted": alter(alter(data, central + 8, "<H", 1), local + 6, "<H", 1),
        "method": alter(alter(data, central + 10, "<H", 93), local + 8, "<H", 93),
    }
    for lie, broken in lies.items():
        assert {one.severity for one in find(tmp_path, broken)} == {"damage"}, lie


def test_a_bomb_costs_no_memory_and_is_no_zip_of_zips(tmp_path: Path) -> None:
    bomb = make_wacz({**FILES, "extra": bytes(300 << 20)}, method=DEFLATED)
    assert len(bomb) < 1 << 20
    assert find(tmp_path, bomb) == []
    nested = make_wacz({**FILES, "archive/inner.wacz": make_wacz()})
    assert {one.severity for one in find(tmp_path, nested)} == {"undecidable"}
