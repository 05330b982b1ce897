import json
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder.collect import ledger
from autograder.collect.collect import collect
from autograder.collect.ledger import Commit, Observation
from autograder.collect.sources import read_sources
from autograder.config import Course, load_course
from autograder.errors import UsageError
from autograder.teams import load_teams, pseudonym
from coursekit.budget import ShortRun
from tests.autograder.collect.classes import LATE, NOTEBOOK, TOML, collected, commit, handed_in
from tests.autograder.collect.repositories import git


def test_the_state_at_the_deadline_is_taken_and_the_rest_told(course: Course, clones: Path) -> None:
    commit(clones / "one", {"netid": "Ada1@uni.edu\r\nbob2\n", "hw2.ipynb": NOTEBOOK})
    commit(clones / "one", {"netid": "ada1\nbob2\n", "later": "x"}, LATE)
    team = collected(course, clones)["one"]
    assert set(handed_in(course, team)) == {"netid", "hw2.ipynb"}
    assert team.members == ("ada1", "bob2")
    assert (team.late, team.accepted, team.files) == (timedelta(0), True, ("netid", "hw2.ipynb"))
    assert any("Later commits are not graded" in remark for remark in team.remarks)
    assert any("repaired" in remark for remark in team.remarks)
    assert load_teams(course, "hw2") == {team.pseudonym: team}


def test_late_work_is_kept_and_not_accepted_until_there_is_an_extension(course: Course, clones: Path) -> None:
    commit(clones / "one", {"netid": "ada1\n", "hw2.ipynb": NOTEBOOK}, LATE)
    team = collected(course, clones)["one"]
    assert (team.accepted, team.late) == (False, timedelta(hours=9, seconds=0, microseconds=1))
    assert "netid" in handed_in(course, team)
    (course.root / "extensions.csv").write_text("id,assignment,until\nada1,hw2,2023-02-25 23:59\n")
    team = collected(course, clones)["one"]
    assert (team.accepted, team.late) == (True, timedelta(0))


def test_nobody_is_added_after_the_deadline_for_the_sake_of_an_extension(course: Course, clones: Path) -> None:
    (course.root / "extensions.csv").write_text("id,assignment,until\nbob2,hw2,2023-02-26 23:59\n")
    commit(clones / "one", {"netid": "ada1\n", "hw2.ipynb": NOTEBOOK})
    commit(clones / "one", {"netid": "ada1\nbob2\n", "answer": "better"}, LATE)
    team = collected(course, clones)["one"]
    assert team.members == ("ada1",)
    assert "answer" not in handed_in(course, team)


def test_a_forged_date_does_not_count_once_a_collection_has_looked(course: Course, clones: Path) -> None:
    commit(clones / "one", {"netid": "ada1\n", "hw2.ipynb": NOTEBOOK}, "2023-02-20T12:00:00-0600")
    head = git(clones / "one", "rev-parse", "HEAD").strip()
    looked = int(datetime(2023, 2, 25, 12, tzinfo=UTC).timestamp())  # six hours after the deadline
    seen = Observation("one", looked, (Commit(head, looked - 400_000),), head)
    ledger.append(course.state / "collections" / "hw2.jsonl", seen)
    commit(clones / "one", {"forged": "x"}, "2023-02-24T12:00:00-0600")
    team = collected(course, clones)["one"]
    assert team.commit == head
    assert "forged" not in handed_in(course, team)


