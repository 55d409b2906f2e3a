"""Digests in every dialect met in WARC files.  Not for: what is digested."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.digest import Digest, digest_bytes, format_ni, parse_digest, parse_ni
from archive.errors import InputError

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_ours_is_labelled_lower_case_sha256() -> None:
    assert str(digest_bytes(b"")) == f"sha256:{EMPTY}"
    assert digest_bytes(b"") == Digest(algorithm="sha256", value=EMPTY)


ALGORITHMS = st.sampled_from(["md5", "sha1", "sha256", "sha384", "sha512"])


@given(st.binary(max_size=100), ALGORITHMS)
def test_every_dialect_is_one_digest(data: bytes, algorithm: str) -> None:
    raw = hashlib.new(algorithm, data, usedforsecurity=False).digest()
    expected = Digest(algorithm=algorithm, value=raw.hex())
    base32 = base64.b32encode(raw).decode()
    in_base64 = base64.b64encode(raw).decode()
    url_safe = base64.urlsafe_b64encode(raw).decode()
    others = (in_base64, in_base64.rstrip("="), url_safe, url_safe.rstrip("="))
    labels = {algorithm, algorithm.upper()}
    if algorithm.startswith("sha"):
        labels |= {f"sha-{algorithm[3:]}", f"SHA-{algorithm[3:]}"}
    for label in labels:
        for value in (
            raw.hex(),
            raw.hex().upper(),
            base32,
            base32.lower(),
            base32.rstrip("="),
            *others,
        ):
            assert parse_digest(f"{label}:{value}") == expected
            assert parse_digest(f"  {label}:{value}\r\n") == expected
    assert parse_digest(str(expected)) == expected


def test_an_unknown_algorithm_is_kept_verbatim_and_never_matches_ours() -> None:
    digest = parse_digest(f"BLAKE9:{EMPTY.upper()}")
    assert (digest.algorithm, digest.value) == ("blake9", EMPTY.upper())
    assert digest != digest_bytes(b"")


@pytest.mark.parametrize(
    "text",
    [
        "",
        EMPTY,
        ":",
        "sha256:",
        f":{EMPTY}",
        f"sha256:{EMPTY[:-1]}",
        f"sha256:{EMPTY}00",
        "sha256:" + "g" * 64,
        "sha1:" + "1" * 32,  # 1 is no letter of Base32
        "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBY",
        "md5:" + "\u0660" * 32,
    ],
)
def test_what_is_no_digest_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_digest(text)


@given(st.text(max_size=80))
def test_no_text_breaks_the_parser(text: str) -> None:
    for candidate in (text, f"sha1:{text}", f"sha256:{text}"):
        try:
            digest = parse_digest(candidate)
        except InputError:
            continue
        assert parse_digest(str(digest)) == digest


# RFC 6920 §8.1: "Hello World!".
HELLO = "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"


def test_a_digest_as_a_uri() -> None:
    assert format_ni(digest_bytes(b"Hello World!")) == HELLO
    for spelled in (HELLO, HELLO.replace("///", "//example.com/"), f"{HELLO}?ct=text/plain"):
        assert parse_ni(spelled) == digest_bytes(b"Hello World!")


@given(st.binary())
def test_a_digest_as_a_uri_is_read_back(data: bytes) -> None:
    assert parse_ni(format_ni(digest_bytes(data))) == digest_bytes(data)


@pytest.mark.parametrize("text", ["", HELLO[:-1], HELLO + "A", HELLO.replace("256", "512"), "ni:x"])
def test_what_is_no_such_uri_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_ni(text)
