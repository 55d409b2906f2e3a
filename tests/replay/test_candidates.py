"""Which form of a picture a desktop browser takes."""

import time

import pytest

from archive.replay.candidates import choose_candidate, read_candidates, suits_desktop

SETS = {
    "": None,
    ",,": None,
    "a.png": "a.png",
    "a.png, b.png 2x": "a.png",
    "b.png 2x, a.png": "a.png",
    "b.png 3x, a.png 2x": "a.png",
    "a.png 0.5x, b.png 0.75x": "b.png",
    "s.jpg 320w, m.jpg 1280w, l.jpg 4000w": "m.jpg",
    "s.jpg 320w, l.jpg 4000w": "l.jpg",
    "s.jpg 320w,\n m.jpg 640w": "m.jpg",
    "l.jpg 1400w 700h, s.jpg 90w 45h": "l.jpg",
    "x.jpg?a=1,2 1x": "x.jpg?a=1,2",
    "bad.jpg 1.2.3w, good.jpg 100w": "good.jpg",
    "data:image/png;base64,AAAA 1x": "data:image/png;base64,AAAA",
}


@pytest.mark.parametrize("value", SETS)
def test_the_smallest_that_suffices_is_taken_else_the_largest(value: str) -> None:
    assert choose_candidate(read_candidates(value)) == SETS[value]


QUERIES = {
    ("", ""): True,
    ("(min-width: 1024px)", ""): True,
    ("(min-width: 1600px)", ""): False,
    ("(max-width: 600px)", ""): False,
    ("only screen and (max-width: 1280px)", ""): True,
    ("(min-width: 40em)", ""): True,
    ("(min-width: 100em)", ""): False,
    ("(max-width: 600px), (min-width: 1000px)", ""): True,
    ("print", ""): False,
    ("not all", ""): False,
    ("(orientation: portrait)", ""): False,
    ("(prefers-color-scheme: dark)", ""): False,
    ("(-webkit-min-device-pixel-ratio: 2)", ""): False,
    ("(min-resolution: 1.5dppx)", ""): False,
    ("(what-is-this: 7)", ""): True,
    ("", "image/webp"): True,
    ("", "IMAGE/AVIF; codecs=x"): True,
    ("", "image/jxl"): False,
    ("", "video/mp4"): False,
}


@pytest.mark.parametrize(("media", "kind"), QUERIES)
def test_a_source_suits_a_desktop_browser_or_not(media: str, kind: str) -> None:
    assert suits_desktop(media, kind) is QUERIES[media, kind]


@pytest.mark.parametrize("piece", [",", "a ", "(", "a 1w (", "( ", "1x,", "\t"])
def test_a_hostile_set_costs_little(piece: str) -> None:
    start = time.process_time()
    choose_candidate(read_candidates(piece * 2_000_000))
    suits_desktop(piece * 2_000_000, piece)
    assert time.process_time() - start < 1
