"""From collected repositories to the grade of each person, through real Git and nbgrader."""

import codecs
import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from rich.console import Console

from autograder.collect.collect import collect
from autograder.collect.sources import read_sources
from autograder.collect.uploads import Upload
from autograder.config import Course, load_course
from autograder.deadlines import LatePolicy
from autograder.feedback.write import write_feedback
from autograder.gradebook import read_score
from autograder.penalties import Penalty, penalties
from autograder.people import export_people
from autograder.report.terminal import grade_and_show
from autograder.roster import load_roster
from autograder.teams import Team
from tests.autograder.collect.repositories import git
from tests.autograder.test_cli import run

ROSTER = 'id,name,email\nada1,"Lovelace, Ada",ada1@uni.edu\nbob2,Bob,\ncyd3,Cyd,\ndan4,Dan,\neve5,Eve,\n'
ROSTER += '"@fay6","=1+1; -2\n+3",\n'  # a name is that of the student's own profile
LATE_TEAM = Team("team-1", "one", ("ada1",), "c" * 40, None, timedelta(hours=30), files=("netid",))


def test_penalties_are_separate_named_lines(released_course: Course) -> None:
    settings = replace(
        released_course.assignment("hw2"),
        late=LatePolicy(((1, 2.0), (2, 5.0))),
        required={"netid": 1.0, "hw2.ipynb": 0.0, "hw2.pdf": 1.5},
    )
    lines = (Penalty("late by 1 d 6 h", 5.0), Penalty("hw2.pdf missing or not filled in", 1.5))
    assert penalties(settings, LATE_TEAM, 20) == lines
    too_late = replace(LATE_TEAM, late=timedelta(days=2, seconds=1), files=("netid", "hw2.pdf"))
    (line,) = penalties(settings, too_late, 20)
    assert line.points == 20
    assert "not accepted" in line.name
    assert penalties(settings, replace(too_late, late=timedelta(0)), 20) == ()
    assert penalties(settings, None, 20) == ()


@pytest.fixture
def handed_in(copy_course: Callable[[Path], Course], tmp_path: Path) -> tuple[Course, Mapping[str, str | Upload]]:
    course = copy_course(tmp_path / "course")
    toml = (course.root / "course.toml").read_text()
    toml = toml.replace('# roster = "roster.csv"', 'roster = "roster.csv"')
    toml = toml.replace('# extensions = "extensions.csv"', 'extensions = "extensions.csv"')
    (course.root / "course.toml").write_text(toml)
    (course.root / "roster.csv").write_text(ROSTER)
    (course.root / "extensions.csv").write_text("id,assignment,until\n")
    work = {"late": ("ada1\nbob2\n", "2023-02-25T09:00:00-0600"), "again": ("cyd3\n", "2023-02-24T09:00:00-0600")}
    work |= {"twice": ("cyd3\ndan4\n", "2023-02-24T09:00:00-0600"), "nobody": ("", "2023-02-24T09:00:00-0600")}
    for name, (netid, date) in work.items():
        folder = tmp_path / "clones" / name
        folder.mkdir(parents=True)
        git(folder, "init", "-q")
        (folder / "netid").write_text(netid)
        (folder / "hw2.ipynb").write_text('{"cells": [')  # unreadable, so nothing needs to run
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", "work", date=date)
    by_hand = course.root / "submitted" / "=2+3" / "hw2"  # arrived without Git
    by_hand.mkdir(parents=True)
    (by_hand / "hw2.ipynb").write_text("{")
    return load_course(course.root), read_sources(tmp_path / "clones")


