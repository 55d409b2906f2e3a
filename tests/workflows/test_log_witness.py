"""Two archives, one the witness of the other: an honest log is cosigned, and no other."""

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from archive.core.event import Cosigning, parse_event
from archive.core.key import check_note, format_verifier_key, parse_verifier_key
from archive.core.note import format_signatures, parse_note
from archive.errors import DamageError, InputError
from archive.index.database import open_readonly
from archive.index.events import select_events
from archive.store.keys import find_private_folder
from archive.store.layout import Layout
from archive.store.log import read_log, read_note
from archive.store.memory import SEEN
from archive.store.read import read_record
from archive.witness.cosign import Cosigned, Refused, parse_cosigned_checkpoint
from archive.workflows.asking import FolderWitness, WebWitness, Witness, choose_witnesses
from archive.workflows.log_witness import WitnessResult, ask_witnesses
from archive.workflows.opening import Archive
from archive.workflows.rebuild import rebuild_index
from archive.workflows.settings_file import read_settings
from archive.workflows.witness import add_logs, list_logs, make_service
from archive.workflows.witness_keys import make_witness_key
from tests.support.archives import (
    capture_all,
    dump_index,
    list_findings,
    make_archive,
    make_transport,
    make_world,
    run_archive,
    write_to,
)
from tests.support.raw_server import answer_page, serve_raw
from tests.support.witness_server import serve_in_thread


@pytest.fixture
def witness(tmp_path: Path) -> Archive:
    """An archive that can be a witness, and knows nobody yet."""
    archive = make_archive(tmp_path / "witness")
    with write_to(archive):
        pass
    return archive


@pytest.fixture
def archive(tmp_path: Path, witness: Archive) -> Archive:
    """An archive with some captures, which the witness knows."""
    archive = make_archive(tmp_path / "archive")
    grow(archive, 3)
    introduce(archive, witness)
    return archive


def introduce(archive: Archive, witness: Archive) -> None:
    keys = [path.read_text().strip() for path in sorted(archive.layout.keys.glob("log-*.vkey"))]
    add_logs(witness, make_world(), keys)


def grow(archive: Archive, count: int = 1, seed: str = "") -> None:
    """Add leaves: pages that nobody answers are captures too."""
    capture_all(archive, [f"http://127.0.0.1:1/{seed}{number}" for number in range(count)])


def ask(archive: Archive, *witnesses: Witness) -> tuple[WitnessResult, ...]:
    with write_to(archive) as writing:
        return ask_witnesses(writing, witnesses, transport=make_transport(archive))


def ask_one(archive: Archive, witness: Archive | Witness) -> Cosigned | Refused:
    if isinstance(witness, Archive):
        witness = FolderWitness(archive=witness, pinned=())
    (result,) = ask(archive, witness)
    assert (result.record_id is None) == isinstance(result.outcome, Refused)
    return result.outcome


@contextmanager
def serve(witness: Archive, told: list[str] | None = None) -> Iterator[WebWitness]:
    """Serve the witness on loopback; yield how it is asked."""
    tell = (told if told is not None else []).append
    with serve_in_thread(make_service(witness, make_world(), tell=tell)) as port:
        keys = make_witness_key(witness, make_world())
        yield WebWitness(address=f"http://127.0.0.1:{port}", pinned=keys)


def count_leaves(archive: Archive) -> int:
    return read_log(archive.layout.log).size


def list_cosignings(archive: Archive) -> list[Cosigning]:
    with closing(open_readonly(archive.layout.database)) as index:
        acts = [row.event.act for row in reversed(select_events(index, "cosignature"))]
    return [act for act in acts if isinstance(act, Cosigning)]


def list_purposes(archive: Archive) -> list[tuple[str, int | None]]:
    with closing(open_readonly(archive.layout.database)) as index:
        rows = index.execute("SELECT purpose, status FROM captures ORDER BY leaf")
        return [tuple(row) for row in rows if row[0] == "witness"]


