"""The released notebooks as pages, for who looks before installing anything: text, formulas, code, and no outputs."""

from pathlib import Path

import nbformat

RELEASE = Path(__file__).parents[2] / "release"


def notebook_page(name: str) -> str:
    """The notebook of an assignment as its kit holds it, as Markdown; its title is the page's."""
    notebook = nbformat.read(RELEASE / name / f"{name}.ipynb", as_version=4)
    title, *parts = (_part(cell) for cell in notebook.cells)
    told = f"*This is `{name}.ipynb` as students get it, before it has run.*"
    first, _, rest = title.partition("\n")
    return "\n\n".join([first, told, rest.strip(), *parts]) + "\n"


def _part(cell: nbformat.NotebookNode) -> str:
    source = str(cell.source)
    if cell.cell_type != "code":
        return source
    fence = "`" * max(3, 1 + max((len(run) for run in source.split() if not run.strip("`")), default=0))
    return f"{fence}python\n{source}\n{fence}"
