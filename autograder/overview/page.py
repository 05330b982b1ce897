"""Makes the class page: self-contained HTML that loads nothing and runs nothing, with links to the feedback pages."""

import statistics
from collections.abc import Callable, Sequence
from pathlib import Path

from autograder.feedback.page import TEMPLATES as FEEDBACK_TEMPLATES
from autograder.feedback.page import environment_of
from autograder.intake import shown_name
from autograder.overview.records import Overview
from autograder.verdict import show_points

TEMPLATES = Path(__file__).parent / "templates"
MOST_BARS = 21  # of the distribution
SLOWEST = 5  # submissions that are named


def render(overview: Overview, address: Callable[[str], str]) -> str:
    """The page.

    Args:
        overview: the class.
        address: of the feedback page of a team, relative to this page; "" where there is none.
    """
    points = [team.points for team in overview.graded if team.points is not None]
    names = {
        "bars": bars(points, max([overview.reachable, *points])),
        "middle": show_points(statistics.median(points)) if points else "–",
        "slowest": sorted(overview.graded, key=lambda team: -team.seconds)[:SLOWEST],
        "address": address,
        "shown_name": shown_name,
    }
    environment = environment_of(TEMPLATES, FEEDBACK_TEMPLATES)
    return environment.get_template("overview.html").render(page=overview, **names) + "\n"


def bars(points: Sequence[float], most: float) -> list[tuple[str, int, int]]:
    """The distribution: for each bar, which points, how many teams, and its height in percent of the highest."""
    width = max(1, -(-int(most) // (MOST_BARS - 1)))
    number = int(most) // width + 1
    counts = [0] * number
    for value in points:
        counts[min(number - 1, int(value) // width)] += 1
    highest = max([*counts, 1])
    labels = [str(i * width) if width == 1 else f"{i * width}–{(i + 1) * width - 1}" for i in range(number)]
    return [(label, count, round(100 * count / highest)) for label, count in zip(labels, counts, strict=True)]
