"""Find a Chromium for the tests of the page, or get one; say loudly when there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WITHOUT = "No Chromium was found: the tests of the chat page DO NOT RUN."


def browser_path() -> str | None:
    """Return the system's Chromium, or else the one that playwright has downloaded."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or _downloaded()


def _downloaded() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def _try(command: Sequence[str]) -> None:
    print("Trying:", *command, flush=True)
    subprocess.run(command, check=False)


def _install() -> None:
    if shutil.which("apt-get") and os.geteuid() == 0:
        _try(["apt-get", "install", "--yes", "--quiet", "chromium"])
    if not browser_path():
        _try([sys.executable, "-m", "playwright", "install", "chromium"])


def main() -> None:
    """Called by make: never an error, because the other tests run without a browser."""
    if not browser_path():
        _install()
    path = browser_path()
    rule = "!" * len(WITHOUT)
    print(f"Tests of the page use {path}." if path else f"{rule}\n{WITHOUT}\n{rule}", flush=True)


if __name__ == "__main__":
    main()
