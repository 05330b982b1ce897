"""Draws pictures of the documentation that show what the package makes: `python scripts/draw_pictures.py`.

The gradient map of a step in which D is moved towards being fooled, and the four families of the course under one
meter. With two arguments, what `make demo` has printed and one of its teams, also the table of mistakes and the top of
that team's feedback page.
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
from autograder.checks.plugin import TraceFolder  # noqa: E402
from autograder.selftest.recording import record_solution  # noqa: E402
from course_utils.families import reference_families, show_families  # noqa: E402

PICTURES = REPOSITORY / "docs" / "pictures"
DEMO = REPOSITORY / "demo"
SHOWN = "joint_backward_trains_discriminator.py"  # a mistake that the map shows at a glance
SEED = 1
DPI = 100
PAGE = (1000, 630)  # pixels of the top of a page
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
        (png,) = checks.draw_figures(TraceFolder(folder, checks.experiments)).values()
    (PICTURES / "gradient-map.png").write_bytes(png)


def draw_mistakes(printed: Path) -> None:
    """The table of mistakes in what the demo has printed, as a terminal shows it."""
    lines = [line.rstrip() for line in printed.read_text(encoding="utf-8").splitlines()]
    begin = next(number for number, line in enumerate(lines) if re.fullmatch(r"hw2: \d+ submissions", line))
    rule = next(number for number, line in enumerate(lines) if number > begin and line.strip().startswith("──"))
    end = next(number for number, line in enumerate(lines) if number > rule and not line)
    console = Console(record=True, width=max(map(len, lines[begin:end])), file=StringIO(), highlight=False)
    console.print("\n".join(lines[begin:end]), markup=False, emoji=False)
    picture = FONTS.sub("", console.export_svg(title="autograder grade hw2"))
    (PICTURES / "mistakes.svg").write_text(picture, encoding="utf-8")


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
    if len(sys.argv) == 3:
        draw_mistakes(Path(sys.argv[1]))
        draw_feedback(sys.argv[2])
