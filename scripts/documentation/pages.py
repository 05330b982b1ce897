"""What `mkdocs build` does beside its own work: pages from the code, pictures from elsewhere, and formulas.

The pages of the reference are written at each build from what they describe, so that they cannot go out of date.
Formulas become MathML, which browsers draw without a script.
"""

import html
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink
from notebooks import notebook_page
from reference import checks_page, commands_page, course_page

REPOSITORY = Path(__file__).parents[2]
PAGES = {
    "reference/commands.md": commands_page,
    "reference/course-toml.md": course_page,
    "reference/checks.md": checks_page,
}
NOTEBOOKS = ("lab_autoencoder", "lab_gan", "lab_vae", "lab_diffusion", "hw1", "hw2", "hw2_conditional", "hw3")
PICTURES = {  # where they lie, and what they are called on the site
    "benchmarks/reference/samples.png": "reference-samples.png",
    "benchmarks/reference/front.png": "reference-front.png",
    "checks/hw2/bounds.png": "bounds-hw2.png",
}
FORMULA = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.DOTALL)

IN_TITLE = re.compile(r"\\\((.*?)\\\)")


def on_files(files: Files, config: Any, **_: Any) -> Files:
    """Add the pages of the reference, the notebooks, and the pictures that lie beside what has made them."""
    for name, write in PAGES.items():
        files.append(File.generated(config, name, content=write()))
    for name in NOTEBOOKS:
        files.append(File.generated(config, f"notebooks/{name}.md", content=notebook_page(name)))
    for place, name in PICTURES.items():
        path = REPOSITORY / place
        files.append(File.generated(config, f"pictures/{name}", abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Pictures that lie outside of `docs/` are named by their place in the repository, where pages are read, too."""
    for place, name in PICTURES.items():
        markdown = markdown.replace(f"](../{place})", f"](pictures/{name})")
    return markdown


def on_page_content(content: str, page: Page, **_: Any) -> str:
    """Formulas as MathML, in the text and in the list of the page's headings."""
    _typeset_titles(page.toc)
    return FORMULA.sub(_typeset, content)


def _typeset_titles(headings: Iterable[AnchorLink]) -> None:
    for heading in headings:
        heading.title = IN_TITLE.sub(lambda found: _mathml(found[1], "inline"), heading.title)
        _typeset_titles(heading.children)


def _typeset(found: re.Match[str]) -> str:
    return _mathml(found[3], "inline" if found[2] == "(" else "block")


def _mathml(formula: str, display: str) -> str:
    return str(convert(html.unescape(formula).strip(), display=display))
