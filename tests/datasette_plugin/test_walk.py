"""A reader's way through the site in a real browser, by keyboard alone; the console is silent.

Keys are pressed over DevTools' pipe.  Not for: what single pages say (``test_statements.py``).
"""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

from tests.datasette_plugin.edited import QUOTED, keep_edited
from tests.datasette_plugin.held import keep_archive
from tests.datasette_plugin.server import start_server
from tests.support.programs import program

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_KEYS = {"Tab": (9, ""), "Enter": (13, "\r")}
_MOST_TABS = 150
_FOCUSED = (
    "(document.activeElement.innerText || document.activeElement.name || '').trim()"
    ".replace(/\\s+/g, ' ')"
)


class Browser:
    """A page of Chromium, and what its console said; closed with its pipe."""

    def __init__(self, reading: IO[bytes], writing: IO[bytes]) -> None:
        """Take both ends of the pipe, and open a page."""
        self._reading, self._writing, self._number = reading, writing, 0
        self._session: str | None = None
        self._loaded = False
        self.said: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The answer to a command; events that come before it are noted."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._writing.write(json.dumps(message).encode() + b"\0")
        self._writing.flush()
        while (answer := self._read()).get("id") != self._number:
            pass
        result: dict[str, Any] = answer["result"]
        return result

    def open(self, address: str) -> None:
        """Go to an address as if it had been typed."""
        self._loaded = False
        self.call("Page.navigate", url=address)
        self._wait()

    def press(self, key: str, *, leads: bool = False) -> None:
        """Press a key; wait for the page that it leads to, if it leads to one."""
        code, text = _KEYS[key]
        self._loaded = False
        for kind in ("keyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=code,
                text=text if kind == "keyDown" else "",
            )
        if leads:
            self._wait()

    def reach(self, words: str) -> None:
        """Press Tab until what has the focus begins with these words."""
        for _ in range(_MOST_TABS):
            self.press("Tab")
            if str(self.ask(_FOCUSED)).startswith(words):
                return
        raise AssertionError(f"no Tab leads to {words!r} on {self.ask('location.pathname')}")

    def follow(self, words: str) -> None:
        """Reach the link or button with these words, and press Enter."""
        self.reach(words)
        self.press("Enter", leads=True)

    def ask(self, expression: str) -> Any:
        """What an expression gives on the page."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return found["result"].get("value")

    def _wait(self) -> None:
        while not self._loaded:
            self._read()

    def _read(self) -> dict[str, Any]:
        raw = bytearray()
        while (byte := self._reading.read(1)) != b"\0":
            assert byte, "the browser went away"
            raw += byte
        message: dict[str, Any] = json.loads(raw)
        method = message.get("method")
        self._loaded = self._loaded or method == "Page.loadEventFired"
        if method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
            self.said.append(json.dumps(message["params"]))
        return message


@contextmanager
def start_browser(profile: Path) -> Iterator[Browser]:
    """Start Chromium with a pipe, and end it."""
    to_read, to_write = os.pipe()
    from_read, from_write = os.pipe()
    command = f'exec "$0" "$@" 3<&{to_read} 4>&{from_write}'
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe"]
    process = subprocess.Popen(
        ["bash", "-c", command, program("chromium"), *flags, f"--user-data-dir={profile}"],
        pass_fds=(to_read, from_write),
        stderr=subprocess.DEVNULL,
    )
    os.close(to_read)
    os.close(from_write)
    try:
        with os.fdopen(from_read, "rb") as reading, os.fdopen(to_write, "wb") as writing:
            yield Browser(reading, writing)
    finally:
        process.kill()
        process.wait()


@pytest.mark.timeout(120)
def test_a_reader_walks_from_search_to_citation_by_keyboard(tmp_path: Path) -> None:
    with keep_archive(tmp_path / "kept", {}) as kept:
        keep_edited(kept)
        with (
            start_server(kept.archive.layout.root) as address,
            start_browser(tmp_path / "profile") as browser,
        ):
            browser.open(f"{address}/")
            browser.reach("q")
            browser.call("Input.insertText", text="ferry")
            browser.press("Enter", leads=True)
            browser.follow("Summer timetable")
            assert browser.ask("location.pathname").startswith("/statement/")
            browser.follow("Compare versions")
            assert browser.ask("document.querySelectorAll('ins').length") > 1
            browser.reach("Unified")
            browser.press("Enter", leads=True)
            browser.reach("page")  # of the earlier version; the capture stands before it
            browser.press("Enter", leads=True)
            assert browser.ask("location.pathname").startswith("/replay/")
            browser.follow("Capture " + browser.ask("location.pathname")[len("/replay/") :])
            assert browser.ask("location.pathname").startswith("/capture/")
            browser.reach("quote")
            browser.call("Input.insertText", text=QUOTED)
            browser.follow("Cite this passage")
            assert QUOTED in browser.ask("document.querySelector('#passage').textContent")
            cited = browser.ask("document.querySelector('.forms').textContent")
            assert f"Quotation: “{QUOTED}”" in cited
            assert browser.said == []
