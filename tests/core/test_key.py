"""Keys and notes: other programs read them, every altered one is refused."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.key import (
    PublicKey,
    check_note,
    find_witness_time,
    format_private_key,
    format_public_pem,
    format_verifier_key,
    make_key_pair,
    parse_private_key,
    parse_verifier_key,
    sign_note,
)
from archive.core.note import Note, format_note, parse_note, parse_signatures
from archive.errors import DamageError, InputError
from tests.support.clock import START
from tests.support.programs import program

TEXT = "archive.example/a1\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
PAIR = make_key_pair("archive.example/a1", "log", bytes(range(32)))
WITNESS = make_key_pair("witness.example/w1", "witness", bytes(32))
NOTE = sign_note(Note(text=TEXT), PAIR)


def test_the_specifications_example_reads() -> None:
    """The witness's line of C2SP tlog-cosignature: its id, its time, its 64 bytes."""
    line = (
        "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJs"
        "X3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
    )
    (signature,) = parse_signatures(line)
    assert signature.key_id.hex() == "8d66cf3f"
    assert int.from_bytes(signature.value[:8], "big") == 1679315147
    assert len(signature.value) == 72


def test_format_and_parse_are_inverse() -> None:
    for pair in (PAIR, WITNESS):
        assert parse_verifier_key(format_verifier_key(pair.public)) == pair.public
    both = sign_note(NOTE, WITNESS, time=START)
    assert parse_note(format_note(both)) == both


def test_who_signed() -> None:
    both = sign_note(NOTE, WITNESS, time=START)
    assert check_note(both, [PAIR.public, WITNESS.public]).good == (PAIR.public, WITNESS.public)
    assert find_witness_time(both, WITNESS.public) == int(START.timestamp())
    assert find_witness_time(NOTE, WITNESS.public) is None
    stranger = make_key_pair("archive.example/a1", "log", bytes(32))
    checked = check_note(both, [stranger.public])
    assert (checked.good, checked.bad) == ((), ())


@given(st.data())
def test_every_altered_note_is_refused(data: st.DataObject) -> None:
    raw = bytearray(format_note(sign_note(NOTE, WITNESS, time=START)).encode())
    place = data.draw(st.integers(min_value=0, max_value=len(raw) - 1))
    raw[place] ^= 1 << data.draw(st.integers(min_value=0, max_value=7))
    keys = [PAIR.public, WITNESS.public]
    try:
        checked = check_note(parse_note(raw.decode()), keys)
    except (UnicodeDecodeError, DamageError):
        return
    assert len(checked.good) < 2


@given(st.text())
def test_noise_is_refused(text: str) -> None:
    with pytest.raises(DamageError):
        parse_verifier_key(text)


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        f"{TEXT}\n— a b",
        f"{TEXT}\n— a AAAA\n",
        f"{TEXT}\n- a AAAAAAAA\n",
        f"{TEXT}\n— a+b AAAAAAAA\n",
        f"{TEXT}\n—  AAAAAAAA\n",
        f"{TEXT}\n— a AAAAAAAA \n",
        f"{TEXT}\n— a AAAAAAB=\n",
        f"{TEXT}\n" + "— a AAAAAAAA\n" * 65,
        f"{TEXT}\r\n— a AAAAAAAA\n",
        f"{TEXT}\x00\n— a AAAAAAAA\n",
    ],
)
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(DamageError):
        parse_note(text)


def test_a_key_whose_id_is_another_is_refused() -> None:
    line = format_verifier_key(PAIR.public)
    name, key_id, value = line.split("+", 2)
    other = f"{int(key_id, 16) ^ 1:08x}"
    for wrong in (f"{name}+{other}+{value}", f"{name}x+{key_id}+{value}", f"+{key_id}+{value}"):
        with pytest.raises(DamageError):
            parse_verifier_key(wrong)


def test_a_private_key_is_read_with_its_passphrase_alone() -> None:
    plain, secret = format_private_key(PAIR), format_private_key(PAIR, b"secret")
    name = PAIR.public.name
    assert parse_private_key(plain, name=name, use="log").public == PAIR.public
    read = parse_private_key(secret, name=name, use="log", passphrase=b"secret")
    assert read.public == PAIR.public
    for data, passphrase in ((secret, None), (secret, b"other"), (plain, b"secret"), (b"x", None)):
        with pytest.raises(InputError):
            parse_private_key(data, name=name, use="log", passphrase=passphrase)


def test_a_name_that_cannot_stand_in_a_note_is_refused() -> None:
    for name in ("", "a b", "a+b", "a\nb", "a\u00a0b", "a\u2028b"):
        with pytest.raises(InputError):
            make_key_pair(name, "log", bytes(32))


def test_openssl_accepts_a_signature(tmp_path: Path) -> None:
    openssl = program("openssl")
    (tmp_path / "key.pem").write_bytes(format_public_pem(PAIR.public))
    (tmp_path / "text").write_text(TEXT)
    (tmp_path / "signature").write_bytes(NOTE.signatures[0].value)
    command = [
        *(openssl, "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin"),
        *("-in", "text", "-sigfile", "signature"),
    ]
    run = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True)
    assert run.returncode == 0, run
    (tmp_path / "text").write_text(TEXT.replace("7", "8"))
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode


def test_the_id_follows_from_use_and_name() -> None:
    value = PAIR.public.value
    ids = {
        PublicKey(name=name, use=use, value=value).id
        for name in ("a", "b")
        for use in ("log", "witness")
    }
    assert len(ids) == 4
