"""Makes the PDF of a notebook that has run: HTML by nbconvert, pages by an installed Chromium, Chrome or Edge.

Part of the submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report. No
network is needed: the mathematics is typeset by the MathJax in the package jupyter-server-mathjax.
"""

import base64
import importlib.util
import io
import os
import shutil
import subprocess
import sys
import tempfile
from copy import deepcopy
from pathlib import Path

import PIL.Image
from nbconvert import HTMLExporter
from nbformat import NotebookNode

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
_CONFIG = "TeX-AMS-MML_HTMLorMML-full"  # the one that the package brings
_HEAD = """<script type="text/x-mathjax-config">
MathJax.Hub.Config({
  MMLorHTML: { prefer: "HTML" },
  "fast-preview": { disabled: true },
  "HTML-CSS": { availableFonts: [], webFont: "STIX-Web", imageFont: null, scale: 92, linebreaks: { automatic: true } },
  showMathMenu: false,
  skipStartupTypeset: true  // the template queues it, with its own settings
});
</script>
<style>
@page { margin: 14mm }
.jp-Notebook { --jp-content-font-size1: 12px; --jp-code-font-size: 10px; padding: 0 }
.jp-OutputArea .highlight pre { font: 10px/1.3 monospace }
.jp-Notebook pre { white-space: pre-wrap !important; overflow-wrap: anywhere; word-break: normal }
.jp-Cell, .jp-OutputArea-child { break-inside: auto !important }
h1, h2, h3 { break-after: avoid }
img { max-width: 100%; break-inside: avoid }
</style>
"""


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


def make_html(notebook: NotebookNode, folder: Path) -> str:
    """The notebook as one page that needs no network; `folder` is where the images lie that its text shows."""
    notebook = deepcopy(notebook)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "image/gif" in output.get("data", {}):
                output.data = {"image/png": _last_frame(output.data["image/gif"])}
    exporter = HTMLExporter(mathjax_url=f"{_mathjax().as_uri()}?config={_CONFIG}", require_js_url="", embed_images=True)
    page, _ = exporter.from_notebook_node(notebook, resources={"metadata": {"path": str(folder), "name": "notebook"}})
    return page.replace('<script src=""></script>', "", 1).replace("<head>", f"<head>{_HEAD}", 1)


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


def _mathjax() -> Path:
    found = importlib.util.find_spec("jupyter_server_mathjax")
    if found is None or found.origin is None:
        raise NoPdf("The package jupyter-server-mathjax is missing: run `pip install -r requirements.txt`.")
    return Path(found.origin).resolve().parent / "static" / "MathJax.js"


def _last_frame(gif: str) -> str:
    """The last frame of an animation, as PNG; both in base64."""
    with PIL.Image.open(io.BytesIO(base64.b64decode(gif))) as image:
        image.seek(getattr(image, "n_frames", 1) - 1)
        png = io.BytesIO()
        image.convert("RGB").save(png, "PNG")
    return base64.b64encode(png.getvalue()).decode("ascii")


class _Environment(dict[str, str]):
    """The environment, in which what is not set leads nowhere."""

    def __missing__(self, key: str) -> str:
        return os.environ.get(key, "/no-such-folder")