def copy_archive(archive: Archive, name: str) -> Archive:
    """Copy an archive with its private keys, but not what was signed last: as an insider would."""
    root = archive.layout.root.with_name(name)
    shutil.copytree(archive.layout.root, root)
    keys = archive.layout.root.with_name(f"{archive.layout.root.name}-keys")
    shutil.copytree(keys, root.with_name(f"{name}-keys"))
    settings = replace(archive.settings, key_path=f"../{name}-keys")
    copied = Archive(layout=Layout(root=root), settings=settings)
    forget_signed(copied)
    return copied


def forget_signed(archive: Archive) -> None:
    origin = (archive.layout.log / "origin").read_text().strip()
    keys = archive.layout.root.with_name(f"{archive.layout.root.name}-keys")
    (find_private_folder(keys, origin) / SEEN).unlink()


# --- honest ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["folder", "network"])
def test_an_honest_log_is_cosigned_as_it_grows(
    archive: Archive, witness: Archive, way: str
) -> None:
    told: list[str] = []
    (key,) = make_witness_key(witness, make_world())
    sizes = []
    with serve(witness, told) as web:
        asked = web if way == "network" else FolderWitness(archive=witness, pinned=())
        for _ in range(3):
            note = read_note(archive.layout.log)
            assert note is not None
            sizes.append(count_leaves(archive))
            outcome = ask_one(archive, asked)
            assert isinstance(outcome, Cosigned)
            assert outcome.note.text == note.text
            assert check_note(outcome.note, [key]).good == (key,)
            grow(archive, 2)
    newest = list_cosignings(archive)
    assert len(newest) == 3
    for act, size in zip(reversed(newest), sizes, strict=True):
        assert parse_verifier_key(act.witness) == key
        assert act.address == asked.address
        assert parse_cosigned_checkpoint(parse_note(act.note)).size == size
    # From the second time on the archive knows where the witness stands.
    assert list_purposes(archive) == ([("witness", 200)] * 3 if way == "network" else [])
    assert len(told) == (3 if way == "network" else 0)
    for each in (archive, witness):
        assert list_findings(each) == []
    before = dump_index(archive)
    rebuild_index(archive, make_world())
    assert dump_index(archive) == before


def test_the_answer_over_the_network_is_kept_beside_the_cosignature(
    archive: Archive, witness: Archive
) -> None:
    with serve(witness) as web:
        outcome = ask_one(archive, web)
    assert isinstance(outcome, Cosigned)
    (act,) = list_cosignings(archive)
    log = read_log(archive.layout.log)
    *_, question, cosigning = log.read_leaves()
    response = next(item for item in question.records if item.kind == "response")
    assert act.response == response.record_id
    record = read_record(archive.layout, question.warc, response.offset, response.length)
    ours = [item for item in outcome.note.signatures if item.name == outcome.key.name]
    assert record.block.decode().endswith("\r\n\r\n" + format_signatures(ours))
    placed = cosigning.records[0]
    event = read_record(archive.layout, cosigning.warc, placed.offset, placed.length)
    assert event.find("WARC-Refers-To") == f"<{act.response}>"
    assert parse_event(event.block).act == act


def test_an_archive_that_lost_its_index_asks_where_the_witness_stands(
    archive: Archive, witness: Archive
) -> None:
    with serve(witness) as web:
        ask_one(archive, FolderWitness(archive=witness, pinned=()))
        copy = copy_archive(archive, "copy")  # one that holds the same, and then more
        grow(archive)
        ask_one(archive, web)
        # The copy's log ends before what the witness saw, and it has not forked.
        outcome = ask_one(copy, web)
    assert isinstance(outcome, Refused)
    assert "rolled back" in outcome.why
    assert list_purposes(copy) == [("witness", 409)]


def test_the_first_question_begins_from_nothing(archive: Archive, witness: Archive) -> None:
    """The witness knows this log from elsewhere, we hold no word of it: 409, then 200."""
    with serve(witness) as web:
        earlier = copy_archive(archive, "earlier")
        ask_one(earlier, web)
        grow(archive)  # continues the same leaves
        outcome = ask_one(archive, web)
        assert isinstance(outcome, Cosigned)
        assert list_purposes(archive) == [("witness", 409), ("witness", 200)]


