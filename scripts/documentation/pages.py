"""What `mkdocs build` does beside its own work: pages from the code, pictures from elsewhere, and formulas.

The pages of the reference are written at each build from what they describe, so that they cannot go out of date.
Formulas become MathML, which browsers draw without a script.
"""

import html
import re
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert
from mkdocs.structure.files import File, Files
from reference import checks_page, commands_page, course_page

REPOSITORY = Path(__file__).parents[2]
PAGES = {
    "reference/commands.md": commands_page,
    "reference/course-toml.md": course_page,
    "reference/checks.md": checks_page,
}
PICTURES = {  # where they lie, and what they are called on the site
    "benchmarks/reference/samples.png": "reference-samples.png",
    "benchmarks/reference/front.png": "reference-front.png",
    "checks/hw2/bounds.png": "bounds-hw2.png",
}
FORMULA = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.DOTALL)


def on_files(files: Files, config: Any, **_: Any) -> Files:
    """Add the pages of the reference, and the pictures that lie beside what has made them."""
    for name, write in PAGES.items():
        files.append(File.generated(config, name, content=write()))
    for place, name in PICTURES.items():
        path = REPOSITORY / place
        files.append(File.generated(config, f"pictures/{name}", abs_src_path=str(path)))
    return files


def on_page_content(content: str, **_: Any) -> str:
    """Formulas as MathML."""
    return FORMULA.sub(_typeset, content)


def _typeset(found: re.Match[str]) -> str:
    display = "inline" if found[2] == "(" else "block"
    return str(convert(html.unescape(found[3]).strip(), display=display))
