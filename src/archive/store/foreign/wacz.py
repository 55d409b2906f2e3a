"""Checking a WACZ package: the ZIP file, what its manifest says, and the WARC files in it.

Follows WACZ 1.1.1: ``datapackage.json`` names every file with its digest and size,
``datapackage-digest.json`` may give the digest of that, and ``archive/``, ``indexes/`` and
``pages/pages.jsonl`` must be there.  Signatures are told and not checked.

Not for: what an index or a list of pages says.
"""

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from archive.core.digest import Digest, parse_digest
from archive.core.finding import Finding
from archive.errors import DamageError, InputError
from archive.store.foreign.reports import make_finding
from archive.store.foreign.spans import Place
from archive.store.foreign.zip_entries import Entry, read_content, read_entries
from archive.store.regular import open_regular

MANIFEST, MANIFEST_DIGEST = "datapackage.json", "datapackage-digest.json"
PAGES = "pages/pages.jsonl"
_MOST_JSON = 64 << 20
_LENGTHS = {32: "md5", 40: "sha1", 64: "sha256"}


def check_package(
    place: Place, *, digests: bool, check_inside: Callable[[Place], Iterator[Finding]]
) -> Iterator[Finding]:
    """Give what is wrong with a package; ``check_inside`` checks the WARC files in it.

    Raises:
        OSError: the file cannot be read.
    """
    if place.base:
        yield _find(place, "a package in a package is not read here", severity="undecidable")
        return
    problems: list[str] = []
    with open_regular(place.path) as stream:
        try:
            entries = read_entries(stream, problems)
        except DamageError as error:
            yield _find(place, str(error))
            return
        yield from (_find(place, problem) for problem in problems)
        check = _Package(place, stream, entries)
        yield from check.check_manifest(digests=digests)
        for entry in entries:
            if entry.name.startswith("archive/"):
                yield from _check_inside(place, stream, entry, check_inside)


def _check_inside(
    place: Place,
    stream: BinaryIO,
    entry: Entry,
    check_inside: Callable[[Place], Iterator[Finding]],
) -> Iterator[Finding]:
    name = f"{place.name}/{entry.name}"
    if not entry.is_deflated:
        yield from check_inside(
            Place(path=place.path, name=name, base=entry.start, size=entry.size)
        )
        return
    with tempfile.NamedTemporaryFile(prefix="archive-verify-") as spool:
        try:
            for piece in read_content(stream, entry):
                spool.write(piece)
        except DamageError:
            pass  # the check of the package tells; what could be inflated is looked at
        size = spool.tell()
        spool.flush()
        yield from check_inside(Place(path=Path(spool.name), name=name, base=0, size=size))