def test_many_witnesses_at_once(archive: Archive, witness: Archive, tmp_path: Path) -> None:
    second = make_archive(tmp_path / "second")
    with write_to(second):
        pass
    with serve(witness) as web, serve(second) as stranger:
        gone = WebWitness(address="http://127.0.0.1:1", pinned=web.pinned)
        folder = FolderWitness(archive=witness, pinned=())
        results = ask(archive, gone, web, stranger, folder)
    outcomes = [result.outcome for result in results]
    assert [isinstance(outcome, Cosigned) for outcome in outcomes] == [False, True, False, True]
    assert [result.address for result in results] == [
        item.address for item in (gone, web, stranger, folder)
    ]
    assert isinstance(outcomes[0], Refused)
    assert "could not be reached" in outcomes[0].why
    assert isinstance(outcomes[2], Refused)
    assert "does not know the log" in outcomes[2].why
    (vkey,) = archive.layout.keys.glob("log-*.vkey")
    assert vkey.read_text().strip() in outcomes[2].remedy
    assert len(list_cosignings(archive)) == 2
    assert list_findings(archive) == []


def test_at_the_same_time_each_is_cosigned_or_told_why(archive: Archive, witness: Archive) -> None:
    """Two who hold the same log race; the witness signs what it has seen to grow, in order."""
    twin = copy_archive(archive, "twin")
    with serve(witness) as web:
        outcomes: list[Cosigned | Refused] = []
        threads = [
            threading.Thread(target=lambda each=each: outcomes.append(ask_one(each, web)))
            for each in (archive, twin)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    # The same leaves, so both may be signed; what each wrote afterwards differs.
    notes = [outcome.note.text for outcome in outcomes if isinstance(outcome, Cosigned)]
    assert notes == [find_known(witness)] * 2


def find_known(witness: Archive) -> str:
    (log,) = list_logs(witness)
    assert log.note is not None
    return log.note.text


# --- not honest -----------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["folder", "network"])
@pytest.mark.parametrize("longer", [0, 2])
def test_a_fork_is_refused(archive: Archive, witness: Archive, way: str, longer: int) -> None:
    """The archive is copied, both go on, and both are signed with its key."""
    twin = copy_archive(archive, "twin")
    grow(archive, 2)
    grow(twin, 2 + longer, seed="other")
    seen = count_leaves(archive)
    assert isinstance(ask_one(archive, witness), Cosigned)
    with serve(witness) as web:
        before = count_leaves(twin)
        outcome = ask_one(twin, web if way == "network" else witness)
    assert isinstance(outcome, Refused)
    assert (
        outcome.why == f"the witness has seen {seen} leaves with another root: the log was forked"
    )
    assert list_cosignings(twin) == []
    if way == "folder":
        assert count_leaves(twin) == before
    (log,) = list_logs(witness)
    assert (log.fork is not None) == (before == seen)
    assert isinstance(ask_one(archive, witness), Cosigned)  # the honest one goes on


@pytest.mark.parametrize("way", ["folder", "network"])
def test_a_log_that_was_rolled_back_is_refused(
    archive: Archive, witness: Archive, way: str
) -> None:
    older = copy_archive(archive, "older")
    grow(archive, 3)
    seen = count_leaves(archive)
    assert isinstance(ask_one(archive, witness), Cosigned)
    has = count_leaves(older)
    with serve(witness) as web:
        outcome = ask_one(older, web if way == "network" else witness)
    assert isinstance(outcome, Refused)
    assert outcome.why == f"the log was rolled back: it has {has} leaves, the witness saw {seen}"
    assert list_cosignings(older) == []


def test_an_archive_that_remembers_what_it_signed_does_not_even_ask(
    archive: Archive, witness: Archive
) -> None:
    saved = archive.layout.root.with_name("saved")
    shutil.copytree(archive.layout.root, saved)
    grow(archive, 2)
    shutil.rmtree(archive.layout.root)
    shutil.copytree(saved, archive.layout.root)
    with pytest.raises(DamageError, match="rolled back"):
        ask_one(archive, witness)
    assert [log.note for log in list_logs(witness)] == [None]


def test_a_witness_that_was_set_back_is_told_of(archive: Archive, witness: Archive) -> None:
    ask_one(archive, witness)
    (note,) = witness.layout.witness.glob("*.note")
    older = note.read_bytes()
    grow(archive, 2)
    seen = count_leaves(archive)
    ask_one(archive, witness)
    note.write_bytes(older)
    (result,) = ask(archive, FolderWitness(archive=witness, pinned=()))
    assert isinstance(result.outcome, Cosigned)
    assert result.forgotten == seen


def test_tiles_that_were_changed_are_never_shown_to_a_witness(
    archive: Archive, witness: Archive
) -> None:
    ask_one(archive, witness)
    grow(archive)
    known = list_logs(witness)
    with write_to(archive) as writing:
        tile = archive.layout.log / "tile" / "0" / "000.open"
        data = tile.read_bytes()
        tile.write_bytes(bytes(32) + data[32:])
        with pytest.raises(DamageError, match="do not agree with its checkpoint"):
            ask_witnesses(
                writing,
                [FolderWitness(archive=witness, pinned=())],
                transport=make_transport(archive),
            )
        tile.write_bytes(data)
    assert list_logs(witness) == known


def test_an_impostor_is_not_believed(archive: Archive, witness: Archive, tmp_path: Path) -> None:
    other = make_archive(tmp_path / "other")
    with write_to(other):
        pass
    introduce(archive, other)
    keys = make_witness_key(witness, make_world())
    with serve(other) as web:
        outcome = ask_one(archive, WebWitness(address=web.address, pinned=keys))
    assert isinstance(outcome, Refused)
    assert "no known key of the witness" in outcome.why
    pinned = FolderWitness(archive=other, pinned=keys)
    assert isinstance(ask_one(archive, pinned), Refused)
    assert list_cosignings(archive) == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (answer_page(b"no\n", status="500 Oh"), "status 500: no"),
        (answer_page(b"", status="302 Found", fields=("Location: /x",)), "status 302"),
        (answer_page(b"<html>", status="200 OK"), "no signature"),
        (answer_page(b"\xff\xfe", status="200 OK"), "no signature"),
        (
            answer_page(b"yes\n", status="409 C", fields=("Content-Type: text/x.tlog.size",)),
            "which",
        ),
        (
            answer_page(b"0\n", status="409 C", fields=("Content-Type: text/x.tlog.size",)),
            "asked from",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort", "could not be reached"),
        (b"nonsense\r\n\r\n", "could not be reached"),
    ],
)
def test_whatever_a_server_says_is_kept_and_no_cosignature(
    archive: Archive, witness: Archive, answer: bytes, words: str
) -> None:
    keys = make_witness_key(witness, make_world())
    with serve_raw(lambda _: answer) as server:
        outcome = ask_one(archive, WebWitness(address=server.origin, pinned=keys))
    assert isinstance(outcome, Refused)
    assert words in outcome.why
    assert list_cosignings(archive) == []
    assert len(list_purposes(archive)) == 1
    assert list_findings(archive) == []


