"""Being a witness: whom it trusts, what it remembers, and that nothing makes it sign a fork."""

import os
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from archive.core.key import check_note, format_verifier_key, make_key_pair
from archive.core.note import Note, format_note, parse_note, parse_signatures
from archive.errors import DamageError, InputError, StoreError
from archive.store.check_witness import check_witness
from archive.store.disk import Change, Disk
from archive.store.witness import read_witnessed_log
from archive.witness.cosign import SIZE_TYPE, WitnessReply
from archive.workflows.key_ring import read_changes, read_key_ring
from archive.workflows.keys import KeyMove
from archive.workflows.opening import Archive, World
from archive.workflows.witness import (
    add_logs,
    answer_checkpoint,
    answer_safely,
    find_known_checkpoint,
    list_logs,
    remove_log,
)
from archive.workflows.witness_keys import make_witness_key, rotate_witness_key
from tests.support.archives import list_findings, make_archive, make_world, write_to
from tests.support.faults import Crash, CrashingDisk
from tests.support.logs import LOG, ORIGIN, FakeLog, make_log

LOG_12 = make_log(12)
OTHER = FakeLog(hashes=(*LOG_12.hashes[:5], *make_log(20, "other").hashes[5:]))
NEXT = make_key_pair(ORIGIN, "log", bytes(32))
VKEY = format_verifier_key(LOG.public)


@pytest.fixture
def witness(tmp_path: Path) -> Archive:
    """An archive with a log of its own that knows the log `LOG_12`."""
    archive = make_archive(tmp_path / "witness")
    with write_to(archive):
        pass
    add_logs(archive, make_world(), [VKEY])
    return archive


def ask(
    witness: Archive, body: bytes, *, world: World | None = None, told: list[str] | None = None
) -> WitnessReply:
    tell = (told if told is not None else []).append
    return answer_checkpoint(witness, world or make_world(), body, tell=tell)


def find_size(witness: Archive) -> int | None:
    known = find_known_checkpoint(read_witnessed_log(witness.layout, ORIGIN))
    return known.size if known else None


def list_files(witness: Archive, suffix: str = "") -> list[Path]:
    return [path for path in sorted(witness.layout.witness.glob(f"*{suffix}")) if path.suffix]


def test_a_key_is_made_once_and_only_its_public_half_is_inside(witness: Archive) -> None:
    (key,) = make_witness_key(witness, make_world(seed="a"))
    assert make_witness_key(witness, make_world(seed="b")) == (key,)
    origin = (witness.layout.log / "origin").read_text().strip()
    assert (key.name, key.use) == (f"{origin}/witness", "witness")
    (public,) = witness.layout.keys.glob("witness-*.vkey")
    assert public.read_text() == f"{format_verifier_key(key)}\n"
    (private,) = (witness.layout.root.parent / "witness-keys").rglob("witness-*.pem")
    assert private.stat().st_mode & 0o777 == 0o600
    private.unlink()
    with pytest.raises(InputError, match="private key of this witness is not in"):
        make_witness_key(witness, make_world())
    assert list_findings(witness) == []


def test_without_a_log_there_is_no_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no log yet"):
        make_witness_key(make_archive(tmp_path / "new"), make_world())


def test_what_is_signed_is_remembered(witness: Archive) -> None:
    told: list[str] = []
    for old, new in ((0, 3), (3, 3), (3, 7), (7, 12)):
        reply = ask(witness, LOG_12.format_request(old, new), told=told)
        assert (reply.status, find_size(witness)) == (200, new)
        answered = Note(
            text=LOG_12.sign(new).text, signatures=parse_signatures(reply.body.decode())
        )
        keys = make_witness_key(witness, make_world())
        assert check_note(answered, keys).good == keys
        known = read_witnessed_log(witness.layout, ORIGIN).note
        assert known is not None
        assert known.signatures == (*LOG_12.sign(new).signatures, *answered.signatures)
    assert told == [f"cosigned {ORIGIN} at size {size}" for size in (3, 3, 7, 12)]
    assert list_findings(witness) == []


