"""What stands beside a page: fetched with it, read with it, and never a danger to it."""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from archive.capture.settings import Limits
from archive.core.http import decode_body, parse_head
from archive.extract.locator import resolve_beside
from archive.index.search import open_reader
from archive.store.read import read_record
from archive.workflows.capture import CaptureResult, CaptureRun
from archive.workflows.opening import Archive
from archive.workflows.settings import CompanionSettings
from archive.workflows.show import read_card, read_claims_of
from archive.workflows.withdraw import plan_withdrawal, withdraw_capture
from tests.support.archives import (
    capture_all,
    dump_index,
    list_findings,
    make_world,
    run_archive,
    write_to,
)
from tests.support.clock import START, make_clock
from tests.support.raw_server import Answer, RawServer, answer_page, answer_redirect, serve_raw

RUN = CaptureRun(batch=None, read=True, wait=True, companions=CompanionSettings())
HTML = ("Content-Type: text/html; charset=utf-8",)
JSON = ("Content-Type: application/json; charset=UTF-8",)
RSS = ("Content-Type: application/rss+xml; charset=UTF-8",)
XML = ("Content-Type: application/xml",)
REST = "/wp-json/wp/v2/posts/12"
STORY = "/harbour-wall/"
OTHER = "/ferry-times/"


def make_page(name: str = "Harbour wall repaired", head: str = "") -> bytes:
    """A page without a date of its own, as a small site has it."""
    links = f"""<link rel="https://api.w.org/" href="/wp-json/" />
<link rel="alternate" title="JSON" type="application/json" href="{REST}" />
<link rel="alternate" type="application/rss+xml" title="Comments Feed" href="/comments/feed/" />
<link rel="alternate" type="application/rss+xml" title="Wall" href="{STORY}feed/" />
<link rel="alternate" type="application/rss+xml" title="Harbour Office" href="/feed/" />
{head}"""
    return f"""<!doctype html><html lang="en"><head><title>{name}</title>{links}</head><body>
<article><h1>{name}</h1><p>The wall of the old harbour has been repaired over its whole length, and
the quay is open to the public again. Boats may moor on the northern side as before.</p>
<p>The work began after the storms and took longer than planned.</p></article></body>""".encode()


def make_rest(link: str, **changes: object) -> bytes:
    """The record of a post, as WordPress gives it."""
    record: dict[str, object] = {
        "id": 12,
        "date": "2023-03-06T00:30:00",
        "date_gmt": "2023-03-05T23:30:00",
        "modified": "2023-03-08T10:00:00",
        "modified_gmt": "2023-03-08T09:00:00",
        "status": "publish",
        "link": link,
        "title": {"rendered": "Harbour wall &#8220;repaired&#8221;"},
        "yoast_head_json": {"author": "A. Writer"},
    }
    return json.dumps(record | changes).encode()


def make_feed(*links: str, date: str = "Sun, 05 Mar 2023 23:30:00 +0000") -> bytes:
    items = "".join(
        f"<item><title>Harbour wall repaired</title><link>{link}</link><pubDate>{date}</pubDate>"
        "<dc:creator>A. Writer</dc:creator></item>"
        for link in links
    )
    return (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"{items}</channel></rss>"
    ).encode()


def make_sitemap(link: str) -> bytes:
    return (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
        f"<url><loc>{link}</loc><lastmod>2023-03-08T09:00:00Z</lastmod><news:news>"
        "<news:publication_date>2023-03-06T00:30:00+01:00</news:publication_date>"
        "<news:title>Harbour wall repaired</news:title></news:news></url></urlset>"
    ).encode()


