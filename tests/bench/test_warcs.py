"""The WARC files that benchmarks verify: sound, repeatable in what they hold, and large."""

from pathlib import Path

from archive.workflows.verify_files import verify_files
from bench.warcs import inflate_file, make_statuses, repeat_file, write_warc


def test_they_are_sound_and_as_large_as_asked(tmp_path: Path) -> None:
    once, many, plain = (tmp_path / name for name in ("1.warc.gz", "2.warc.gz", "2.warc"))
    assert write_warc(once, make_statuses(20)) == 40
    repeat_file(once, many, 100_000)
    assert many.stat().st_size >= 100_000
    inflate_file(many, plain)
    assert all(one.severity == "note" for one in verify_files([once, many, plain], level="full"))


def test_no_status_is_like_another() -> None:
    made = list(make_statuses(50))
    assert len(set(made)) == 50
    assert made == list(make_statuses(50))
