"""``archive.toml`` and lists of addresses: what is read, and what is refused."""

import re
from ipaddress import ip_network
from pathlib import Path

import pytest

from archive.errors import InputError
from archive.workflows.addresses import parse_addresses, read_addresses
from archive.workflows.settings import (
    AuthoritySettings,
    TimestampSettings,
    WebhookSettings,
    parse_network,
)
from archive.workflows.settings_file import format_settings, read_settings


def test_a_new_file_says_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "archive.toml"
    path.write_text(format_settings(operator='A "B" \\ C', organisation="", contact=""))
    told, silent = read_settings(path), read_settings(tmp_path / "missing.toml")
    assert told.operator == 'A "B" \\ C'
    assert told.limits == silent.limits
    assert told.politeness == silent.politeness
    assert told.extraction == silent.extraction
    assert told.companions == silent.companions
    assert told.timestamp == silent.timestamp == TimestampSettings()
    assert told.allow_networks == ()


def test_outsiders(tmp_path: Path) -> None:
    """The example in a new file is one that can be uncommented."""
    path = tmp_path / "archive.toml"
    text = format_settings(operator="", organisation="", contact="")
    text = re.sub(
        r"^# (?=\[\[|url|root|address|key|secret|kinds|since)", "", text, flags=re.MULTILINE
    )
    path.write_text(text.replace("after_capture = false", "after_capture = true"))
    settings = read_settings(path)
    (witness,) = settings.witnesses
    assert (witness.address, witness.key.name) == ("https://witness.example/", "witness.example/w1")
    (webhook,) = settings.webhooks
    assert webhook == WebhookSettings(
        url="https://desk.example/hooks/archive",
        secret_file="../secrets/desk.txt",  # the name of a file
        kinds=("unannounced", "gone"),
        since="2026-11-22",
    )
    timestamp = settings.timestamp
    assert timestamp.after_capture
    assert timestamp.restamp_days == 90
    assert timestamp.authorities == (
        AuthoritySettings(
            url="https://tsa.example/tsr", root="metadata/authorities/tsa.example.pem"
        ),
    )


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[archive]\noperater = 'x'", "operater"),
        ("[unknown]", "unknown"),
        ("[witness]\nknown = 'x'", "a witness is a table"),
        ("[[witness.known]]\nkey = 'x'", "address is missing"),
        ("[[witness.known]]\naddress = 'x'", "key is missing"),
        ("[[witness.known]]\naddress = 'x'\nkey = 7", "key must be a text"),
        ("[[witness.known]]\naddress = 'x'\nkey = 'x'", "no verifier key"),
        ("[[witness.known]]\nname = 'x'", "'name' is not known"),
        ("[limits]\nredirects = 'ten'", "redirects"),
        ("[limits]\nredirects = 1.5", "redirects"),
        ("[politeness]\ndelay_seconds = -1", "delay_seconds"),
        ("[companions]\nenabled = 1", "enabled"),
        ("[companions]\nwire_bytes = 0", "wire_bytes"),
        ("[companions]\nhow = 1", "how"),
        ("[requisites]\nenabled = 1", "enabled"),
        ("[requisites]\nnumber = 0", "number"),
        ("[requisites]\npage_seconds = 'x'", "page_seconds"),
        ("[network]\nallow = ['10.0.0.1/8']", "network"),
        ("[archive]\noperator = 'a\\nb'\noperator = 2", "archive.toml"),
        ('[archive]\noperator = "a\\nb"', "one line"),
        ("\xff", "archive.toml"),
        ("limits = 3", "limits"),
        ("[network]\nallow = 5", "allow"),
        ("[network]\nca_file = 5", "ca_file"),
        ("[politeness]\ndelay_seconds = nan", "delay_seconds"),
        ("[politeness]\ndelay_seconds = inf", "delay_seconds"),
        ("[politeness]\nin_flight = 0", "in_flight"),
        ("[politeness]\nper_host = 0", "per_host"),
        ("[limits]\nredirects = 1e400", "redirects"),
        ("[limits]\nhead_bytes = 5", "head_bytes"),
        ("[extraction]\nmemory_bytes = 10000000000000000000000", "memory_bytes"),
        ("[timestamp]\nauthorities = []", "authorities"),
        ("[timestamp]\nauthority = 'https://a.example/'", "table"),
        ("[timestamp]\nafter_capture = 'yes'", "true or false"),
        ("[timestamp]\nafter_capture = true", "someone to ask"),
        ("[timestamp]\nrestamp_days = 0", "restamp_days"),
        ("[[timestamp.authority]]\nurl = 'https://a.example/'", "both url and root"),
        ("[[timestamp.authority]]\nurl = 'ftp://a.example/'\nroot = 'a'", "url"),
        ("[[timestamp.authority]]\nurl = 'https://a.example/'\nca = 'a'", "ca"),
        ("[[timestamp.authority]]\nurl = 'https://a.example/'\nroot = 'a'\n" * 2, "twice"),
        ('[archive]\ncontact = "\u0142"'.encode().decode("latin-1"), "ASCII"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "archive.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match=word) as caught:
        read_settings(path)
    assert str(path) in str(caught.value)
    assert caught.value.remedy


def test_networks() -> None:
    assert parse_network("10.0.0.0/8") == ip_network("10.0.0.0/8")
    with pytest.raises(InputError):
        parse_network("ten")


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        (
            "http://a.example/\n\n# no\n  http://b.example/ \n",
            ["http://a.example/", "http://b.example/"],
        ),
        ("note,URL\nx,http://a.example/?a=1\ny,\nz\n", ["http://a.example/?a=1"]),
        ('url\n"http://a.example/a,b"\n', ["http://a.example/a,b"]),
        ("http://a.example/?x=url,1\n", ["http://a.example/?x=url,1"]),
        ("", []),
    ],
)
def test_lists(text: str, addresses: list[str]) -> None:
    assert parse_addresses(text) == addresses


def test_a_list_with_an_open_quotation_mark_is_refused() -> None:
    with pytest.raises(InputError, match="broken near line"):
        parse_addresses('url,note\nhttp://a.example/,"open\nhttp://b.example/,x\n')


def test_a_line_of_any_length_is_an_address_or_refused() -> None:
    assert parse_addresses("x" * 200_000) == ["x" * 200_000]
    with pytest.raises(InputError):
        parse_addresses("url\n" + "x" * 200_000)


def test_settings_that_are_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_settings(tmp_path)


def test_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"http://a.example/\xe4")
    (tmp_path / "empty").write_bytes(b"\n")
    for name, word in (("latin", "UTF-8"), ("empty", "no address"), ("missing", "cannot read")):
        with pytest.raises(InputError, match=word):
            read_addresses(str(tmp_path / name), ())


def test_each_address_once(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_text("\ufeffhttp://a.example/\nhttp://b.example/\nhttp://a.example/\n")
    assert read_addresses(str(path), ["http://b.example/"]) == [
        "http://b.example/",
        "http://a.example/",
    ]


def test_citation(tmp_path: Path) -> None:
    path = tmp_path / "archive.toml"
    path.write_text(
        '[citation]\nbase_url = "https://archive.example"\narchive = "Press"\nnaan = "12345"\n'
    )
    told = read_settings(path).citation
    assert (told.base_url, told.archive, told.naan) == (
        "https://archive.example/",
        "Press",
        "12345",
    )
    for wrong in ('base_url = "archive"', 'naan = "12"', "naan = 12345", 'name = "x"'):
        path.write_text(f"[citation]\n{wrong}\n")
        with pytest.raises(InputError, match=r"\[citation\]"):
            read_settings(path)
