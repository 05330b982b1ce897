"""The class at a glance, made of records: what is counted, what is said, and what comes next."""

from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from bs4 import BeautifulSoup
from rich.console import Console

from autograder.overview.alike import alike_texts, same_codes
from autograder.overview.page import bars, render
from autograder.overview.records import Overview, TeamRow
from autograder.report.overview import lines_of, next_step
from autograder.report.terminal import Row, table_of
from autograder.verdict import CheckResult, Verdict


def team(name: str, *mistakes: str, outcome: str = "passed", **more: object) -> TeamRow:
    checks = [CheckResult("one", "check_one", "The first is right.", outcome, 1.0, rationale="Not to be read.")]  # type: ignore[arg-type]
    checks += [CheckResult(m, "check_two", f"No {m}.", "failed", 1.0, mistake=m) for m in mistakes]
    verdict = Verdict("hw", tuple(checks))
    return TeamRow(name, verdict=verdict, points=verdict.points, max_points=4.0, **more)  # type: ignore[arg-type]


CLASS = Overview(
    "Deep Learning",
    "hw",
    "Homework",
    (
        team("a", "labels-swapped", late=timedelta(hours=2), seconds=9.0),
        team("b", "labels-swapped", "sum-instead-of-mean", answers={"q": None}, missing=("hw.pdf",)),
        team("<c>", outcome="cannot_judge", waiting=("check_one",), answers={"q": 2.0}),
        TeamRow("d"),
    ),
    nothing=("zz9",),
    to_decide=(("aa1", "in two teams: decide"),),
    alike=(("answer_q", ("a", "b")),),
)


def test_five_lines_say_what_matters_and_the_next_command_follows() -> None:
    assert lines_of(CLASS) == [
        "hw: 3 of 4 graded, points so far 0 to 1 of 4; 1 handed nothing in.",
        "All checks passed: 0 of 3.",
        "Mistakes: labels swapped (2), sum instead of mean (1).",
        "Need a person: <c>, d, aa1.",
        "Written answers still unmarked: 1.",
    ]
    assert next_step(CLASS) == "autograder grade hw"
    done = Overview("c", "hw", "Homework", (team("a"),))
    assert next_step(done) == "autograder export hw"


def test_the_page_counts_links_and_escapes() -> None:
    page = render(CLASS, lambda student: f"{student}/hw.html" if student in "ab" else "")
    document = BeautifulSoup(page, "html.parser")
    text = document.get_text(" ", strip=True)
    assert "labels swapped 2 a , b" in text and "Nothing handed in: zz9" in text and "a by 2 h 0 min" in text
    assert "3 need a person" in text  # as many as the list below it names
    assert "<c>" in text and "<c>" not in page and not document.find("script")
    assert {link["href"] for link in document.find_all("a")} == {"a/hw.html", "b/hw.html"}
    rate = next(row for row in document.find_all("tr") if "The first is right." in row.get_text())
    assert "67%" in rate.get_text()


def test_the_distribution_spans_what_can_be_reached_so_far_and_says_so() -> None:
    teams = (team("a", answers={"q": None, "r": 0.0}), team("b", answers={"q": None, "r": None}))
    before = Overview("c", "hw", "Homework", teams, answer_points={"q": 2.0, "r": 1.0})
    text = BeautifulSoup(render(before, str), "html.parser").get_text(" ", strip=True)
    assert "So far 1 of 4 points can be reached" in text
    assert [label for label, *_ in bars([1.0, 1.0], before.reachable)] == ["0", "1"]
    begun = replace(before, teams=(team("a", answers={"q": 1.5, "r": 1.0}), teams[1]))
    assert begun.reachable == 4.0 and "can be reached" not in render(begun, str)


@pytest.mark.parametrize(("most", "points"), [(20.0, [0, 7, 20]), (100.0, [99.5, 100]), (3.0, []), (0.0, [0])])
def test_every_score_is_in_one_bar(most: float, points: list[float]) -> None:
    made = bars(points, most)
    assert sum(count for _, count, _ in made) == len(points) and len(made) <= 21
    assert max(height for _, _, height in made) == (100 if points else 0)


LONG = "The reconstructions are sharp, while the samples of the generator often look like no digit at all."


def test_answers_are_alike_where_most_of_a_long_text_is_the_same() -> None:
    texts = {"a": LONG, "b": LONG.replace("often", "mostly"), "c": LONG[::-1], "d": "short", "e": "short"}
    assert alike_texts(texts) == [("a", "b")]


def test_code_is_the_same_but_for_blanks_and_comments() -> None:
    codes = {"a": "x = 1  # one\n", "b": "\nx=1", "c": "x = 2", "d": "", "e": ""}
    assert same_codes(codes) == [("a", "b")]


def test_the_table_of_grading_has_one_line_a_team_in_a_terminal_of_80_columns() -> None:
    verdict = CLASS.teams[1].verdict
    rows = [Row("team-" + "x" * 40, "graded", verdict, seconds=51.0), Row("team-2", "grader fault")]
    console = Console(width=80, record=True, file=StringIO())
    console.print(table_of("hw", rows))
    lines = [line for line in console.export_text().splitlines() if "team-" in line]
    assert len(lines) == 2 and all(len(line) <= 80 for line in lines)
    assert "labels-swapped" in lines[0]


def test_points_are_shown_however_many_mistakes_there_are() -> None:
    names = [f"step_learns_from_its_loss_{number}" for number in range(8)]
    checks = [CheckResult(name, "check_step", "title", "cannot_judge", 0.5) for name in names]
    verdict = Verdict("hw", (*checks, CheckResult("runs", "check_step", "title", "passed", 1.0)))
    console = Console(width=80, record=True, file=StringIO())
    console.print(table_of("hw", [Row("team-1", "graded", verdict, seconds=51.0)]))
    heading, line = (line for line in console.export_text().splitlines() if "student" in line or "team-1" in line)
    assert all(name in heading for name in ("code", "so far", "to mark", "mistakes"))
    assert "1/5" in line and "51" in line and "step_learns" in line and len(line) <= 80
