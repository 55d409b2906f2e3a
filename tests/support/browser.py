"""Chromium, led over DevTools' pipe: pages opened, keys pressed, questions asked, pictures taken.

Follows the Chrome DevTools Protocol.  Not for: one page opened for a while (``--dump-dom``), whose
whole log is wanted.
"""

import base64
import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from select import select
from typing import IO, Any

from tests.support.programs import program

_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--hide-scrollbars", "--force-device-scale-factor=1", "--remote-debugging-pipe"),
)
_KEYS = {"Tab": (9, ""), "Enter": (13, "\r"), "Space": (32, " ")}
_MOST_TABS = 150
_FOCUSED = (
    "(document.activeElement.innerText || document.activeElement.name || '').trim()"
    ".replace(/\\s+/g, ' ')"
)
_PIECE = 1 << 16
_PATIENCE = 30.0  # seconds without a word


class Browser:
    """A page of Chromium, and what its console said; closed with its pipe."""

    def __init__(self, reading: IO[bytes], writing: IO[bytes]) -> None:
        """Take both ends of the pipe, and open a page."""
        self._reading, self._writing, self._number = reading, writing, 0
        self._unread = bytearray()
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
        assert "result" in answer, (method, answer)
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

    def type(self, text: str) -> None:
        """Write where the focus is."""
        self.call("Input.insertText", text=text)

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
        """What an expression gives on the page, as if a reader had just done something.

        A promise is waited for.
        """
        found = self.call(
            "Runtime.evaluate",
            expression=expression,
            returnByValue=True,
            awaitPromise=True,
            userGesture=True,
        )
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def allow_scripts(self, *, are_allowed: bool) -> None:
        """From the next page on, run scripts of pages or not; questions are answered anyway."""
        self.call("Emulation.setScriptExecutionDisabled", value=not are_allowed)

    def shape(self, width: int, height: int, *, scheme: str = "light", media: str = "") -> None:
        """Be a window of this size, in a colour scheme, showing a page or printing it."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", media=media, features=features)

    def photograph(self, picture: Path, *, tallest: int = 0) -> None:
        """Write a picture of the window, or of the whole page down to ``tallest`` points."""
        more: dict[str, Any] = {}
        if tallest:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            height = min(size["height"], tallest)
            clip = {"x": 0, "y": 0, "width": size["width"], "height": height, "scale": 1}
            more = {"captureBeyondViewport": True, "clip": clip}
        picture.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", **more)["data"]))

    def _wait(self) -> None:
        while not self._loaded:
            self._read()

    def _read(self) -> dict[str, Any]:
        searched = 0
        while (end := self._unread.find(b"\0", searched)) < 0:
            searched = len(self._unread)
            assert select([self._reading], [], [], _PATIENCE)[0], "the browser says nothing"
            piece = os.read(self._reading.fileno(), _PIECE)
            assert piece, "the browser went away"
            self._unread += piece
        message: dict[str, Any] = json.loads(self._unread[:end])
        del self._unread[: end + 1]
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
    process = subprocess.Popen(
        ["bash", "-c", command, program("chromium"), *_FLAGS, f"--user-data-dir={profile}"],
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