@pytest.mark.parametrize(
    ("body", "status", "answer", "told"),
    [
        (OTHER.format_request(7, 12), 422, b"does not lead from 7 to 12", "no proof"),
        (OTHER.format_request(7, 7), 409, b"another root", "FORKED"),
        (LOG_12.format_request(3, 12), 409, b"7\n", "size 7 is known"),
        (LOG_12.format_request(5, 5), 409, b"7\n", "size 7 is known"),
        (LOG_12.format_request(0, 0), 409, b"7\n", "size 7 is known"),
        (LOG_12.format_request(7, 12, NEXT), 403, b"no key that is trusted", "no trusted key"),
        (LOG_12.format_request(7, 12)[:-1], 400, b"cut short", None),
        (b"", 400, b"", None),
        (b"\xff" * 65536, 400, b"not UTF-8", None),
    ],
)
def test_what_is_refused_changes_nothing(
    witness: Archive, body: bytes, status: int, answer: bytes, told: str | None
) -> None:
    ask(witness, LOG_12.format_request(0, 7))
    before = [path.read_bytes() for path in list_files(witness, ".note")]
    lines: list[str] = []
    reply = ask(witness, body, told=lines)
    assert reply.status == status
    assert answer in reply.body
    assert (reply.media_type == SIZE_TYPE) == (answer == b"7\n")
    assert [path.read_bytes() for path in list_files(witness, ".note")] == before
    assert all(told in line for line in lines) if told else not lines


def test_a_log_that_nobody_added_leaves_nothing_behind(witness: Archive) -> None:
    stranger = make_key_pair("archive.example/x", "log", bytes(32))
    log = FakeLog(hashes=LOG_12.hashes, origin="archive.example/x")
    before = list_files(witness)
    assert ask(witness, log.format_request(0, 12, stranger)).status == 404
    assert list_files(witness) == before


def test_two_signed_histories_are_kept_as_evidence(witness: Archive) -> None:
    ask(witness, LOG_12.format_request(0, 7))
    ask(witness, OTHER.format_request(7, 7))
    third = FakeLog(hashes=make_log(7, "third").hashes)
    ask(witness, third.format_request(7, 7))
    (log,) = list_logs(witness)
    assert log.fork == OTHER.sign(7)  # the first one stays
    assert log.note is not None
    assert check_note(log.fork, [LOG.public]).good == check_note(log.note, [LOG.public]).good
    assert log.fork.text != log.note.text


def test_a_removed_log_gets_no_word_and_is_not_forgotten(witness: Archive) -> None:
    ask(witness, LOG_12.format_request(0, 7))
    removed = remove_log(witness, make_world(), ORIGIN)
    assert removed.keys == ()
    assert ask(witness, LOG_12.format_request(7, 12)).status == 404
    assert [log.origin for log in list_logs(witness)] == [ORIGIN]
    with pytest.raises(InputError, match="no witness of"):
        remove_log(witness, make_world(), ORIGIN)
    add_logs(witness, make_world(), [VKEY])
    assert ask(witness, OTHER.format_request(0, 12)).body == b"7\n"
    assert ask(witness, OTHER.format_request(7, 12)).status == 422
    assert ask(witness, LOG_12.format_request(7, 12)).status == 200


def test_after_a_key_change_both_keys_are_trusted(witness: Archive) -> None:
    ask(witness, LOG_12.format_request(0, 3))
    assert ask(witness, LOG_12.format_request(3, 7, NEXT)).status == 403
    add_logs(witness, make_world(), [format_verifier_key(NEXT.public), VKEY])
    (log,) = list_logs(witness)
    assert log.keys == (LOG.public, NEXT.public)
    assert ask(witness, LOG_12.format_request(3, 7, LOG, NEXT)).status == 200
    assert ask(witness, LOG_12.format_request(7, 12, NEXT)).status == 200


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "no verifier key"),
        ("archive.example/a1", "no verifier key"),
        (VKEY[:-1], "no verifier key"),
        (VKEY.replace("a1", "a2"), "no verifier key"),
        (
            format_verifier_key(make_key_pair("x/witness", "witness", bytes(32)).public),
            "key of a witness",
        ),
    ],
)
def test_what_is_no_key_of_a_log_is_not_added(witness: Archive, line: str, words: str) -> None:
    before = list_logs(witness)
    with pytest.raises(InputError, match=words):
        add_logs(witness, make_world(), [format_verifier_key(NEXT.public), line])
    assert list_logs(witness) == before


