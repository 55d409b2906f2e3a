"""Chromium over DevTools' pipe: a page, its keys, and what its console said.

Not for: pictures of pages (``test_browser.py``).
"""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from tests.support.programs import program

_KEYS = {"Tab": (9, ""), "Enter": (13, "\r")}
_MOST_TABS = 150
_PATIENCE = 20.0
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

    def wait_for(self, expression: str) -> None:
        """Wait until an expression holds on the page."""
        end = time.monotonic() + _PATIENCE
        while not self.ask(expression):
            assert time.monotonic() < end, expression
            time.sleep(0.05)

    def lead(self, expression: str) -> None:
        """Do something that leads to another page, and wait for it."""
        self._loaded = False
        self.ask(expression)
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
        """What an expression gives on the page, as if a reader had just done something."""
        found = self.call(
            "Runtime.evaluate",
            expression=expression,
            returnByValue=True,
            awaitPromise=True,
            userGesture=True,
        )
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
