"""Two judges of a time stamp: who is asked when, and that they agree."""

import random
from pathlib import Path

import pytest

from archive.errors import InputError
from archive.external.openssl import Undecided, Verified, verify_timestamp
from archive.witness.timestamp import Stamped, Unparsed, check_timestamp
from archive.workflows.tokens import (
    Judgement,
    Proven,
    Unproven,
    is_restamp_due,
    judge_token,
    make_token_finding,
    read_roots,
)
from tests.support.timestamp_authority import DAY, Authority, make_authority, make_root
from tests.support.timestamp_tokens import DATA, NONCE, QUERY, WRONG, make_token


def judge(response: bytes, root: bytes, program: str = "openssl") -> Judgement:
    return judge_token(response, data=DATA, nonce=NONCE, roots=(root,), program=program)


@pytest.fixture(scope="module")
def unsorted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority whose tokens the library cannot read."""
    return make_authority(tmp_path_factory.mktemp("authority"), kind="rsa", with_root=True)


def test_the_library_decides_where_it_can(tmp_path: Path) -> None:
    made = make_authority(tmp_path)
    judgement = judge(made.answer(QUERY), made.root.pem, "no-such-openssl")
    assert isinstance(judgement, Proven)
    assert judgement.judge == "rfc3161-client"
    assert judgement.unparsed is None
    assert make_token_finding(judgement, file="warcs/a.warc.gz") is None


def test_openssl_decides_where_the_library_cannot_read(unsorted: Authority) -> None:
    judgement = judge(unsorted.answer(QUERY), unsorted.root.pem)
    assert isinstance(judgement, Proven), judgement
    assert judgement.judge == "openssl"
    assert judgement.unparsed is not None
    assert "InvalidSetOrdering" in judgement.unparsed
    stamped = judgement.stamped
    assert [each.der for each in stamped.chain] == [unsorted.signer.der, unsorted.root.der]
    assert stamped.authority == "CN=Test TSA"
    assert stamped.valid_until == unsorted.signer.certificate.not_valid_after_utc


@pytest.mark.parametrize("kind", ["p256", "rsa"])
def test_a_chain_through_an_authority_between(tmp_path: Path, kind: str) -> None:
    """With the small key the set is in order by chance, with the large one it is not."""
    root = make_root("Top")
    between = make_root("Between", issuer=root)
    answer, _ = make_token(tmp_path, root=between, kind=kind, with_root=True)
    judgement = judge(answer, root.der)
    assert isinstance(judgement, Proven), judgement
    assert judgement.judge == ("openssl" if kind == "rsa" else "rfc3161-client")
    subjects = [each.subject for each in judgement.stamped.chain]
    assert subjects == ["CN=Test TSA", "CN=Between", "CN=Top"]
    bare, _ = make_token(tmp_path / "bare", root=between, kind=kind)
    assert isinstance(judge(bare, root.der), Unproven)


def test_without_openssl_it_cannot_be_decided(unsorted: Authority) -> None:
    judgement = judge(unsorted.answer(QUERY), unsorted.root.pem, "no-such-openssl")
    assert isinstance(judgement, Undecided)
    assert "InvalidSetOrdering" in judgement.reason
    finding = make_token_finding(judgement, file="warcs/a.warc.gz", offset=5, record_id="urn:x")
    assert finding is not None
    assert finding.severity == "undecidable"
    assert (finding.file, finding.offset, finding.record_id) == ("warcs/a.warc.gz", 5, "urn:x")
    assert "openssl" in finding.remedy


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_is_found(tmp_path: Path, name: str) -> None:
    wrong = WRONG[name](tmp_path)
    judgement = judge(wrong.response, wrong.root)
    assert isinstance(judgement, Unproven), judgement
    assert judgement.judge == ("rfc3161-client" if wrong.library is not None else "openssl")
    finding = make_token_finding(judgement, file="warcs/a.warc.gz")
    assert finding is not None
    assert finding.severity == "damage"
    assert judgement.reason in finding.what


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
@pytest.mark.parametrize("kind", ["rsa", "p256"])
def test_the_judges_agree_on_flipped_bits(tmp_path: Path, kind: str) -> None:
    """One bit of every fifth byte.  Where they differ, both prove the same, or one is stricter.

    openssl takes names for equal whatever the case of their letters, and its ``cms``, which we
    ask who signed, minds the name of the signature's algorithm, which nobody signs.
    """
    answer, root = make_token(tmp_path, kind=kind)
    whole = check_timestamp(answer, data=DATA, nonce=NONCE, roots=(root,))
    assert isinstance(whole, Stamped)
    chance = random.Random(5816)
    for place in range(chance.randrange(5), len(answer), 5):
        changed = bytearray(answer)
        changed[place] ^= 1 << chance.randrange(8)
        flipped = bytes(changed)
        first = check_timestamp(flipped, data=DATA, nonce=NONCE, roots=(root,))
        second = verify_timestamp(flipped, query=QUERY, roots=(root,))
        if isinstance(first, Stamped):
            assert first == whole
            assert isinstance(second, Verified | Undecided), f"byte {place}: {second}"
        if isinstance(second, Verified):
            assert (second.time, second.serial) == (whole.time, whole.serial)
            spelled = "is not in it" in getattr(first, "reason", "")
            assert spelled or isinstance(first, Stamped | Unparsed), f"byte {place}: {first}"


def test_a_time_stamp_is_renewed_before_its_certificate_ends(unsorted: Authority) -> None:
    judgement = judge(unsorted.answer(QUERY), unsorted.root.pem)
    assert isinstance(judgement, Proven)
    ends = unsorted.signer.certificate.not_valid_after_utc
    for days, due in ((91, False), (90, True), (-1, True)):
        now = ends - days * DAY
        assert is_restamp_due(judgement.stamped, now=now, days=90) is due


def test_roots_are_read_from_a_file(tmp_path: Path, unsorted: Authority) -> None:
    path = tmp_path / "root.pem"
    path.write_bytes(unsorted.root.pem)
    assert read_roots(path) == (unsorted.root.der,)
    path.write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"root\.pem: no certificate"):
        read_roots(path)
    with pytest.raises(InputError, match=r"missing\.pem cannot be read"):
        read_roots(tmp_path / "missing.pem")
