import ast
import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from autograder.config import Course
from autograder.demo import run_demo
from autograder.demo.students import THREE_OPTIMIZERS, DemoSubmission, demo_class
from autograder.errors import UsageError


def test_the_class_shows_right_work_classical_mistakes_and_broken_work() -> None:
    teams = [submission.team for submission in demo_class()]
    assert len(teams) == len(set(teams)) >= 8
    for kind, least in (("right-", 2), ("wrong-", 4), ("broken-", 1), ("unfilled", 1)):
        assert sum(team.startswith(kind) for team in teams) >= least


@pytest.mark.parametrize("submission", demo_class(), ids=lambda submission: submission.team)
def test_every_solution_is_python_and_each_mistake_changes_something(submission: DemoSubmission) -> None:
    code = {cell: submission.answers[cell] for cell in THREE_OPTIMIZERS if cell in submission.answers}
    for text in code.values():
        ast.parse(text)
    if submission.team.startswith(("wrong-", "broken-kills")):
        assert code != THREE_OPTIMIZERS


def test_a_folder_that_the_demo_did_not_make_is_left_alone(
    copy_course: Callable[[Path], Course], tmp_path: Path
) -> None:
    course = copy_course(tmp_path / "course")
    (course.root / "demo").mkdir()
    (course.root / "demo" / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="was not made by the demo"):
        run_demo(course, Console(quiet=True))
    assert (course.root / "demo" / "mine.txt").read_text() == "mine"


def test_the_whole_flow_from_git_repositories_to_the_grade_of_each_person(
    copy_course: Callable[[Path], Course], tmp_path: Path
) -> None:
    chosen = {
        "right-late-with-extension": "cc103",
        "right-late-without-extension": "dd104",
        "right-with-forged-date": "ee105",
        "wrong-fakes-not-detached-and-a-hook": "ff106",
        "broken-not-a-notebook": "nn114",
        "right-with-frames-beside-the-notebook": "ss119",
        "right-uploaded-without-netid": "pp116",
        "broken-uploaded-as-rar": "qq117",
    }
    course = copy_course(tmp_path / "course")
    printed = io.StringIO()
    run_demo(course, Console(file=printed, width=200), [one for one in demo_class() if one.team in chosen])
    text = printed.getvalue()
    assert "right-late-without-extension: Late work of this age is not accepted" in text
    assert "right-late-with-extension: " not in text  # nothing to look at
    assert "“hw2-1.ipynb” was taken as hw2.ipynb" in text
    assert "quinnqi_3117_7003_hw2.rar is a RAR archive, which is not read, and was not taken" in text
    assert "contradicts the collections" in text
    assert "outside is a link and was left out" in text
    assert not (course.root / "demo" / "the-hook-ran").exists()

    with (course.root / "demo" / "exports" / "hw2-people.csv").open(newline="", encoding="utf-8-sig") as file:
        people = {row["id"]: row for row in csv.DictReader(file)}
    scores = {source: people[member]["score"] for source, member in chosen.items()}
    assert scores["right-late-with-extension"] == "7"
    assert scores["right-with-frames-beside-the-notebook"] == "7"
    assert scores["right-uploaded-without-netid"] == "6"  # netid costs a point
    assert scores["broken-uploaded-as-rar"] == ""
    assert 5 < float(scores["wrong-fakes-not-detached-and-a-hook"]) < 7
    assert {source for source, score in scores.items() if score == "0"} == {
        "right-late-without-extension",
        "right-with-forged-date",  # what arrived in time was the notebook as released
        "broken-not-a-notebook",
    }
    late = people[chosen["right-late-with-extension"]]
    assert (late["check_losses"], late["answer_conflicts"]) == ("3", "")  # nobody has marked the answers yet
    assert people["rr118"]["status"] == "nothing handed in"
    assert people["qq117"]["status"] == "could not be read: decide"
    pages = list((course.root / "demo" / "feedback").glob("*/hw2/hw2.html"))
    assert len(pages) == len(chosen) - 1
