"""Time stamps: queries that openssl reads, and answers from a real ``openssl ts``."""

import random
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.errors import InputError
from archive.witness.timestamp import (
    Refused,
    Stamped,
    TimestampAnswer,
    Unparsed,
    Verdict,
    check_timestamp,
    format_timestamp_query,
    parse_timestamp_response,
)
from tests.support.programs import program
from tests.support.timestamp_authority import (
    DAY,
    POLICY,
    Authority,
    make_authority,
    make_root,
)
from tests.support.timestamp_tokens import (
    DATA,
    NONCE,
    QUERY,
    WRONG,
    date_info,
    make_token,
    sign_old,
)


def check(response: bytes, root: bytes) -> Verdict:
    return check_timestamp(response, data=DATA, nonce=NONCE, roots=(root,))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


# --- queries --------------------------------------------------------------------------------------


@pytest.mark.parametrize("nonce", [None, 0, 1, 127, 128, 2**63, 2**64 - 1, 2**159])
def test_openssl_reads_the_query(tmp_path: Path, nonce: int | None) -> None:
    (tmp_path / "query").write_bytes(format_timestamp_query(DATA, nonce=nonce))
    command = [program("openssl"), "ts", "-query", "-in", "query", "-text"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, text=True)
    said = done.stdout.partition("Nonce: ")[2].split()[0]
    assert (None if said == "unspecified" else int(said, 16)) == nonce
    assert "Hash Algorithm: sha256\n" in done.stdout
    assert "Certificate required: yes\n" in done.stdout


