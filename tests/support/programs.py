"""System programs that tests call.  Not for: running them."""

import os
import shutil

import pytest

REQUIRE = "ARCHIVE_TESTS_REQUIRE_PROGRAMS"

DEBIAN_PACKAGES = {
    "biber": "biber",
    "chromium": "chromium",
    "git": "git",
    "make": "make",
    "nginx": "nginx-light",
    "openssl": "openssl",
    "mount": "mount",
    "pandoc": "pandoc",
    "unshare": "util-linux",
    "wget": "wget",
}


def program(name: str) -> str:
    """The path of a system program; else the test is skipped, or fails where all are required."""
    places = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
    path = shutil.which(name, path=places)
    if path is not None:
        return path
    reason = f"{name} is not installed (Debian: apt-get install {DEBIAN_PACKAGES.get(name, name)})"
    if os.environ.get(REQUIRE, "") not in {"", "0"}:
        pytest.fail(f"{reason}, and {REQUIRE} is set", pytrace=False)
    pytest.skip(reason)
