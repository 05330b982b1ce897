"""Prints the page of a notebook (`coursekit.submit.page`) to a PDF, with an installed Chromium, Chrome or Edge.

Part of the submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
)
PLACES = (  # where browsers lie that are on no search path
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "{ProgramFiles}/Google/Chrome/Application/chrome.exe",
    "{ProgramFiles(x86)}/Google/Chrome/Application/chrome.exe",
    "{LOCALAPPDATA}/Google/Chrome/Application/chrome.exe",
    "{ProgramFiles(x86)}/Microsoft/Edge/Application/msedge.exe",
)
SECONDS = 180


class NoPdf(Exception):
    """No PDF could be made; the message is a sentence."""


def find_browser() -> str | None:
    """Path of an installed browser that can print, or None."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    for place in PLACES:
        path = Path(place.format_map(_Environment()))
        if path.is_file():
            return str(path)
    return None


def print_pdf(page: str, folder: Path, browser: str) -> bytes:
    """Print the HTML `page` with `browser`; files made on the way lie below `folder`, and are removed.

    Raises:
        NoPdf: the browser did not print.
    """
    # A Chromium that is a snap package sees neither /tmp nor hidden folders, hence a folder beside the notebook.
    with tempfile.TemporaryDirectory(dir=folder, prefix="making-pdf-", ignore_cleanup_errors=True) as name:
        work = Path(name).resolve()
        source, target = work / "page.html", work / "page.pdf"
        source.write_text(page, encoding="utf-8")
        command = [
            browser,
            "--headless",
            "--disable-gpu",
            "--no-first-run",
            "--disable-extensions",
            "--disable-dev-shm-usage",
            f"--user-data-dir={work / 'profile'}",
            "--allow-file-access-from-files",
            "--virtual-time-budget=60000",  # milliseconds for MathJax, which pass at once when it is done
            "--no-pdf-header-footer",
            f"--print-to-pdf={target}",
            source.as_uri(),
        ]
        if sys.platform == "linux" and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # Chromium has no sandbox for root, and the page is the user's own
        try:
            run = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=SECONDS)
        except subprocess.TimeoutExpired:
            raise NoPdf(f"{browser} did not print the notebook within {SECONDS} seconds.") from None
        except OSError as error:
            raise NoPdf(f"{browser} does not start ({error.strerror}).") from None
        if not target.is_file() or not target.stat().st_size:
            said = run.stderr.strip().splitlines()
            raise NoPdf(f"{browser} did not print the notebook ({said[-1][:200] if said else 'it says nothing'}).")
        return target.read_bytes()


class _Environment(dict[str, str]):
    """The environment, in which what is not set leads nowhere."""

    def __missing__(self, key: str) -> str:
        return os.environ.get(key, "/no-such-folder")