class _Package:
    """The manifest of a package, against what is in it."""

    def __init__(self, place: Place, stream: BinaryIO, entries: list[Entry]) -> None:
        self.place = place
        self.stream = stream
        self.entries = {entry.name: entry for entry in entries}

    def check_manifest(self, *, digests: bool) -> Iterator[Finding]:
        """Give what is wrong with the files of the package and their list."""
        yield from self._check_layout()
        listed: dict[str, dict[str, Any]] = {}
        manifest = self._read_json(MANIFEST)
        if isinstance(manifest, Finding):
            yield manifest
        elif manifest is not None:
            listed = _list_resources(manifest)
            if not listed:
                yield self._find(f"{MANIFEST} lists no file")
            yield from self._check_list(listed)
            yield from self._check_digest(manifest)
        if digests:
            for entry in self.entries.values():
                yield from self._check_entry(entry, listed.get(entry.name))

    def _check_layout(self) -> Iterator[Finding]:
        if MANIFEST not in self.entries:
            yield self._find(f"the package has no {MANIFEST}, which WACZ 1.1.1 §5 demands")
        if PAGES not in self.entries:
            yield self._find(f"the package has no {PAGES}, which WACZ 1.1.1 §5 demands")
        for folder in ("archive/", "indexes/"):
            if not any(name.startswith(folder) for name in self.entries):
                yield self._find(
                    f"the package has nothing in {folder}, which WACZ 1.1.1 §5 demands"
                )

    def _check_list(self, listed: dict[str, dict[str, Any]]) -> Iterator[Finding]:
        for name in listed.keys() - self.entries.keys():
            yield self._find(f"{MANIFEST} lists {name!r}, which is not in the package")
        for name in self.entries.keys() - listed.keys() - {MANIFEST, MANIFEST_DIGEST}:
            yield self._find(
                f"{MANIFEST} does not list {name!r}: it was added, or the list is not whole"
            )

    def _check_entry(self, entry: Entry, resource: dict[str, Any] | None) -> Iterator[Finding]:
        """Check CRC and sizes of a file, and what the manifest says of it."""
        wanted = _read_hash(resource) if resource is not None else None
        hasher = hashlib.new(wanted.algorithm, usedforsecurity=False) if wanted else None
        try:
            for piece in read_content(self.stream, entry):
                if hasher is not None:
                    hasher.update(piece)
        except DamageError as error:
            yield self._find(f"the entry {entry.name!r}: {error}")
            return
        if resource is None:
            return
        said = resource.get("bytes", resource.get("length"))
        if said is None and isinstance(resource.get("stats"), dict):
            said = resource["stats"].get("bytes")
        if isinstance(said, int) and said != entry.size:
            yield self._find(f"{entry.name!r} has {entry.size} bytes, but {MANIFEST} says {said}")
        if wanted is None or hasher is None:
            yield self._find(
                f"{MANIFEST} has no digest of {entry.name!r} that is known here", severity="note"
            )
        elif hasher.hexdigest() != wanted.value:
            yield self._find(f"{entry.name!r} is not what its digest in {MANIFEST} says")

    def _check_digest(self, manifest: dict[str, Any]) -> Iterator[Finding]:
        if MANIFEST_DIGEST not in self.entries:
            yield self._find(f"the package has no {MANIFEST_DIGEST}", severity="note")
            return
        said = self._read_json(MANIFEST_DIGEST)
        if isinstance(said, Finding) or said is None:
            yield said or self._find(f"{MANIFEST_DIGEST} is no JSON object")
            return
        signed = said.get("signedData")
        claims = [("", said.get("hash"))]
        if isinstance(signed, dict):
            claims.append((" under the signature", signed.get("hash")))
        for where, text in claims:
            wanted = _read_hash({"hash": text})
            if wanted is None:
                yield self._find(f"{MANIFEST_DIGEST} has no digest{where} that is known here")
            elif self._digest(self.entries[MANIFEST], wanted.algorithm) != wanted.value:
                yield self._find(f"{MANIFEST} is not what {MANIFEST_DIGEST} says{where}")
        if isinstance(signed, dict):
            created = signed.get("created")
            if "created" in manifest and created is not None and created != manifest["created"]:
                yield self._find(
                    "the signature is of another time of making than the manifest says"
                )
            yield self._find(
                "the package is signed; the signature was not checked", severity="note"
            )

    def _digest(self, entry: Entry, algorithm: str) -> str:
        hasher = hashlib.new(algorithm, usedforsecurity=False)
        try:
            for piece in read_content(self.stream, entry):
                hasher.update(piece)
        except DamageError:
            return ""
        return hasher.hexdigest()

    def _read_json(self, name: str) -> dict[str, Any] | Finding | None:
        entry = self.entries.get(name)
        if entry is None:
            return None
        if entry.size > _MOST_JSON:
            return self._find(f"{name} has {entry.size} bytes, too many to read")
        try:
            value = json.loads(b"".join(read_content(self.stream, entry)))
        except DamageError as error:
            return self._find(f"the entry {name!r}: {error}")
        except (ValueError, RecursionError) as error:
            return self._find(f"{name} is no JSON ({error})")
        return value if isinstance(value, dict) else self._find(f"{name} is no JSON object")

    def _find(self, what: str, *, severity: Any = "damage") -> Finding:
        return _find(self.place, what, severity=severity)


def _list_resources(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    resources = manifest.get("resources")
    if not isinstance(resources, list):
        return {}
    return {
        resource["path"]: resource
        for resource in resources
        if isinstance(resource, dict) and isinstance(resource.get("path"), str)
    }


def _read_hash(resource: dict[str, Any]) -> Digest | None:
    """Return the digest that a manifest gives, in the spellings of WACZ 1.0 and 1.1."""
    text = resource.get("hash")
    label = resource.get("hashing")
    if text is None and isinstance(resource.get("stats"), dict):
        text = resource["stats"].get("hash")
        label = label or resource["stats"].get("hashing")
    if not isinstance(text, str):
        return None
    if ":" not in text:
        text = f"{label if isinstance(label, str) else _LENGTHS.get(len(text), '')}:{text}"
    try:
        digest = parse_digest(text)
    except InputError:
        return None
    return (
        digest
        if digest.algorithm in _LENGTHS.values()
        or digest.algorithm in hashlib.algorithms_guaranteed
        else None
    )


def _find(place: Place, what: str, *, severity: Any = "damage") -> Finding:
    return make_finding(
        severity,
        what,
        place.name,
        holds="the files of the package that are not named",
        remedy="none is needed" if severity == "note" else "restore the package from a copy",
    )