def test_openssl_writes_the_same_query(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(DATA)
    command = "ts -query -data data -sha256 -cert -no_nonce -out query"
    subprocess.run(
        [program("openssl"), *command.split()], cwd=tmp_path, capture_output=True, check=True
    )
    assert (tmp_path / "query").read_bytes() == format_timestamp_query(DATA, nonce=None)


def test_a_negative_nonce_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        format_timestamp_query(DATA, nonce=-1)


# --- answers that hold ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["rsa", "p256"])
@pytest.mark.parametrize("form", ["pem", "der"])
def test_a_token_that_holds(tmp_path: Path, kind: str, form: str) -> None:
    made = make_authority(tmp_path, kind="rsa" if kind == "rsa" else "p256")
    before = datetime.now(UTC).replace(microsecond=0)
    answer = made.answer(QUERY)
    stamped = check(answer, made.root.pem if form == "pem" else made.root.der)
    assert isinstance(stamped, Stamped), stamped
    assert before <= stamped.time <= datetime.now(UTC)
    assert stamped.time.tzinfo is UTC
    assert stamped.accuracy == timedelta(seconds=1, milliseconds=500, microseconds=100)
    assert stamped.authority == "CN=Test TSA"
    assert stamped.policy == POLICY
    assert stamped.serial == 2
    assert [each.der for each in stamped.chain] == [made.signer.der, made.root.der]
    assert stamped.valid_until == made.signer.certificate.not_valid_after_utc


def test_a_nonce_that_nobody_knows_any_more(authority: Authority) -> None:
    answer = authority.answer(QUERY)
    told = check_timestamp(answer, data=DATA, nonce=None, roots=(authority.root.der,))
    assert isinstance(told, Stamped)


def test_a_query_without_a_nonce(authority: Authority) -> None:
    answer = authority.answer(format_timestamp_query(DATA, nonce=None))
    told = check_timestamp(answer, data=DATA, nonce=None, roots=(authority.root.der,))
    assert isinstance(told, Stamped)
    assert isinstance(check(answer, authority.root.der), Refused)


def test_one_of_several_roots_suffices(authority: Authority) -> None:
    roots = (make_root("Somebody else").pem + authority.root.pem,)
    answer = authority.answer(QUERY)
    assert isinstance(check_timestamp(answer, data=DATA, nonce=NONCE, roots=roots * 2), Stamped)


def test_fractions_of_a_second_are_not_lost(tmp_path: Path) -> None:
    """The library drops them, and the token would claim up to a second too much."""
    made = make_authority(tmp_path, digits=6)
    before = datetime.now(UTC)
    answer = made.answer(QUERY)
    stamped = check(answer, made.root.der)
    assert isinstance(stamped, Stamped)
    assert before <= stamped.time <= datetime.now(UTC)


def test_a_token_that_does_not_say_how_accurate_it_is(tmp_path: Path) -> None:
    answer, root = make_token(tmp_path, accuracy="")
    stamped = check(answer, root)
    assert isinstance(stamped, Stamped), stamped
    assert stamped.accuracy is None


def test_a_token_goes_on_holding_after_its_certificate_has_ended(tmp_path: Path) -> None:
    begins, ends = (datetime(year, 1, 1, tzinfo=UTC) for year in (2020, 2021))
    moment = datetime(2020, 6, 1, 12, 0, 0, tzinfo=UTC)
    old = sign_old(tmp_path, moment, begins=begins, ends=ends)
    stamped = check(old.response, old.root)
    assert isinstance(stamped, Stamped), stamped
    assert stamped.time == moment
    assert stamped.valid_until == ends


def test_a_token_from_after_the_end_of_its_certificate_is_refused(tmp_path: Path) -> None:
    begins, ends = (datetime(year, 1, 1, tzinfo=UTC) for year in (2020, 2021))
    for seconds, kind in ((-1, Stamped), (1, Refused)):
        moment = ends + timedelta(seconds=seconds)
        late = sign_old(tmp_path / kind.__name__, moment, begins=begins, ends=ends)
        assert isinstance(check(late.response, late.root), kind)


def test_a_grant_with_modifications_is_a_grant(authority: Authority) -> None:
    answer = authority.answer(QUERY)
    modified = answer.replace(b"\x30\x03\x02\x01\x00", b"\x30\x03\x02\x01\x01", 1)
    assert modified != answer
    assert check(modified, authority.root.der) == check(answer, authority.root.der)


def test_whoever_signed_is_named_whatever_else_is_in_the_token(tmp_path: Path) -> None:
    """Before 1.0.6 the library took the first certificate that it came across."""
    one = make_authority(tmp_path / "one", name="One")
    two = make_authority(tmp_path / "two", name="Two", root=one.root)
    answer = two.sign(one.read_info(one.answer(QUERY)), extra=(one.signer,))
    stamped = check(answer, one.root.der)
    assert isinstance(stamped, Stamped), stamped
    assert stamped.authority == "CN=Two"


# --- answers that do not --------------------------------------------------------------------------


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_is_refused_for_what_is_wrong(tmp_path: Path, name: str) -> None:
    wrong = WRONG[name](tmp_path)
    verdict = check(wrong.response, wrong.root)
    if wrong.library is None:
        assert isinstance(verdict, Unparsed), verdict
    else:
        assert isinstance(verdict, Refused), verdict
        assert wrong.library in verdict.reason
        assert "ErrorStack" not in verdict.reason


def test_a_digest_of_another_kind_is_refused(tmp_path: Path) -> None:
    made = make_authority(tmp_path, digests="sha256, sha512")
    (tmp_path / "data").write_bytes(DATA)
    command = "ts -query -data data -sha512 -cert -no_nonce -out query"
    subprocess.run(
        [program("openssl"), *command.split()], cwd=tmp_path, capture_output=True, check=True
    )
    verdict = check(made.answer((tmp_path / "query").read_bytes()), made.root.der)
    assert isinstance(verdict, Refused)
    assert "another kind" in verdict.reason


def test_certificates_out_of_order_are_unparsed_and_not_refused(tmp_path: Path) -> None:
    """Openssl does not sort the set when it adds the root; DER says that it must."""
    answer, root = make_token(tmp_path, kind="rsa", with_root=True)
    verdict = check(answer, root)
    assert isinstance(verdict, Unparsed)
    assert "InvalidSetOrdering" in verdict.reason


def test_a_token_without_certificates_is_refused(authority: Authority) -> None:
    query = QUERY.replace(b"\x01\x01\xff", b"")
    answer = authority.answer(query[:1] + bytes((query[1] - 3,)) + query[2:])
    verdict = check(answer, authority.root.der)
    assert isinstance(verdict, Refused), verdict


@pytest.mark.parametrize("roots", [(), (b"",), (b"-----BEGIN CERTIFICATE-----\n",)])
def test_without_a_root_nothing_is_judged(authority: Authority, roots: tuple[bytes, ...]) -> None:
    with pytest.raises(InputError):
        check_timestamp(authority.answer(QUERY), data=DATA, nonce=NONCE, roots=roots)


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
@pytest.mark.parametrize("kind", ["rsa", "p256"])
def test_no_flipped_bit_changes_what_is_proven(tmp_path: Path, kind: str) -> None:
    """One bit of every byte: what is still accepted says the very same (its status, and so on)."""
    answer, root = make_token(tmp_path, kind=kind)
    whole = check(answer, root)
    assert isinstance(whole, Stamped)
    chance = random.Random(3161)
    accepted = 0
    for place in range(len(answer)):
        flipped = bytearray(answer)
        flipped[place] ^= 1 << chance.randrange(8)
        verdict = check(bytes(flipped), root)
        if isinstance(verdict, Stamped):
            accepted += 1
            assert verdict == whole, f"byte {place}"
    assert accepted < 30


@pytest.mark.parametrize("kind", ["rsa", "p256"])
def test_no_part_of_a_token_is_taken_for_it(tmp_path: Path, kind: str) -> None:
    answer, root = make_token(tmp_path, kind=kind)
    for length in range(len(answer)):
        assert not isinstance(check(answer[:length], root), Stamped)


# --- parts ----------------------------------------------------------------------------------------


def test_what_an_answer_says_unjudged(authority: Authority, tmp_path: Path) -> None:
    answer = authority.answer(QUERY)
    told = parse_timestamp_response(answer)
    assert isinstance(told, TimestampAnswer)
    assert told.granted
    assert told.words == "granted"
    assert told.token is not None
    assert answer.endswith(told.token)
    rejected, _ = make_token(tmp_path, digests="sha512")
    told = parse_timestamp_response(rejected)
    assert isinstance(told, TimestampAnswer)
    assert not told.granted
    assert told.token is None
    assert "not supported" in told.words
    assert isinstance(parse_timestamp_response(b"<html>"), Unparsed)


def test_a_time_that_the_authority_made_up_is_still_its_word(authority: Authority) -> None:
    """A token proves what its authority says, within the life of its certificate; no more."""
    info = authority.read_info(authority.answer(QUERY))
    moment = datetime.now(UTC).replace(microsecond=0) - DAY / 2
    stamped = check(authority.sign(date_info(info, moment)), authority.root.der)
    assert isinstance(stamped, Stamped)
    assert stamped.time == moment
