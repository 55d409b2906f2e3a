"""Who is asked to be a witness, and how question and answer travel.

A witness is an archive on this machine, which answers at once, or one on the network, which is
asked through the transport that records all it does.  Not for: what is asked, or what an answer
means (`archive.workflows.log_witness`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.capture.settings import TransportSettings
from archive.core.exchange import Body, Post
from archive.core.key import PublicKey
from archive.errors import ArchiveError, InputError
from archive.store.keys import read_public_keys
from archive.store.log import read_origin
from archive.store.witness import find_witness_name
from archive.witness.cosign import (
    PATH,
    TEXT_TYPE,
    CosignRequest,
    Refused,
    WitnessReply,
    format_cosign_request,
)
from archive.workflows.opening import Archive, OpenArchive, open_archive
from archive.workflows.posts import PostResult, capture_posts
from archive.workflows.witness import answer_checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderWitness:
    """A witness that is another archive on this machine; ``pinned`` are keys a person gave."""

    archive: Archive
    pinned: tuple[PublicKey, ...]

    @property
    def address(self) -> str:
        """Where it is."""
        return self.archive.layout.root.resolve().as_uri()


@dataclass(frozen=True, slots=True, kw_only=True)
class WebWitness:
    """A witness that is asked over the network; ``pinned`` are the keys it is known by."""

    address: str
    pinned: tuple[PublicKey, ...]


Witness = FolderWitness | WebWitness


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A witness's answer, and the id of the record that holds it, if there is one."""

    reply: WitnessReply
    response: str | None = None


def choose_witnesses(
    archive: Archive, names: Sequence[str], keys: Sequence[PublicKey]
) -> tuple[Witness, ...]:
    """Return the witnesses that are meant: those named, or all of the settings.

    Raises:
        InputError: there is none, or one is no archive, or this one.
    """
    known = archive.settings.witnesses
    addresses = tuple(dict.fromkeys(names or (item.address for item in known)))
    start = Path() if names else archive.layout.root  # of a folder that is no whole path
    if not addresses:
        raise InputError(
            "no witness is named",
            remedy="give its address or folder, or write [[witness.known]] in archive.toml",
        )
    return tuple(
        _choose_witness(
            archive,
            address,
            (*keys, *(item.key for item in known if item.address == address)),
            start=start,
        )
        for address in addresses
    )


def carry_questions(
    archive: OpenArchive,
    asked: Sequence[tuple[Witness, CosignRequest]],
    *,
    transport: TransportSettings,
) -> tuple[Answered | Refused, ...]:
    """Carry each question to its witness, and its answer back; over the network side by side.

    Raises:
        StoreError: what came could not be stored.
    """
    posts = [
        _make_post(witness, request)
        for witness, request in asked
        if isinstance(witness, WebWitness)
    ]
    results = iter(capture_posts(archive, posts, transport=transport))
    return tuple(
        _read_result(next(results))
        if isinstance(witness, WebWitness)
        else _ask_folder(archive, witness, request)
        for witness, request in asked
    )


def _make_post(witness: WebWitness, request: CosignRequest) -> Post:
    data = format_cosign_request(request.old, request.proof, request.note)
    body = Body(content_type=TEXT_TYPE, data=data)
    return Post(address=witness.address + PATH, body=body, purpose="witness")


def _read_result(result: PostResult) -> Answered | Refused:
    capture = result.capture
    if capture.status is None or result.content is None:
        return Refused(
            why=f"the witness could not be reached: {capture.error or capture.outcome}",
            remedy=f"try later; what was tried is kept as {capture.id}",
        )
    reply = WitnessReply(
        status=capture.status, media_type=capture.media_type or "", body=result.content
    )
    return Answered(reply=reply, response=capture.record_id)


def _ask_folder(
    archive: OpenArchive, witness: FolderWitness, request: CosignRequest
) -> Answered | Refused:
    body = format_cosign_request(request.old, request.proof, request.note)
    try:
        return Answered(reply=answer_checkpoint(witness.archive, archive.world, body))
    except ArchiveError as error:
        return Refused(why=f"the witness cannot answer: {error}", remedy=error.remedy)


def _choose_witness(
    archive: Archive, address: str, keys: tuple[PublicKey, ...], *, start: Path
) -> Witness:
    origin = read_origin(archive.layout.log)
    own = find_witness_name(origin or "")
    if any(key.name == own for key in keys) or _list_values(keys) & _list_own(archive):
        raise _refuse_self()
    if address.lower().startswith(("http://", "https://")):
        if not keys:
            raise InputError(
                f"by which key {address} is known was not said",
                remedy="have its keeper give you the verifier key, then: --key VKEY",
            )
        return WebWitness(address=address.removesuffix("/"), pinned=keys)
    try:
        folder = start / Path(address).expanduser()
    except RuntimeError as error:  # no such user
        raise InputError(
            f"the witness {address!r}: {error}", remedy="write the whole path of its folder"
        ) from error
    witness = open_archive(folder, start=start)
    is_here = witness.layout.root.resolve() == archive.layout.root.resolve()
    is_same = origin is not None and read_origin(witness.layout.log) == origin  # a copy of this one
    if is_here or is_same or _list_own(witness) & _list_own(archive):
        raise _refuse_self()
    return FolderWitness(archive=witness, pinned=keys)


def _list_own(archive: Archive) -> set[bytes]:
    """Return the values of all public keys of an archive; of which name is no matter."""
    folder = archive.layout.keys
    return _list_values((*read_public_keys(folder, "log"), *read_public_keys(folder, "witness")))


def _list_values(keys: Iterable[PublicKey]) -> set[bytes]:
    return {key.value for key in keys}


def _refuse_self() -> InputError:
    return InputError(
        "an archive cannot be its own witness, nor can a copy of it",
        remedy="name somebody else's archive",
    )


def find_witness_keys(witness: Witness) -> tuple[PublicKey, ...]:
    """Return the keys that we know the witness by."""
    if witness.pinned or isinstance(witness, WebWitness):
        return witness.pinned
    return read_public_keys(witness.archive.layout.keys, "witness")