def test_every_odd_team_gets_its_remark_and_disturbs_no_other(course: Course, clones: Path) -> None:
    commit(clones / "good", {"netid": "ada1\n", "hw2.ipynb": NOTEBOOK})
    commit(clones / "twice", {"netid": "ada1\n", "hw2.ipynb": NOTEBOOK})
    commit(clones / "three", {"netid": "bob2\ncyd3\ndan4\n", "hw2.ipynb": NOTEBOOK})
    commit(clones / "unknown", {"netid": "eve5\n", "hw2.ipynb": NOTEBOOK})
    commit(clones / "unfilled", {"netid": "your-netid-here\n", "hw2.ipynb": NOTEBOOK})
    commit(clones / "folder", {"homework/netid": "bob2\n", "homework/hw2.ipynb": NOTEBOOK})
    commit(clones / "none", {"README": "hello"})
    release = course.root / "release" / "hw2" / "hw2.ipynb"
    release.parent.mkdir(parents=True)
    release.write_text(NOTEBOOK.replace("2\\n", "3\\n"))
    commit(clones / "unrun", {"netid": "bob2\n", "hw2.ipynb": release.read_text()})
    commit(clones / "short", {"netid": "bob2\n", "hw2.ipynb": NOTEBOOK.replace("2\\n", f"{ShortRun(2, 80, 9, 9)}\\n")})
    commit(clones / "named", {"netid": "ada1\n", "hw2.ipynb": NOTEBOOK.replace("1 + 1", "# by Ada Lovelace")})
    (clones / "pointer").mkdir()
    git(clones / "pointer", "init", "-q")
    (clones / "pointer" / "link").symlink_to(course.root)
    commit(clones / "pointer", {"netid": "cyd3\n", "hw2.ipynb": "version https://git-lfs.github.com/spec/v1\n"})
    (clones / "broken" / ".git").mkdir(parents=True)
    teams = collected(course, clones)
    told = {
        "twice": "ada1 is also in ",
        "three": "3 people",
        "unknown": "eve5 is not on the roster",
        "unfilled": "still holds",
        "folder": "in the folder homework/",
        "none": "hw2.ipynb is missing",
        "named": "Ada Lovelace",
        "pointer": "pointer to Git LFS",
        "broken": "is no Git repository",
        "unrun": "All that hw2.ipynb shows is as it was handed out",
        "short": "shows a training that was cut short (2 of 80 epochs)",
    }
    for source, remark in told.items():
        assert any(remark.lower() in said.lower() for said in teams[source].remarks), (source, teams[source].remarks)
    assert any("link is a link and was left out" in remark for remark in teams["pointer"].remarks)
    assert [r for r in teams["good"].remarks if "is also in" not in r] == []
    assert teams["unfilled"].files == ("hw2.ipynb",)
    assert handed_in(course, teams["folder"]) == {"netid": "bob2\n", "hw2.ipynb": NOTEBOOK}
    assert len({team.pseudonym for team in teams.values()}) == len(teams)


def test_a_tree_with_names_that_lead_outside_stays_inside(course: Course, clones: Path) -> None:
    commit(clones / "one", {"netid": "ada1\n", "hw2.ipynb": NOTEBOOK})
    blob = git(clones / "one", "hash-object", "-w", "netid").strip()
    inner = subprocess.run(
        ["git", "-C", str(clones / "one"), "hash-object", "-t", "tree", "--literally", "-w", "--stdin"],
        input=b"100644 evil\0" + bytes.fromhex(blob),
        capture_output=True,
        check=True,
    ).stdout.decode()
    outer = subprocess.run(
        ["git", "-C", str(clones / "one"), "hash-object", "-t", "tree", "--literally", "-w", "--stdin"],
        input=b"40000 ..\0" + bytes.fromhex(inner.strip()) + b"100644 netid\0" + bytes.fromhex(blob),
        capture_output=True,
        check=True,
    ).stdout.decode()
    head = git(clones / "one", "commit-tree", outer.strip(), "-m", "forged").strip()
    git(clones / "one", "update-ref", "HEAD", head)
    team = collected(course, clones)["one"]
    assert not list(course.root.rglob("evil"))
    assert any("no name for a file" in remark or "Not collected" in remark for remark in team.remarks)


def test_a_second_collection_overwrites_nothing(course: Course, clones: Path) -> None:
    (course.root / "course.toml").write_text(TOML.replace('due = "2023-02-24 23:59"', 'due = "2999-02-24 23:59"'))
    course = load_course(course.root)
    commit(clones / "one", {"netid": "ada1\n", "hw2.ipynb": NOTEBOOK}, "2023-02-20T12:00:00-0600")
    team = collected(course, clones)["one"]
    edited = course.root / "submitted" / team.pseudonym / "hw2" / "netid"
    edited.write_text("by hand\n")
    commit(clones / "one", {"netid": "bob2\n"}, "2023-02-21T12:00:00-0600")
    assert collected(course, clones)["one"].members == ("bob2",)
    assert edited.read_text() == "bob2\n"
    (kept,) = (course.state / "replaced").rglob("netid")
    assert kept.read_text() == "by hand\n"
    lines = (course.state / "collections" / "hw2.jsonl").read_text().splitlines()
    assert [len(json.loads(line)["new"]) for line in lines] == [1, 1]