def test_a_witness_that_names_another_size_each_time(archive: Archive, witness: Archive) -> None:
    sizes = iter((1, 2, 1, 2, 1, 2))

    def answer(_request: bytes) -> bytes:
        return answer_page(
            b"%d\n" % next(sizes), status="409 C", fields=("Content-Type: text/x.tlog.size",)
        )

    keys = make_witness_key(witness, make_world())
    with serve_raw(answer) as server:
        outcome = ask_one(archive, WebWitness(address=server.origin, pinned=keys))
    assert isinstance(outcome, Refused)
    assert "another size" in outcome.why


# --- who is meant ---------------------------------------------------------------------------------


def test_who_is_asked(archive: Archive, witness: Archive, tmp_path: Path) -> None:
    (key,) = make_witness_key(witness, make_world())
    root = str(witness.layout.root)
    assert choose_witnesses(archive, [root], []) == (
        FolderWitness(archive=find_there(root), pinned=()),
    )
    with pytest.raises(InputError, match="no witness is named"):
        choose_witnesses(archive, [], [])
    with pytest.raises(InputError, match="was not said"):
        choose_witnesses(archive, ["https://witness.example/"], [])
    with pytest.raises(InputError, match="its own witness"):
        choose_witnesses(archive, [str(archive.layout.root)], [])
    own = make_witness_key(archive, make_world(seed="own"))
    with pytest.raises(InputError, match="its own witness"):
        choose_witnesses(archive, ["https://witness.example/"], own)
    with pytest.raises(InputError):
        choose_witnesses(archive, [str(tmp_path / "nowhere")], [])
    vkey = format_verifier_key(key)
    archive.layout.settings.write_text(
        f'[[witness.known]]\naddress = "https://witness.example/"\nkey = "{vkey}"'
    )
    known = Archive(layout=archive.layout, settings=read_settings(archive.layout.settings))
    web = WebWitness(address="https://witness.example", pinned=(key,))
    assert choose_witnesses(known, [], []) == (web,)
    assert choose_witnesses(known, ["https://witness.example/"], []) == (web,)
    archive.layout.settings.write_text(f'[[witness.known]]\naddress = "../witness"\nkey = "{vkey}"')
    known = Archive(layout=archive.layout, settings=read_settings(archive.layout.settings))
    (folder,) = choose_witnesses(known, [], [])
    assert folder.address == witness.layout.root.as_uri()
    assert folder.pinned == (key,)


