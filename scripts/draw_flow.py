"""Draws docs/flow.svg, the way of a submission through the package: `.venv/bin/python scripts/draw_flow.py`."""

from html import escape
from pathlib import Path

# (title, what it is, the folder that makes it), in the order of the flow.
ROWS = (
    (
        ("source notebook", "solutions, marking schemes", "source/"),
        ("release, kit", "what students get", "autograder/release.py"),
        ("submission", "a notebook, from Git or an upload", "autograder/collect"),
    ),
    (
        ("repaired notebook", "every name in its place", "autograder/intake"),
        ("trace", "tensors and JSON, recorded inside", "autograder/sandbox, coursekit"),
        ("verdict", "points, mistakes, reasons", "autograder/checks, checks/"),
    ),
    (
        ("graded notebook", "reasons in its cells", "autograder/grading.py"),
        ("gradebook", "one writer, nbgrader's own", "autograder/gradebook.py"),
        ("report, grades", "pages and tables for people", "autograder/report, exports"),
    ),
)
WIDTH, HEIGHT, GAP_X, GAP_Y, EDGE = 250, 86, 60, 64, 24
INK, MUTED, PAPER, LINE, UNTRUSTED = "#1f2328", "#57606a", "#ffffff", "#0969da", "#fff1e5"


def corner(row: int, column: int) -> tuple[int, int]:
    return EDGE + column * (WIDTH + GAP_X), EDGE + row * (HEIGHT + GAP_Y)


def draw_box(row: int, column: int, title: str, says: str, place: str) -> str:
    x, y = corner(row, column)
    fill = UNTRUSTED if title in ("submission", "trace") else PAPER  # what a student had a part in
    lines = ((28, INK, 16, "bold", title), (50, MUTED, 13, "normal", says), (71, LINE, 12, "normal", place))
    texts = "".join(
        f'<text x="{x + WIDTH / 2}" y="{y + down}" fill="{ink}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="middle">{escape(text)}</text>'
        for down, ink, size, weight, text in lines
    )
    return f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="8" fill="{fill}" stroke="{MUTED}"/>{texts}'


def draw_arrow(points: str) -> str:
    return f'<polyline points="{points}" fill="none" stroke="{INK}" stroke-width="1.5" marker-end="url(#head)"/>'


def draw() -> str:
    parts = [draw_box(row, column, *box) for row, boxes in enumerate(ROWS) for column, box in enumerate(boxes)]
    for row, boxes in enumerate(ROWS):
        for column in range(len(boxes) - 1):
            x, y = corner(row, column)
            parts.append(draw_arrow(f"{x + WIDTH},{y + HEIGHT / 2} {x + WIDTH + GAP_X - 3},{y + HEIGHT / 2}"))
        if row + 1 < len(ROWS):  # from the end of this row to the beginning of the next
            (x, y), (left, below) = corner(row, len(boxes) - 1), corner(row + 1, 0)
            middle = y + HEIGHT + GAP_Y / 2
            start, end = x + WIDTH / 2, left + WIDTH / 2
            parts.append(draw_arrow(f"{start},{y + HEIGHT} {start},{middle} {end},{middle} {end},{below - 3}"))
    width, height = 2 * EDGE + 3 * WIDTH + 2 * GAP_X, 2 * EDGE + 3 * HEIGHT + 2 * GAP_Y
    head = '<marker id="head" markerWidth="8" markerHeight="8" refX="6" refY="3" orient="auto">'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif">'
        f'<defs>{head}<path d="M0,0 L6,3 L0,6"/></marker></defs>'
        f'<rect width="100%" height="100%" fill="#f6f8fa"/>{"".join(parts)}</svg>\n'
    )


if __name__ == "__main__":
    (Path(__file__).parents[1] / "docs" / "flow.svg").write_text(draw(), encoding="utf-8")