@contextmanager
def serve_site(**changes: Answer) -> Iterator[RawServer]:
    """A small WordPress site; ``changes`` are by name: page, rest, feed, sitemap, robots."""
    answers: dict[str, Answer] = {}
    with serve_raw(lambda request: answers.get(request.split(b" ")[1].decode())) as server:
        story = server.url(STORY)
        site: dict[str, Answer] = {
            "page": answer_page(make_page(), fields=HTML),
            "rest": answer_page(make_rest(story), fields=JSON),
            "feed": answer_page(make_feed(server.url(OTHER), story), fields=RSS),
            "sitemap": answer_page(gzip.compress(make_sitemap(story)), fields=XML),
            "robots": answer_page(
                f"User-agent: *\nSitemap: {server.url('/pages.xml')}\n"
                f"Sitemap: {server.url('/news-sitemap.xml.gz')}\n".encode()
            ),
        }
        site |= changes
        paths = {
            "page": STORY,
            "rest": REST,
            "feed": "/feed/",
            "sitemap": "/news-sitemap.xml.gz",
            "robots": "/robots.txt",
        }
        answers |= {paths.get(name, name): answer for name, answer in site.items()}
        yield server


def list_captures(archive: Archive) -> list[tuple[str, str]]:
    """Purpose and outcome of every capture, in the order of the log."""
    with open_reader(archive.layout.database) as reader:
        rows = reader.query("SELECT purpose, outcome FROM captures ORDER BY leaf")
        return [(row["purpose"], row["outcome"]) for row in rows]


def list_beside(archive: Archive, result: CaptureResult) -> dict[str, tuple[str, ...]]:
    """The claims that stand beside the page: field and value, by locator."""
    claims = read_claims_of(archive, result.last.id).claims
    return {
        f"{claim.source} {claim.locator}": (claim.field, str(claim.value))
        for claim in claims
        if claim.record is not None
    }


def assert_rebuilt(archive: Archive) -> None:
    """Rebuilding gives the same rows, and nothing is found wrong."""
    before = dump_index(archive)
    assert run_archive(["rebuild"], root=archive.layout.root).returncode == 0
    assert dump_index(archive) == before
    assert list_findings(archive) == []


def test_a_page_without_a_date_has_it_from_what_stands_beside_it(empty_archive: Archive) -> None:
    with serve_site() as server:
        (result,) = capture_all(empty_archive, [server.url(STORY)], run=RUN)
        assert server.targets[:3] == ["/robots.txt", STORY, "/robots.txt"]
        assert sorted(server.targets[3:]) == ["/feed/", "/news-sitemap.xml.gz", REST]
    captures = list_captures(empty_archive)
    assert captures[:3] == [
        ("robots", "response"),
        ("statement", "response"),
        ("robots", "revisit"),
    ]
    assert sorted(captures[3:]) == [
        ("feed", "response"),
        ("rest", "response"),
        ("sitemap", "response"),
    ]
    assert list_beside(empty_archive, result) == {
        "wordpress-rest $.title.rendered": ("title", "Harbour wall “repaired”"),
        "wordpress-rest $.date": ("published", "2023-03-06T00:30:00+01:00"),
        "wordpress-rest $.modified": ("modified", "2023-03-08T10:00:00+01:00"),
        "wordpress-rest $.yoast_head_json.author": ("author", "A. Writer"),
        "feed item[2]/title": ("title", "Harbour wall repaired"),
        "feed item[2]/pubDate": ("published", "2023-03-05T23:30:00Z"),
        "feed item[2]/dc:creator": ("author", "A. Writer"),
        "sitemap url[1]/news:news/news:title": ("title", "Harbour wall repaired"),
        "sitemap url[1]/news:news/news:publication_date": (
            "published",
            "2023-03-06T00:30:00+01:00",
        ),
        "sitemap url[1]/lastmod": ("modified", "2023-03-08T09:00:00Z"),
    }
    card = read_card(empty_archive, result.last.id)
    published = next(row for row in card["assertions"] if row["field"] == "published")
    assert (published["value"], published["confidence"]) == ("2023-03-06T00:30:00+01:00", 0.99)
    assert_rebuilt(empty_archive)


