"""The page that is printed to a PDF: a notebook that has run as one HTML file, made for people who mark it.

Part of the submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report. Answers
stand in boxes, and code that came with the kit and is as it came is left out; what it shows stays. No network is
needed: the mathematics is typeset by the MathJax in the package jupyter-server-mathjax.
"""

import base64
import importlib.util
import io
import json
from collections.abc import Collection
from copy import deepcopy
from pathlib import Path

import PIL.Image
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from coursekit.handin.handed_out import digest
from coursekit.submit.pdf import NoPdf

KIT = Path(__file__).resolve().parents[2]
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
@page {
  margin: 16mm 14mm;
  @top-right { content: TITLE; font: 9px sans-serif; color: #555 }
  @bottom-center { content: counter(page) " / " counter(pages); font: 9px sans-serif; color: #555 }
}
.jp-Notebook { --jp-content-font-size1: 12px; --jp-code-font-size: 10px; padding: 0 }
.jp-OutputArea .highlight pre { font: 10px/1.3 monospace }
.jp-Notebook pre { white-space: pre-wrap !important; overflow-wrap: anywhere; word-break: normal }
.jp-Cell, .jp-OutputArea-child { break-inside: auto !important }
h1, h2, h3 { break-after: avoid }
.celltag_answer { border: 1.5px solid #333; border-radius: 4px; margin: 2mm 0 6mm; padding: 1mm 2mm;
  box-decoration-break: clone; -webkit-box-decoration-break: clone }
.celltag_answer::before { content: "Answer"; font: bold 9px sans-serif; color: #555 }
.celltag_work { border-left: 3px solid #888 }
img { max-width: 100%; break-inside: avoid }
</style>
"""


def make_html(notebook: NotebookNode, folder: Path, title: str = "", given: Collection[str] = ()) -> str:
    """The notebook as one page that needs no network.

    Args:
        notebook: with its outputs.
        folder: where the images lie that its text shows.
        title: of the homework.
        given: digests of the code cells that came with the kit.
    """
    notebook = deepcopy(notebook)
    notebook.metadata["title"] = title or notebook.metadata.get("title", "notebook")
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "image/gif" in output.get("data", {}):
                output.data = {"image/png": _last_frame(output.data["image/gif"])}
        _tag(cell)
    _leave_out_given_code(notebook, frozenset(given))
    exporter = HTMLExporter(mathjax_url=f"{_mathjax().as_uri()}?config={_CONFIG}", require_js_url="", embed_images=True)
    page, _ = exporter.from_notebook_node(notebook, resources={"metadata": {"path": str(folder), "name": "notebook"}})
    head = _HEAD.replace("TITLE", _css_text(title))
    return page.replace('<script src=""></script>', "", 1).replace("<head>", f"<head>{head}", 1)


def _tag(cell: NotebookNode) -> None:
    """Say for the style sheet where a student has written."""
    if cell.metadata.get("nbgrader", {}).get("solution"):
        tag = "work" if cell.cell_type == "code" else "answer"
        cell.metadata["tags"] = [*cell.metadata.get("tags", []), tag]


def _leave_out_given_code(notebook: NotebookNode, given: frozenset[str]) -> None:
    """Code that is as it came with the kit, and listings of files of the kit; cells that then show nothing go."""
    known: frozenset[str] | None = None
    for cell in notebook.cells:
        if cell.cell_type != "code" or digest(cell.source) not in given:
            continue
        cell.metadata["transient"] = {"remove_source": True}  # nbconvert's word for it
        if any(_is_listing(output) for output in cell.outputs):
            known = known or _lines_of_kit()
            cell.outputs = [output for output in cell.outputs if not (_is_listing(output) and _lines(output) <= known)]
    notebook.cells = [cell for cell in notebook.cells if "transient" not in cell.metadata or cell.outputs]


def _is_listing(output: NotebookNode) -> bool:
    """Whether it is code that IPython has put into colours."""
    return "highlight" in str(output.get("data", {}).get("text/html", ""))


def _lines(output: NotebookNode) -> frozenset[str]:
    text = str(output.data.get("text/plain", ""))
    return frozenset(line.strip() for line in text.splitlines() if line.strip())


def _lines_of_kit() -> frozenset[str]:
    files = [path for package in ("coursekit", "course_utils") for path in (KIT / package).rglob("*.py")]
    return frozenset(line.strip() for path in files for line in path.read_text(encoding="utf-8").splitlines())


def _css_text(text: str) -> str:
    """As a string of CSS that cannot end its style sheet."""
    return json.dumps(text, ensure_ascii=False).replace("<", "\\3c ")


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