def test_of_many_requests_at_once_none_overtakes_another(witness: Archive) -> None:
    """Two that begin from the same size can never both be signed, nor a smaller one last."""
    ask(witness, LOG_12.format_request(0, 1))
    replies: list[tuple[int, WitnessReply]] = []
    bodies = [(new, LOG_12.format_request(1, new)) for new in (12, 2, 11, 3, 10, 4)]
    start = threading.Barrier(len(bodies))

    def run(new: int, body: bytes) -> None:
        start.wait(10)
        replies.append((new, ask(witness, body)))

    threads = [threading.Thread(target=run, args=item) for item in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    ((signed, _),) = [item for item in replies if item[1].status == 200]
    assert len(replies) == 6
    assert all(
        (reply.status, reply.body) == (409, f"{signed}\n".encode())
        for new, reply in replies
        if new != signed
    )
    assert find_size(witness) == signed


def test_every_flipped_bit_of_what_is_remembered_is_seen(witness: Archive) -> None:
    """Then nothing is signed: a witness that may have forgotten must not."""
    ask(witness, LOG_12.format_request(0, 7))
    body = LOG_12.format_request(7, 12)
    for path in (*list_files(witness, ".note"), *list_files(witness, ".keys")):
        data = path.read_bytes()
        for bit in range(0, 8 * len(data), 3):
            changed = bytearray(data)
            changed[bit // 8] ^= 1 << bit % 8
            path.write_bytes(changed)
            told: list[str] = []
            reply = answer_safely(witness, make_world(), body, tell=told.append)
            if reply.status != 500:
                # A log's own signature among them; the text and our signature are untouched.
                note = parse_note(data.decode())
                assert path.suffix == ".note"
                assert parse_note(changed.decode()).text == note.text
                assert reply.status == 200
                path.unlink()
                ask(witness, LOG_12.format_request(0, 7))
            path.write_bytes(data)
    assert ask(witness, body).status == 200


def test_what_cannot_be_remembered_is_not_signed(witness: Archive) -> None:
    ask(witness, LOG_12.format_request(0, 7))

    class FullDisk(Disk):
        def announce(self, change: Change) -> None:
            if change.operation == "write" and ".note" in change.path.name:
                raise OSError(28, "No space left on device")

    world = make_world(disk=FullDisk())
    with pytest.raises(StoreError, match="disk full"):
        ask(witness, LOG_12.format_request(7, 12), world=world)
    told: list[str] = []
    reply = answer_safely(
        witness, make_world(disk=FullDisk()), LOG_12.format_request(7, 12), tell=told.append
    )
    assert (reply.status, reply.body) == (500, b"this witness cannot answer now\n")
    assert "disk full" in told[0]
    assert find_size(witness) == 7
    assert ask(witness, LOG_12.format_request(7, 12)).status == 200


def test_files_of_another_log_are_damage(witness: Archive) -> None:
    ask(witness, LOG_12.format_request(0, 7))
    (note,) = list_files(witness, ".note")
    note.rename(note.with_name("0" * 64 + ".note"))
    with pytest.raises(DamageError, match="not of the log that its name says"):
        list_logs(witness)


def test_what_a_witness_remembers_was_checked_by_nobody(witness: Archive) -> None:
    """Verify tells every flipped bit of it, and what does not belong there."""
    ask(witness, LOG_12.format_request(0, 7))
    ask(witness, OTHER.format_request(7, 7))
    files = list_files(witness)
    assert {path.suffix for path in files} == {".keys", ".note", ".fork"}
    assert list_findings(witness) == []
    for path in files:
        data = path.read_bytes()
        for bit in range(0, 8 * len(data), 3):
            changed = bytearray(data)
            changed[bit // 8] ^= 1 << bit % 8
            path.write_bytes(changed)
            assert any(finding.severity != "note" for finding in check_witness(witness.layout)), (
                path.suffix,
                bit,
            )
        path.write_bytes(b"")
        found = {finding.what for finding in check_witness(witness.layout)}
        assert found <= {finding.what for finding in list_findings(witness, "quick")}
        path.write_bytes(data)
    assert list_findings(witness) == []
    for path in files:
        stray = path.with_name("0" * 64 + path.suffix)
        path.rename(stray)
        assert "not of the log that its name says" in list_findings(witness)[0].what
        stray.rename(path)
    (witness.layout.witness / "more").touch()
    (finding,) = check_witness(witness.layout)
    assert "no file that a witness keeps" in finding.what
    assert [log.origin for log in list_logs(witness)] == [ORIGIN]


def test_a_log_that_is_not_trusted_any_more_is_no_damage(witness: Archive) -> None:
    ask(witness, LOG_12.format_request(0, 7))
    remove_log(witness, make_world(), ORIGIN)
    assert list_findings(witness) == []
    add_logs(witness, make_world(), [format_verifier_key(NEXT.public)])
    (finding,) = list_findings(witness)
    assert finding.severity == "undecidable"


def test_the_signature_under_what_was_cosigned_was_another(witness: Archive) -> None:
    ask(witness, LOG_12.format_request(0, 7))
    (path,) = list_files(witness, ".note")
    note = parse_note(path.read_text())
    for place, words in ((0, "of the log that does not hold"), (1, "not what this witness signed")):
        forged = list(note.signatures)
        forged[place] = replace(forged[place], value=bytes(len(forged[place].value)))
        path.write_text(format_note(replace(note, signatures=tuple(forged))))
        (finding,) = list_findings(witness)
        assert words in finding.what


def rotate(witness: Archive, disk: Disk | None = None) -> KeyMove:
    with write_to(witness, make_world(seed=os.urandom(8).hex(), disk=disk)) as writing:
        return rotate_witness_key(writing, reason="the disk died")


def test_a_lost_witness_key_ended_the_witness(witness: Archive) -> None:
    """Nothing but a hand in metadata/keys could have helped."""
    assert ask(witness, LOG_12.format_request(0, 7)).status == 200
    (lost,) = make_witness_key(witness, make_world())
    (private,) = witness.layout.root.with_name("witness-keys").rglob("witness-*.pem")
    private.unlink()
    with pytest.raises(InputError, match="is not in") as refused:
        make_witness_key(witness, make_world())
    assert "archive witness rotate" in refused.value.remedy
    move = rotate(witness)
    assert move.retired == (lost,)
    assert make_witness_key(witness, make_world()) == (move.added,)
    assert list_findings(witness) == []  # what the lost one signed goes on to hold
    assert find_size(witness) == 7
    reply = ask(witness, LOG_12.format_request(7, 12))
    assert reply.status == 200
    assert list_findings(witness) == []
    with write_to(witness) as writing:
        states = {row.key: row for row in read_key_ring(witness, make_world()).keys}
        assert read_changes(writing.index)[-1][0].reason == "the disk died"
    assert states[lost].retired is not None
    assert move.added is not None
    assert states[move.added].since is not None


def test_a_second_witness_key_signs_beside_the_first(witness: Archive) -> None:
    (first,) = make_witness_key(witness, make_world())
    move = rotate(witness)
    assert move.retired == ()
    assert set(make_witness_key(witness, make_world())) == {first, move.added}
    assert list_findings(witness) == []
    with pytest.raises(InputError, match="needs a reason"), write_to(witness) as writing:
        rotate_witness_key(writing, reason=" ")


def test_without_a_witness_key_there_is_none_to_follow(witness: Archive) -> None:
    with pytest.raises(InputError, match="no witness key yet"):
        rotate(witness)


def test_an_interrupted_change_of_witness_keys_is_finished(
    witness: Archive, tmp_path: Path
) -> None:
    make_witness_key(witness, make_world())
    (private,) = witness.layout.root.with_name("witness-keys").rglob("witness-*.pem")
    private.unlink()
    folders = (witness.layout.root, witness.layout.root.with_name("witness-keys"))
    for folder in folders:
        shutil.copytree(folder, tmp_path / "kept" / folder.name)
    announced: set[int] = set()
    for last in range(1, 200):
        for folder in folders:
            shutil.rmtree(folder)
            shutil.copytree(tmp_path / "kept" / folder.name, folder)
        try:
            rotate(witness, CrashingDisk(last))
        except Crash:
            pass
        else:
            break
        rotate(witness)
        with write_to(witness) as writing:
            announced.add(len(read_changes(writing.index)))
        assert [item for item in list_findings(witness) if item.severity == "damage"] == []
    assert 1 in announced
    assert announced <= {1, 2}  # a second one where the first was finished, but not told