def test_every_claim_beside_the_page_is_found_where_its_locator_says(
    empty_archive: Archive,
) -> None:
    with serve_site() as server:
        (result,) = capture_all(empty_archive, [server.url(STORY)], run=RUN)
    claims = [
        claim
        for claim in read_claims_of(empty_archive, result.last.id).claims
        if claim.record is not None
    ]
    for claim in claims:
        capture = read_card(empty_archive, claim.record or "")["capture"]
        record = read_record(
            empty_archive.layout, capture["warc"], capture["offset"], capture["length"]
        )
        head = parse_head(record.block)
        content = decode_body(head, record.block[head.length :], 1 << 20)
        assert resolve_beside(claim.locator, content or b"") == claim.raw
    assert len(claims) == 10


def test_rebuild_gives_the_same_claims_where_pages_share_a_feed(empty_archive: Archive) -> None:
    other = make_page("Ferry times").replace(REST.encode(), b"/wp-json/wp/v2/posts/13")
    other = other.replace(STORY.encode(), OTHER.encode())
    with serve_site(**{OTHER: answer_page(other, fields=HTML)}) as server:
        pages = [server.url(STORY), server.url(OTHER)]
        results = capture_all(empty_archive, pages, run=RUN)
        assert server.targets.count("/feed/") == 1
    assert sorted(len(list_beside(empty_archive, result)) for result in results) == [3, 10]
    assert_rebuilt(empty_archive)


def test_a_later_reading_finds_what_was_fetched_with_the_page(empty_archive: Archive) -> None:
    with serve_site() as server:
        run = replace(RUN, read=False, wait=False)
        (result,) = capture_all(empty_archive, [server.url(STORY)], run=run)
    assert list_beside(empty_archive, result) == {}
    run_archive(["extract"], root=empty_archive.layout.root)
    assert len(list_beside(empty_archive, result)) == 10
    assert_rebuilt(empty_archive)


def test_a_feed_is_fetched_once_an_hour_and_a_rest_record_with_each_new_page(
    empty_archive: Archive,
) -> None:
    counts = []
    moments = {STORY: 0, "/later/": 30, "/latest/": 90}
    pages = {
        path: answer_page(make_page(path).replace(STORY.encode(), path.encode()), fields=HTML)
        for path in moments
    }
    with serve_site(**pages) as server:
        for path, minutes in moments.items():
            clock = make_clock(START + timedelta(minutes=minutes))
            for repeat in range(2):  # the second time it is unchanged
                world = make_world(clock=clock, seed=f"{path}{repeat}")
                capture_all(empty_archive, [server.url(path)], world=world, run=RUN)
            counts.append((server.targets.count(REST), server.targets.count("/feed/")))
    assert counts == [(1, 1), (2, 1), (3, 2)]


def test_without_companions_none_is_fetched(empty_archive: Archive) -> None:
    with serve_site() as server:
        capture_all(empty_archive, [server.url(STORY)], run=replace(RUN, companions=None))
        assert server.targets == ["/robots.txt", STORY]


WITHOUT = {
    "the option": ("", ["--no-companions"], False),
    "the settings": ("[companions]\nenabled = false\n", [], False),
    "the option against the settings": (
        "[companions]\nenabled = false\n",
        ["--companions"],
        True,
    ),
    "nothing said": ("", [], True),
}


@pytest.mark.parametrize("kind", WITHOUT)
def test_a_person_decides_whether_companions_are_fetched(kind: str, empty_archive: Archive) -> None:
    settings, options, is_fetched = WITHOUT[kind]
    path = empty_archive.layout.settings
    path.write_text(path.read_text("utf-8") + settings, "utf-8")
    with serve_site() as server:
        arguments = ["capture", server.url(STORY), "--no-extract", *options]
        done = run_archive(arguments, root=empty_archive.layout.root)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.count("\n") == 1  # companions are not told
        assert (REST in server.targets) is is_fetched


def test_robots_rules_hold_for_companions_and_not_for_the_page(empty_archive: Archive) -> None:
    rules = answer_page(b"User-agent: *\nDisallow: /\n")
    with serve_site(robots=rules) as server:
        (result,) = capture_all(empty_archive, [server.url(STORY)], run=RUN)
        assert server.targets == ["/robots.txt", STORY, "/robots.txt"]
    assert result.text is not None
    assert sorted(list_captures(empty_archive)[-2:]) == [("feed", "blocked"), ("rest", "blocked")]


