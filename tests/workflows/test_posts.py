"""Questions to outsiders as captures: evidence, kept whole each time, and never a statement."""

from contextlib import closing
from pathlib import Path

import pytest

from archive.core.exchange import Body, Post, Purpose
from archive.index.database import open_readonly
from archive.store.read import read_record
from archive.witness.timestamp import QUERY_TYPE, format_timestamp_query
from archive.workflows.opening import Archive
from archive.workflows.posts import PostResult, capture_posts
from archive.workflows.rebuild import rebuild_index
from archive.workflows.tokens import Proven, judge_token
from tests.support.archives import (
    capture_all,
    dump_index,
    list_findings,
    make_archive,
    make_transport,
    make_world,
    write_to,
)
from tests.support.raw_server import answer_page, answer_redirect, serve_raw
from tests.support.timestamp_authority import make_authority, serve_authority

HTML = ("Content-Type: text/html",)
PAGE = answer_page(b"<title>t</title><p>The same page, whatever one asks for.</p>", fields=HTML)
BODY = Body(content_type="text/plain", data=b"question")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return make_archive(tmp_path / "archive")


def ask(archive: Archive, *posts: Post) -> tuple[PostResult, ...]:
    with write_to(archive) as writing:
        return capture_posts(writing, posts, transport=make_transport(archive))


def read_outcomes(archive: Archive) -> list[tuple[str, str]]:
    with closing(open_readonly(archive.layout.database)) as index:
        return index.execute("SELECT purpose, outcome FROM captures ORDER BY leaf").fetchall()


def test_a_time_stamp_from_question_to_proof(archive: Archive, tmp_path: Path) -> None:
    authority = make_authority(tmp_path / "authority")
    data, nonce = b"what is stamped", 4711
    query = format_timestamp_query(data, nonce=nonce)
    body = Body(content_type=QUERY_TYPE, data=query)
    with serve_authority(authority) as served:
        (result,) = ask(archive, Post(address=served.url, body=body, purpose="timestamp"))
    assert served.queries == [(QUERY_TYPE, query)]
    assert result.answer is not None
    judgement = judge_token(result.answer, data=data, nonce=nonce, roots=(authority.root.pem,))
    assert isinstance(judgement, Proven)
    row = result.capture
    record = read_record(archive.layout, row.warc, row.offset, row.length)
    assert record.block.endswith(b"\r\n\r\n" + result.answer)
    assert row.media_type == "application/timestamp-reply"
    assert row.purpose == "timestamp"
    assert list_findings(archive) == []


@pytest.mark.parametrize("purpose", ["timestamp", "witness"])
def test_evidence_is_no_statement_no_revisit_and_not_read(
    archive: Archive, purpose: Purpose
) -> None:
    with serve_raw(lambda _: PAGE) as server:
        post = Post(address=server.url("/a"), body=BODY, purpose=purpose)
        first, second = ask(archive, post), ask(archive, post, post)
    for result in (*first, *second):
        assert result.capture.outcome == "response"
        assert result.capture.revisit_of is None
        assert result.capture.text_outcome is None
        assert result.capture.key is None
        assert result.answer == PAGE.partition(b"\r\n\r\n")[2]
    before = dump_index(archive)
    rebuild_index(archive, make_world())
    assert dump_index(archive) == before
    assert list_findings(archive) == []


def test_a_statement_is_no_revisit_of_evidence_nor_of_robots_txt(archive: Archive) -> None:
    """Its text would never be read: a site that answers everything alike is not rare."""
    with serve_raw(lambda _: PAGE) as server:
        ask(archive, Post(address=server.url("/a"), body=BODY, purpose="timestamp"))
        first, second = capture_all(archive, [server.url("/b"), server.url("/c")])
    assert [first.last.outcome, second.last.outcome] == ["response", "revisit"]
    assert first.last.text_outcome == "pending"
    assert read_outcomes(archive)[:2] == [("timestamp", "response"), ("robots", "response")]


def test_an_answer_is_only_a_whole_one_with_status_200(archive: Archive) -> None:
    answers = {
        "/moved": answer_redirect("/a"),
        "/error": answer_page(b"no", status="500 Error"),
        "/short": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab" + b"cd",
    }
    with serve_raw(answers) as server:
        posts = [
            Post(address=server.url(target), body=BODY, purpose="timestamp") for target in answers
        ]
        posts.append(Post(address="http://127.0.0.1:1/", body=BODY, purpose="timestamp"))
        results = ask(archive, *posts)
    assert [result.answer for result in results] == [None] * 4
    outcomes = [result.capture.outcome for result in results]
    assert outcomes == ["response", "response", "malformed", "connect"]
    assert [result.post for result in results] == posts
    assert ask(archive) == ()