def test_a_copy_of_an_archive_was_its_witness(archive: Archive, witness: Archive) -> None:
    copy = copy_archive(archive, "copy")
    introduce(archive, copy)
    make_witness_key(copy, make_world())
    with pytest.raises(InputError, match="its own witness"):
        choose_witnesses(archive, [str(copy.layout.root)], [])
    # Another name of the log does not hide the keys, nor does an address.
    (copy.layout.log / "origin").write_text("archive.example/other\n")
    with pytest.raises(InputError, match="its own witness"):
        choose_witnesses(archive, [str(copy.layout.root)], [])
    own = make_witness_key(archive, make_world(seed="own"))
    renamed = replace(own[0], name="somebody.example/witness")
    with pytest.raises(InputError, match="its own witness"):
        choose_witnesses(archive, ["https://witness.example/"], [renamed])
    assert choose_witnesses(archive, [str(witness.layout.root)], [])


def find_there(root: str) -> Archive:
    return Archive(
        layout=Layout(root=Path(root)), settings=read_settings(Path(root, "archive.toml"))
    )


def test_the_verbs(archive: Archive, witness: Archive) -> None:
    root, other = archive.layout.root, witness.layout.root
    done = run_archive(["log", "witness", str(other), "--json"], root=root)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["outcome"] == "cosigned"
    assert told["size"] == count_leaves(archive) - 1
    shown = run_archive(["witness", "show"], root=other)
    assert shown.stdout == f"{told['key']}\n"
    note = parse_note(told["note"])
    assert check_note(note, [parse_verifier_key(told["key"])]).good
    listed = run_archive(["witness", "list"], root=other)
    assert f"{told['size']} leaves cosigned" in listed.stdout
    origin = note.text.partition("\n")[0]
    removed = run_archive(["witness", "remove", origin], root=other)
    assert "not trusted any more" in removed.stdout
    again = run_archive(["log", "witness", str(other)], root=root)
    assert again.returncode == 6
    assert again.stdout == ""
    assert f"does not know the log {origin}" in again.stderr
    as_json = run_archive(["log", "witness", str(other), "--json"], root=root)
    assert (as_json.returncode, json.loads(as_json.stdout)["outcome"]) == (6, "refused")
    (vkey,) = archive.layout.keys.glob("log-*.vkey")
    added = run_archive(["witness", "add", vkey.read_text().strip(), "--json"], root=other)
    assert json.loads(added.stdout)["size"] == told["size"]
    text = run_archive(["log", "witness", str(other)], root=root)
    assert text.returncode == 0, text.stderr
    assert told["key"] in text.stdout


def test_a_home_of_nobody_gave_a_traceback(archive: Archive) -> None:
    with pytest.raises(InputError, match="no-such-user-here") as refused:
        choose_witnesses(archive, ["~no-such-user-here/witness"], [])
    assert "whole path" in refused.value.remedy