def test_collecting_one_team_again_keeps_the_others(course: Course, clones: Path) -> None:
    commit(clones / "one", {"netid": "ada1\n", "hw2.ipynb": NOTEBOOK})
    commit(clones / "two", {"netid": "bob2\nada1\n", "hw2.ipynb": NOTEBOOK})
    both = collected(course, clones)
    (team,) = collect(course, "hw2", {"two": str(clones / "two")})
    assert team == both["two"]
    assert any("ada1 is also in one" in remark for remark in team.remarks)
    assert set(load_teams(course, "hw2")) == {each.pseudonym for each in both.values()}


def test_a_repository_that_is_gone_keeps_what_was_collected_before(
    course: Course, clones: Path, tmp_path: Path
) -> None:
    commit(clones / "one", {"netid": "ada1\n", "hw2.ipynb": NOTEBOOK})
    sources = read_sources(clones)
    collect(course, "hw2", sources)
    (clones / "one").rename(tmp_path / "away")
    (team,) = collect(course, "hw2", sources)
    assert team.members == ("ada1",)
    assert "Not collected this time" in team.remarks[0]


def test_zips_of_a_learning_management_system_are_collected_like_repositories(course: Course, clones: Path) -> None:
    for name, files in {"one": {"x/netid": "ada1\n", "x/hw2.ipynb": NOTEBOOK}, "two": {}}.items():
        with zipfile.ZipFile(clones / f"{name}.zip", "w") as archive:
            for path, text in files.items():
                archive.writestr(zipfile.ZipInfo(path, (2023, 2, 24, 23, 59, 58)), text)
    (clones / "three.zip").write_bytes(b"PK no zip")
    teams = collected(course, clones)
    assert handed_in(course, teams["one.zip"]) == {"netid": "ada1\n", "hw2.ipynb": NOTEBOOK}
    assert (teams["one.zip"].members, teams["one.zip"].late) == (("ada1",), timedelta(0))
    assert "hw2.ipynb is missing." in teams["two.zip"].remarks
    assert "is no zip file that can be read" in teams["three.zip"].remarks[0]


def test_the_lists_of_an_instructor_and_of_github_classroom_are_read(tmp_path: Path) -> None:
    own, classroom = tmp_path / "own.csv", tmp_path / "grades.csv"
    own.write_text("Team,Repository\none,https://host/one.git\ntwo,clones/two\n")
    classroom.write_text(
        "assignment_name,github_username,student_repository_name,student_repository_url\n"
        "hw2,ada,hw2-one,https://github.com/c/hw2-one\nhw2,bob,hw2-one,https://github.com/c/hw2-one\n"
    )
    assert read_sources(own) == {"one": "https://host/one.git", "two": str(tmp_path / "clones/two")}
    assert read_sources(classroom) == {"hw2-one": "https://github.com/c/hw2-one"}
    own.write_text("team,repository\none,https://a\none,https://b\n")
    with pytest.raises(UsageError, match="line 3: one has another repository already"):
        read_sources(own)


def test_a_pseudonym_is_stable_and_differs_by_assignment(course: Course) -> None:
    assert pseudonym(course, "hw2", "one") == pseudonym(load_course(course.root), "hw2", "one")
    assert pseudonym(course, "hw2", "one") != pseudonym(course, "hw3", "one")


def test_the_command_tells_by_its_status_how_it_went(course: Course, clones: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from autograder.cli import main; main()", "collect", "hw2"]
        return subprocess.run(
            [*command, "--course", str(course.root), *arguments], capture_output=True, text=True, check=False
        )

    commit(clones / "one", {"netid": "ada1\n", "hw2.ipynb": NOTEBOOK})
    done = run("--from", str(clones))
    assert (done.returncode, done.stderr) == (0, "")
    assert "ada1" in done.stdout
    commit(clones / "two", {"netid": "\n", "hw2.ipynb": NOTEBOOK})
    assert run("--from", str(clones)).returncode == 3
    missing = run("--from", str(clones / "nowhere"))
    assert missing.returncode == 2
    assert "There is no list of repositories" in missing.stderr
