"""What openssl says of time stamps, and what is said when it says nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.external.openssl import Denied, Undecided, Verdict, Verified, verify_timestamp
from archive.witness.timestamp import format_timestamp_query
from tests.support.timestamp_authority import POLICY, Authority, make_authority
from tests.support.timestamp_tokens import DATA, QUERY, WRONG, make_token, sign_old


def verify(response: bytes, root: bytes, query: bytes = QUERY) -> Verdict:
    return verify_timestamp(response, query=query, roots=(root,))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"), kind="rsa", with_root=True)


@pytest.fixture(scope="module")
def answer(authority: Authority) -> bytes:
    return authority.answer(QUERY)


def test_a_token_that_holds(authority: Authority, answer: bytes) -> None:
    verified = verify(answer, authority.root.der)
    assert isinstance(verified, Verified), verified
    assert timedelta(0) <= datetime.now(UTC) - verified.time < timedelta(minutes=5)
    assert verified.accuracy == timedelta(seconds=1, milliseconds=500, microseconds=100)
    assert verified.serial == 2
    assert verified.policy == POLICY
    assert verified.signer == authority.signer.der
    assert set(verified.certificates) == {authority.signer.der, authority.root.der}


def test_times_of_every_spelling(tmp_path: Path) -> None:
    """A day below ten is padded, fractions come as they are."""
    begins, ends = datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
    for month in (2, 10):
        moment = datetime(2020, month, 9, 3, 4, 5, tzinfo=UTC)
        old = sign_old(tmp_path / str(month), moment, begins=begins, ends=ends)
        verified = verify(old.response, old.root)
        assert isinstance(verified, Verified), verified
        assert verified.time == moment
    made = make_authority(tmp_path / "digits", digits=6, accuracy="")
    before = datetime.now(UTC)
    verified = verify(made.answer(QUERY), made.root.der)
    assert isinstance(verified, Verified)
    assert before <= verified.time <= datetime.now(UTC)
    assert verified.accuracy is None


def test_the_time_is_not_taken_from_words_around_the_token(
    authority: Authority, answer: bytes
) -> None:
    """The words of an answer are signed by nobody, and may look like openssl's own."""
    words = b"\nTST info:\nTime stamp: Jan  1 00:00:00 2020 GMT\n"
    text = b"\x30" + bytes((len(words) + 2,)) + b"\x0c" + bytes((len(words),)) + words
    status = b"\x30" + bytes((len(text) + 3,)) + b"\x02\x01\x00" + text
    token = answer[answer.index(b"\x30\x03\x02\x01\x00") + 5 :]
    content = status + token
    told = b"\x30\x82" + len(content).to_bytes(2, "big") + content
    assert verify(told, authority.root.der) == verify(answer, authority.root.der)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_is_denied_for_what_is_wrong(tmp_path: Path, name: str) -> None:
    wrong = WRONG[name](tmp_path)
    verdict = verify(wrong.response, wrong.root)
    assert isinstance(verdict, Denied), verdict
    assert wrong.openssl in verdict.reason


def test_a_query_without_nonce_lets_every_nonce_pass(authority: Authority, answer: bytes) -> None:
    query = format_timestamp_query(DATA, nonce=None)
    assert isinstance(verify(answer, authority.root.der, query), Verified)


def test_without_openssl_nothing_is_decided(authority: Authority, answer: bytes) -> None:
    for program, word in (("no-such-openssl", "cannot be run"), ("true", "no openssl")):
        verdict = verify_timestamp(
            answer, query=QUERY, roots=(authority.root.der,), program=program
        )
        assert isinstance(verdict, Undecided), verdict
        assert word in verdict.reason
        assert "openssl" in verdict.remedy


def test_an_openssl_that_hangs_is_left(authority: Authority, answer: bytes, tmp_path: Path) -> None:
    path = write_program(tmp_path, "sleep 60")
    verdict = verify_timestamp(
        answer, query=QUERY, roots=(authority.root.der,), program=path, seconds=0.2
    )
    assert isinstance(verdict, Undecided)
    assert "longer than 0.2 s" in verdict.reason


@pytest.mark.parametrize(
    ("script", "word"),
    [
        ("echo OpenSSL 3.0.0", "neither yes nor no"),
        ("echo OpenSSL 3.0.0; echo Verification: OK", "words we do not know|take it apart|folder"),
        ("echo OpenSSL 3.0.0; echo Verification: OK; exit 1", "neither yes nor no"),
        ("echo OpenSSL 0.9.8", "no openssl"),
        ("echo LibreSSL 3.8.2", "no openssl"),
    ],
)
def test_an_openssl_that_makes_no_sense_decides_nothing(
    authority: Authority, answer: bytes, tmp_path: Path, script: str, word: str
) -> None:
    path = write_program(tmp_path, script)
    verdict = verify_timestamp(answer, query=QUERY, roots=(authority.root.der,), program=path)
    assert isinstance(verdict, Undecided), verdict
    assert any(part in verdict.reason for part in word.split("|")), verdict.reason


def test_the_program_sees_no_environment_of_ours_and_leaves_nothing_behind(
    authority: Authority, answer: bytes, tmp_path: Path
) -> None:
    path = write_program(tmp_path, f"env > {tmp_path}/seen; pwd > {tmp_path}/folder; echo no")
    verify_timestamp(answer, query=QUERY, roots=(authority.root.der,), program=path)
    names = {line.partition("=")[0] for line in (tmp_path / "seen").read_text().splitlines()}
    assert names - {"PWD", "OLDPWD", "SHLVL", "_"} == {"PATH", "LC_ALL", "OPENSSL_CONF"}
    folder = Path((tmp_path / "folder").read_text().strip())
    assert folder.is_absolute()
    assert not folder.exists()


def test_out_of_order_certificates_are_no_matter_to_openssl(tmp_path: Path) -> None:
    answer, root = make_token(tmp_path, kind="rsa", with_root=True)
    assert isinstance(verify(answer, root), Verified)


def write_program(folder: Path, script: str) -> str:
    path = folder / "program"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)