LIES: dict[str, dict[str, Answer]] = {
    "a record of another post": {
        "rest": answer_page(make_rest("http://127.0.0.1/elsewhere/"), fields=JSON)
    },
    "a record that is not published": {
        "rest": answer_page(make_rest(STORY, status="draft"), fields=JSON)
    },
    "a record that is none": {"rest": answer_page(b'[{"link": "x"}]', fields=JSON)},
    "another site's feed": {"feed": answer_page(make_feed("https://example.net/a"), fields=RSS)},
    "entities in entities": {
        "feed": answer_page(
            b'<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
            b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><rss><item><title>&c;</title></item></rss>',
            fields=RSS,
        )
    },
    "a redirect into a private network": {"feed": answer_redirect("http://10.0.0.1/feed/")},
    "nothing": {"rest": b"", "feed": b"", "sitemap": b""},
    "errors": {name: answer_page(b"", status="500 No") for name in ("rest", "feed", "sitemap")},
}


@pytest.mark.parametrize("kind", LIES)
def test_a_site_that_lies_beside_the_page_costs_nothing_of_it(
    kind: str, empty_archive: Archive
) -> None:
    with serve_site(**LIES[kind]) as server:
        (result,) = capture_all(empty_archive, [server.url(STORY)], run=RUN)
        told = server.url(STORY)
    assert (result.last.outcome, result.text is not None) == ("response", True)
    families = {line.split()[0] for line in list_beside(empty_archive, result)}
    lied = {"wordpress-rest"} if "record" in kind else {"feed"}
    lied = {"wordpress-rest", "feed", "sitemap"} if kind in ("nothing", "errors") else lied
    assert families == {"wordpress-rest", "feed", "sitemap"} - lied, told
    if "private" in kind:
        assert ("feed", "blocked") in list_captures(empty_archive)
    assert_rebuilt(empty_archive)


def test_a_feed_of_fifty_megabytes_is_cut_short_and_not_read(empty_archive: Archive) -> None:
    archive = replace(
        empty_archive,
        settings=replace(empty_archive.settings, limits=Limits(backoff_seconds=0.01)),
    )
    feed = answer_page(make_feed() + b" " * 50_000_000, fields=RSS)
    run = replace(RUN, companions=CompanionSettings(wire_bytes=1 << 20))
    with serve_site(feed=feed) as server:
        (result,) = capture_all(archive, [server.url(STORY)], run=run)
    assert ("feed", "truncated") in list_captures(archive)
    assert result.text is not None
    assert archive.layout.warcs.stat().st_size < 2 << 20
    assert_rebuilt(archive)


def test_another_sites_feed_is_not_even_asked_for(empty_archive: Archive) -> None:
    elsewhere = '<link rel="alternate" type="application/rss+xml" href="http://127.0.0.9/feed/">'
    page = make_page(head=elsewhere).replace(b'href="/feed/"', b'href="http://127.0.0.9/f/"')
    with serve_site(page=answer_page(page, fields=HTML)) as server:
        capture_all(empty_archive, [server.url(STORY)], run=RUN)
    assert "feed" not in [purpose for purpose, _ in list_captures(empty_archive)]


def test_withdrawing_a_companion_takes_the_readings_that_rest_on_it(
    empty_archive: Archive,
) -> None:
    with serve_site() as server:
        (result,) = capture_all(empty_archive, [server.url(STORY)], run=RUN)
        feed = server.url("/feed/")
    with write_to(empty_archive) as writing:
        withdraw_capture(writing, plan_withdrawal(writing, feed), reason="an example")
    assert list_beside(empty_archive, result) == {}
    assert_rebuilt(empty_archive)
    run_archive(["extract"], root=empty_archive.layout.root)
    families = {line.split()[0] for line in list_beside(empty_archive, result)}
    assert families == {"wordpress-rest", "sitemap"}
    assert_rebuilt(empty_archive)
