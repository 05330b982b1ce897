"""Draws pictures of the documentation that show what the package makes: `python scripts/draw_pictures.py [STUDENT]`.

The gradient map of a step in which D is moved towards being fooled, and the four families of the course under one
meter. After `make demo` also the table of its mistakes, and the top of the feedback page of one of its teams.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
sys.path.insert(0, str(REPOSITORY))

from rich.console import Console  # noqa: E402

from autograder.checks import load_checks, make_probes  # noqa: E402
from autograder.config import load_course  # noqa: E402
from autograder.report.terminal import grade_and_show  # noqa: E402
from autograder.selftest.recording import record_solution  # noqa: E402
from course_utils.families import reference_families, show_families  # noqa: E402

PICTURES = REPOSITORY / "docs" / "pictures"
DEMO = REPOSITORY / "demo"
SHOWN = "joint_backward_trains_discriminator.py"  # a mistake that the map shows at a glance
SEED = 1
DPI = 100
COLUMNS = 110  # of the terminal that is drawn
PAGE = (1000, 900)  # pixels of the top of a page
FONTS = re.compile(r"@font-face\s*\{.*?\}", re.DOTALL)  # from elsewhere; readers have fonts of their own
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def draw_gradient_map() -> None:
    """The gradient map that a student with this mistake gets."""
    checks = load_checks(REPOSITORY / "checks" / "hw2")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_probes(checks, SEED, folder / "inbox")
        solution = REPOSITORY / "solutions" / "hw2" / "wrong" / SHOWN
        record_solution(solution, checks.experiments, folder / "inbox", folder / "outbox", {"convergence"})
        assert checks.draw_figures is not None
        (png,) = checks.draw_figures(folder).values()
    (PICTURES / "gradient-map.png").write_bytes(png)


def draw_mistakes() -> None:
    """The table that `autograder grade` prints for the demo's class, which is graded already."""
    console = Console(record=True, width=COLUMNS, file=StringIO(), highlight=False)
    grade_and_show(load_course(DEMO), "hw2", console)
    lines = console.export_text(styles=True).split("\n")
    begin = next(number for number, line in enumerate(lines) if "submissions" in line)
    end = next(number for number, line in enumerate(lines) if "└" in line)
    drawn = Console(record=True, width=COLUMNS, file=StringIO(), highlight=False)
    drawn.print("\n".join(lines[begin : end + 1]), markup=False)
    picture = drawn.export_svg(title="autograder grade hw2")
    (PICTURES / "mistakes.svg").write_text(FONTS.sub("", picture), encoding="utf-8")


def draw_feedback(student: str) -> None:
    """The top of a feedback page, in a browser."""
    browser = next(filter(None, map(shutil.which, BROWSERS)))
    page = DEMO / "feedback" / student / "hw2" / "hw2.html"
    size = f"--window-size={PAGE[0]},{PAGE[1]}"
    picture = f"--screenshot={PICTURES / 'feedback.png'}"
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", size, picture]
    subprocess.run([browser, *options, page.as_uri()], check=True, capture_output=True)


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    draw_gradient_map()
    show_families(reference_families()).savefig(PICTURES / "families.png", dpi=DPI)
    if DEMO.is_dir() and len(sys.argv) > 1:
        draw_mistakes()
        draw_feedback(sys.argv[1])