def test_each_member_gets_the_grade_of_the_team_and_an_extension_takes_the_penalty_away(
    handed_in: tuple[Course, Mapping[str, str | Upload]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    course, sources = handed_in
    quiet = Console(file=StringIO())

    def grade() -> tuple[dict[str, Team], dict[str, dict[str, str]]]:
        teams = {team.source: team for team in collect(course, "hw2", sources)}
        grade_and_show(course, "hw2", quiet)
        export_people(course, "hw2", tmp_path / "people.csv", waiting=True)
        with (tmp_path / "people.csv").open(newline="", encoding="utf-8-sig") as file:
            return teams, {row["id"]: row for row in csv.DictReader(file)}

    teams, rows = grade()
    late = teams["late"].pseudonym
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:  # what a person does in the formgrader
        marked = gradebook.find_submission("hw2", late).notebooks[0]
        grades = [grade for grade in marked.grades if grade.cell.cell_type == "markdown"]
        for each in grades:
            each.manual_score, each.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    score = read_score(course, "hw2", late)
    assert score and score.penalty == score.max_points  # and not what nbgrader saw before anybody marked: 0
    page = write_feedback(course, "hw2", late).pages[late].read_text()
    assert re.search(r"20 points off: late by .*, which is not accepted without an extension", page)
    assert "0 of 20 points." in page and "-" not in re.findall(r'class="said">(.*)</p>', page)[0]

    (course.root / "extensions.csv").write_text("id,assignment,until\nbob2,hw2,2023-02-26 23:59\n")
    teams, rows = grade()
    assert teams["late"].pseudonym == late
    points = 1.5 * len(grades)
    assert points > 5
    asked = "waiting for a person"  # nbgrader asks for a second look at marked answers after a regrade
    for member in ("ada1", "bob2"):
        row = rows[member]
        assert (row["status"], float(row["points"]), float(row["penalty_points"])) == (asked, points, 1)
        assert float(row["score"]) == points - 1
        assert row["penalties"] == "hw2.pdf missing or not filled in: -1"
    assert rows["ada1"]["name"] == "Lovelace, Ada"
    assert (rows["cyd3"]["status"], rows["cyd3"]["score"]) == ("in two teams: decide", "")
    assert (rows["dan4"]["status"], rows["dan4"]["score"]) == (asked, "0")  # its notebook could not be read
    assert rows["eve5"]["status"] == "nothing handed in"
    assert (rows[""]["name"], rows[""]["status"]) == ("nobody", "members unknown")
    graded = course.root / "autograded" / late / "hw2" / "hw2.ipynb"
    assert nbformat.read(graded, as_version=4).metadata["autograder_penalties"] == [
        ["hw2.pdf missing or not filled in", 1.0]
    ]

    canvas = tmp_path / "canvas.csv"
    canvas.write_text("Student,ID,SIS Login ID,Section\nAda,1,ada1,A\nCyd,2,cyd3,A\nZoe,3,zoe9,A\n", encoding="utf-8")
    options: list[str | Path] = [
        "--format",
        "canvas",
        "--fill",
        canvas,
        "--to",
        canvas,
        "--column",
        "HW 2",
        "--course",
        course.root,
    ]
    capsys.readouterr()
    assert run("export", "hw2", *options) == 3
    assert (
        "4 left out, waiting for a person's marks (`autograder mark hw2`, or add --waiting)" in capsys.readouterr().out
    )
    assert [line.split(",")[-1] for line in canvas.read_text("utf-8").splitlines()] == ["HW 2", "", "", ""]
    assert run("export", "hw2", *options, "--waiting") == 3  # some are still to be decided
    with canvas.open(newline="", encoding="utf-8") as file:
        assert {row["ID"]: row["HW 2"] for row in csv.DictReader(file)} == {"1": f"{points - 1:g}", "2": "", "3": ""}
    of_teams = ("export", "hw2", "--format", "gradescope", "--to", tmp_path / "gradescope", "--course", course.root)
    assert run(*of_teams) == 3 and not list(tmp_path.glob("gradescope/*"))
    assert run(*of_teams, "--waiting") == 0
    results = json.loads((tmp_path / "gradescope" / late / "results.json").read_text())
    assert results["score"] == points - 1 and "Penalties: 1 points." in results["output"]
    assert run(*of_teams) == 3 and not list(tmp_path.glob("gradescope/*/*"))  # what waits leaves no earlier result
    (course.root / "submitted" / "=2+3" / "hw2" / "hw2.ipynb").write_text("{{")
    capsys.readouterr()
    assert run(*of_teams, "--waiting") == 3  # one was handed in anew, and is not graded yet
    assert "Without one, until `autograder grade hw2` is run (again): =2+3." in capsys.readouterr().out

    assert run("export", "hw2", "--to", tmp_path / "hw2.csv", "--course", course.root) == 3
    assert "No score yet in hw2-people.csv for " in capsys.readouterr().out
    with (tmp_path / "hw2-people.csv").open(newline="", encoding="utf-8-sig") as file:
        marked = {row["id"]: row for row in csv.DictReader(file)}
    assert (marked["bob2"]["points"], marked["bob2"]["score"]) == (rows["bob2"]["points"], "")
    for name in ("people.csv", "hw2.csv"):
        content = (tmp_path / name).read_bytes()
        assert content.startswith(codecs.BOM_UTF8)
        text = content.decode("utf-8-sig")
        for separator in ",;\t":  # as spreadsheets of several countries read it
            cells = [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) for cell in row]
            assert not [cell for cell in cells if cell.strip(' "').startswith(tuple("=+-@"))]
    assert (rows["'@fay6"]["name"], rows["'=2+3"]["team"]) == ("'=1+1;' -2 +3", "'=2+3")
    # A table of ours, read again as the roster; without the line of the team whose members are unknown.
    lines = [line for line in csv.reader(io.StringIO((tmp_path / "people.csv").read_text("utf-8-sig"))) if line[0]]
    with (course.root / "roster.csv").open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows(lines)
    again = load_roster(course)
    assert again and again["@fay6"].name == "=1+1; -2 +3" and "=2+3" in again
