"""Questions to witnesses: each is judged as the specification says, and no forked log is signed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.checkpoint import Checkpoint
from archive.core.key import PublicKey, make_key_pair, sign_note
from archive.core.note import Note, format_note, format_signatures
from archive.errors import DamageError
from archive.witness.cosign import (
    MAX_HASHES,
    SIZE_TYPE,
    TEXT_TYPE,
    Accepted,
    AskAgain,
    Cosigned,
    CosignRequest,
    OldTooLarge,
    OtherRoot,
    OtherSize,
    Refused,
    Rejected,
    UnknownOrigin,
    Unproved,
    Unsigned,
    WitnessReply,
    describe_rejection,
    format_cosign_request,
    format_rejection,
    judge_checkpoint,
    parse_cosign_request,
    read_witness_reply,
)
from tests.support.clock import START
from tests.support.logs import LOG, ORIGIN, WITNESS, FakeLog, make_log

LOG_12 = make_log(12)
OTHER = FakeLog(hashes=(*LOG_12.hashes[:5], *make_log(20, "other").hashes[5:]))
KEYS = (LOG.public,)
STRANGER = make_key_pair(ORIGIN, "log", bytes(32))

# The example of C2SP tlog-witness, word for word.
EXAMPLE = """\
old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
"""  # noqa: E501  # as it stands there


def test_the_specifications_example_reads() -> None:
    request = parse_cosign_request(EXAMPLE.encode())
    assert (request.old, len(request.proof)) == (20852014, 4)
    assert request.checkpoint.origin == "example.com/behind-the-sofa"
    assert request.checkpoint.size == 20852163
    assert len(request.note.signatures) == 2
    again = format_cosign_request(request.old, request.proof, request.note)
    assert again.decode() == EXAMPLE


GOOD = LOG_12.format_request(7, 12).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "old 0\n",
        "old 0\n\n",
        GOOD.replace("old 7", "old 07"),
        GOOD.replace("old 7", "old -7"),
        GOOD.replace("old 7", "old  7"),
        GOOD.replace("old 7", "OLD 7"),
        GOOD.replace("old 7", f"old {'9' * 5000}"),
        GOOD.replace("old 7\n", ""),
        GOOD.replace("old 7\n", "old 7\n\n"),
        GOOD.replace("old 7\n", "old 7\nAAAA\n"),
        GOOD.replace(
            "old 7\n", "old 7\n" + f"{LOG_12.format_request(7, 12)[6:50].decode()}\n" * 64
        ),
        GOOD.replace("\n12\n", f"\n{'9' * 5000}\n"),
        GOOD.replace("\n12\n", "\n\n"),
        GOOD.replace("\n", "\r\n"),
        GOOD[:-1],
        GOOD.partition("\n\n")[0] + "\n\n",
        GOOD.rpartition("\n\n")[0],
        GOOD.replace("— ", "- "),
        GOOD + GOOD.rpartition("\n\n")[2] * 64,
    ],
)
def test_any_other_text_is_no_request(text: str) -> None:
    with pytest.raises(DamageError):
        parse_cosign_request(text.encode())


@given(st.binary() | st.text().map(lambda text: f"old 0\n\n{text}".encode()))
def test_noise_is_no_request(body: bytes) -> None:
    with pytest.raises(DamageError):
        parse_cosign_request(body)


def test_as_many_hashes_as_may_be() -> None:
    hashes = (bytes(32),) * MAX_HASHES
    body = format_cosign_request(1, hashes, LOG_12.sign(12))
    assert parse_cosign_request(body).proof == hashes
    with pytest.raises(DamageError, match="more than 63"):
        parse_cosign_request(format_cosign_request(1, (*hashes, bytes(32)), LOG_12.sign(12)))


def forge(request: CosignRequest, **changes: object) -> CosignRequest:
    return replace(request, **changes)  # type: ignore[arg-type]  # fields of it


def break_signature(note: Note) -> Note:
    (first, *rest) = note.signatures
    return replace(note, signatures=(replace(first, value=bytes(64)), *rest))


KNOWN = LOG_12.find_checkpoint(7)
# Name, question, what the witness knows, keys that it trusts, judgement, status.
CASES: list[tuple[str, CosignRequest, Checkpoint | None, tuple[PublicKey, ...], Rejected, int]] = [
    ("no key of the log", LOG_12.ask(0, 12), None, (), UnknownOrigin(origin=ORIGIN), 404),
    (
        "keys of another log alone",
        LOG_12.ask(0, 12),
        None,
        (make_key_pair("archive.example/c3", "log", bytes(32)).public,),
        UnknownOrigin(origin=ORIGIN),
        404,
    ),
    (
        "a witness's key is none of a log",
        LOG_12.ask(0, 12),
        None,
        (PublicKey(name=ORIGIN, use="witness", value=LOG.public.value),),
        UnknownOrigin(origin=ORIGIN),
        404,
    ),
    ("another key signed", LOG_12.ask(7, 12, STRANGER), KNOWN, KEYS, Unsigned(origin=ORIGIN), 403),
    (
        "nobody signed",
        forge(LOG_12.ask(7, 12), note=Note(text=LOG_12.sign(12).text)),
        KNOWN,
        KEYS,
        Unsigned(origin=ORIGIN),
        403,
    ),
    (
        "the signature is wrong",
        forge(LOG_12.ask(7, 12), note=break_signature(LOG_12.sign(12))),
        KNOWN,
        KEYS,
        Unsigned(origin=ORIGIN),
        403,
    ),
    (
        "one of two known keys signed wrongly",
        forge(LOG_12.ask(7, 12), note=break_signature(LOG_12.sign(12, STRANGER, LOG))),
        KNOWN,
        (LOG.public, STRANGER.public),
        Unsigned(origin=ORIGIN),
        403,
    ),
    (
        "the old size is the larger one",
        forge(LOG_12.ask(7, 7), old=8),
        KNOWN,
        KEYS,
        OldTooLarge(old=8, size=7),
        400,
    ),
    ("rolled back", LOG_12.ask(5, 5), KNOWN, KEYS, OtherSize(known=7), 409),
    ("nothing was said of what is known", LOG_12.ask(0, 12), KNOWN, KEYS, OtherSize(known=7), 409),
    ("the witness knows less", LOG_12.ask(9, 12), KNOWN, KEYS, OtherSize(known=7), 409),
    ("it knows nothing", LOG_12.ask(7, 12), None, KEYS, OtherSize(known=0), 409),
    (
        "same size, another root",
        OTHER.ask(7, 7),
        KNOWN,
        KEYS,
        OtherRoot(known=KNOWN, note=OTHER.sign(7)),
        409,
    ),
    ("forked", OTHER.ask(7, 12), KNOWN, KEYS, Unproved(known=7, size=12), 422),
    (
        "no proof",
        forge(LOG_12.ask(7, 12), proof=()),
        KNOWN,
        KEYS,
        Unproved(known=7, size=12),
        422,
    ),
    (
        "a proof of nothing",
        forge(LOG_12.ask(0, 12), proof=(bytes(32),)),
        None,
        KEYS,
        Unproved(known=0, size=12),
        422,
    ),
    (
        "a proof of the same",
        forge(LOG_12.ask(7, 7), proof=(bytes(32),)),
        KNOWN,
        KEYS,
        Unproved(known=7, size=7),
        422,
    ),
]


@pytest.mark.parametrize(
    ("request_", "known", "keys", "rejected", "status"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_what_the_specification_refuses(
    request_: CosignRequest,
    known: Checkpoint | None,
    keys: tuple[PublicKey, ...],
    rejected: Rejected,
    status: int,
) -> None:
    assert judge_checkpoint(request_, known=known, keys=keys) == rejected
    reply = format_rejection(rejected)
    assert reply.status == status
    assert reply.body.endswith(b"\n")
    is_size = isinstance(rejected, OtherSize)
    assert reply.media_type == (SIZE_TYPE if is_size else TEXT_TYPE)
    if isinstance(rejected, OtherSize):
        assert reply.body == f"{rejected.known}\n".encode()
    assert "\n" not in describe_rejection(rejected)


@pytest.mark.parametrize(("old", "known"), [(0, None), (0, 0), (7, 7), (11, 11), (12, 12)])
def test_what_is_accepted(old: int, known: int | None) -> None:
    before = None if known is None else LOG_12.find_checkpoint(known)
    judged = judge_checkpoint(LOG_12.ask(old, 12), known=before, keys=KEYS)
    assert judged == Accepted(checkpoint=LOG_12.find_checkpoint(12), note=LOG_12.sign(12))


def test_an_empty_log_is_a_log() -> None:
    assert isinstance(judge_checkpoint(make_log(0).ask(0, 0), known=None, keys=KEYS), Accepted)


def test_a_key_change_is_seen_by_both_keys() -> None:
    """After one, both sign for a while; signatures by keys that are not trusted are left out."""
    request = LOG_12.ask(7, 12, STRANGER, LOG)
    for keys in ((LOG.public,), (STRANGER.public,), (LOG.public, STRANGER.public)):
        judged = judge_checkpoint(request, known=KNOWN, keys=keys)
        assert isinstance(judged, Accepted)
        assert {item.key_id for item in judged.note.signatures} == {key.id for key in keys}


def test_extension_lines_are_signed_and_say_nothing() -> None:
    note = sign_note(Note(text=LOG_12.sign(12).text + "extension\n"), LOG)
    request = parse_cosign_request(format_cosign_request(0, (), note))
    judged = judge_checkpoint(request, known=None, keys=KEYS)
    assert isinstance(judged, Accepted)
    assert judged.checkpoint == LOG_12.find_checkpoint(12)
    assert judged.note.text.endswith("extension\n")


@given(st.data(), st.integers(min_value=1, max_value=70))
def test_an_honest_log_is_signed_and_no_other(data: st.DataObject, size: int) -> None:
    """Whatever proof a log that was changed brings along, of whichever of its histories."""
    honest = make_log(size)
    known_size = data.draw(st.integers(min_value=1, max_value=size), label="known")
    known = honest.find_checkpoint(known_size)
    judged = judge_checkpoint(honest.ask(known_size, size), known=known, keys=KEYS)
    assert isinstance(judged, Accepted)

    hashes = list(honest.hashes)
    change = data.draw(st.sampled_from(["fork", "reorder", "roll back", "drop"]), label="change")
    place = data.draw(st.integers(min_value=0, max_value=known_size - 1), label="place")
    match change:
        case "fork":
            hashes[place] = make_log(1, "other").hashes[0]
        case "reorder":
            other = data.draw(st.integers(min_value=0, max_value=size - 1), label="other")
            hashes[place], hashes[other] = hashes[other], hashes[place]
        case "drop":
            del hashes[place]
        case _:
            hashes = hashes[:place]
    if hashes[:known_size] == list(honest.hashes[:known_size]):
        return  # nothing was changed
    changed = FakeLog(hashes=tuple(hashes))
    end = len(hashes)
    old = data.draw(st.sampled_from(sorted({min(known_size, end), 0, end})), label="old")
    source = data.draw(st.sampled_from([honest, changed]), label="proof of")
    proof = source.prove(min(old, len(source.hashes)), min(end, len(source.hashes)))
    request = forge(changed.ask(0, end), old=old, proof=proof)
    judged = judge_checkpoint(request, known=known, keys=KEYS)
    assert isinstance(judged, OtherSize | OtherRoot | Unproved)


# --- the answer -----------------------------------------------------------------------------------

REQUEST = LOG_12.ask(7, 12)
SIGNED = sign_note(Note(text=REQUEST.note.text), WITNESS, time=START)
LINE = format_signatures(SIGNED.signatures)


def read(
    status: int, body: str, media_type: str = TEXT_TYPE, request: CosignRequest = REQUEST
) -> Cosigned | AskAgain | Refused:
    reply = WitnessReply(status=status, media_type=media_type, body=body.encode())
    return read_witness_reply(request, reply, keys=(WITNESS.public,), now=START)


def test_a_cosignature_joins_the_note() -> None:
    found = read(200, LINE)
    note = Note(text=SIGNED.text, signatures=(*REQUEST.note.signatures, *SIGNED.signatures))
    assert found == Cosigned(note=note, key=WITNESS.public, time=int(START.timestamp()))


def test_a_time_beyond_the_calendar_is_none() -> None:
    stamp = (2**63).to_bytes(8, "big")
    text = f"cosignature/v1\ntime {2**63}\n{SIGNED.text}".encode()
    (signature,) = SIGNED.signatures
    late = replace(signature, value=stamp + WITNESS.private.sign(text))
    found = read(200, format_signatures([late]))
    assert isinstance(found, Refused)
    assert "no calendar" in found.why


@pytest.mark.parametrize(
    "time",
    [
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, tzinfo=UTC),
        START - timedelta(days=1, seconds=1),
        START + timedelta(days=1, seconds=1),
    ],
)
def test_a_witness_that_signed_any_time_at_all_was_believed(time: datetime) -> None:
    signed = sign_note(Note(text=REQUEST.note.text), WITNESS, time=time)
    found = read(200, format_signatures(signed.signatures))
    assert isinstance(found, Refused)
    assert "more than a day from this machine's clock" in found.why


@pytest.mark.parametrize("days", [-1, 1])
def test_clocks_may_differ_by_a_day(days: int) -> None:
    time = START + timedelta(days=days)
    signed = sign_note(Note(text=REQUEST.note.text), WITNESS, time=time)
    assert isinstance(read(200, format_signatures(signed.signatures)), Cosigned)


def test_unknown_signatures_beside_it_are_left_out() -> None:
    stranger = make_key_pair("witness.example/w2", "witness", bytes(32))
    more = sign_note(Note(text=REQUEST.note.text), stranger, time=START)
    found = read(200, format_signatures(more.signatures) + LINE)
    assert isinstance(found, Cosigned)
    assert "witness.example" not in format_note(found.note)


OTHER_KEY = make_key_pair(WITNESS.public.name, "witness", bytes(32))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "signed with no known key"),
        ("yes\n", "no signature"),
        (LINE[:-1], "no signature"),
        (LINE.replace("— ", ""), "no signature"),
        (
            format_signatures(sign_note(Note(text=SIGNED.text), OTHER_KEY, time=START).signatures),
            "no known key of the witness, but by archive.example/b2/witness",
        ),
        (
            format_signatures(
                sign_note(Note(text=LOG_12.sign(7).text), WITNESS, time=START).signatures
            ),
            "does not hold",
        ),
        (
            # A log's signature by the witness's own key: of another type, so of another id.
            format_signatures(
                sign_note(
                    Note(text=SIGNED.text), make_key_pair(WITNESS.public.name, "log", bytes(32))
                ).signatures
            ),
            "no known key",
        ),
    ],
)
def test_any_other_answer_is_none(body: str, words: str) -> None:
    found = read(200, body)
    assert isinstance(found, Refused)
    assert words in found.why


@pytest.mark.parametrize(
    ("status", "body", "media_type", "request_", "words"),
    [
        (
            *(409, "15\n", SIZE_TYPE, REQUEST),
            "the log was rolled back: it has 12 leaves, the witness saw 15",
        ),
        (
            *(409, "x\n", TEXT_TYPE, LOG_12.ask(12, 12)),
            "the witness has seen 12 leaves with another root: the log was forked",
        ),
        (
            *(409, "12\n", f"{SIZE_TYPE}; charset=utf-8", LOG_12.ask(12, 12)),
            "the witness has seen 12 leaves with another root: the log was forked",
        ),
        (
            *(422, "", TEXT_TYPE, REQUEST),
            "the witness has seen 7 leaves with another root: the log was forked",
        ),
        (422, "", TEXT_TYPE, LOG_12.ask(0, 12), "answered with status 422"),
        (409, "", TEXT_TYPE, REQUEST, "answered with status 409"),
        (409, "7\n", SIZE_TYPE, REQUEST, "which is what it was asked from"),
        (409, "07\n", SIZE_TYPE, REQUEST, "but not which"),
        (409, "\udcff\n", SIZE_TYPE, REQUEST, "but not which"),
        (404, "", TEXT_TYPE, REQUEST, f"does not know the log {ORIGIN}"),
        (403, "", TEXT_TYPE, REQUEST, "does not trust the key"),
        (400, "no old size\n", TEXT_TYPE, REQUEST, "answered with status 400: no old size"),
        (500, "", TEXT_TYPE, REQUEST, "answered with status 500"),
        (301, "", TEXT_TYPE, REQUEST, "answered with status 301"),
    ],
)
def test_what_a_refusal_means(
    status: int, body: str, media_type: str, request_: CosignRequest, words: str
) -> None:
    reply = WitnessReply(
        status=status, media_type=media_type, body=body.encode("utf-8", "surrogateescape")
    )
    found = read_witness_reply(request_, reply, keys=(WITNESS.public,), now=START)
    assert isinstance(found, Refused)
    assert words in found.why
    assert found.remedy


def test_another_size_is_asked_about() -> None:
    assert read(409, "9\n", SIZE_TYPE) == AskAgain(old=9)
    assert read(409, "0\n", SIZE_TYPE.upper()) == AskAgain(old=0)
