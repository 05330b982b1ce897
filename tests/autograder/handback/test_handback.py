"""What is given back reaches the right people, waits where a person must decide, and loses nothing of a team's."""

import email
import email.policy
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from autograder.collect.git import FEEDBACK_BRANCH, list_branches
from autograder.config import Course, load_course
from autograder.errors import UsageError
from autograder.gradebook import open_gradebook
from autograder.handback import Way
from autograder.handback.choose import choose
from autograder.handback.files import write_folders
from autograder.handback.push import push_feedback
from autograder.people import Status
from autograder.report.handed_back import return_and_show
from autograder.teams import Team, save_teams
from tests.autograder.collect.repositories import git

PAGE = "<!doctype html><title>feedback</title>"
ROSTER = "id,name,email\naa1,Amal Anders,aa1@example.edu\nbb2,Bela Brandt,\ncc3,Chiara Costa,cc3@example.edu\n"


@pytest.fixture
def course(copy_course: Callable[[Path], Course], tmp_path: Path) -> Course:
    """Two teams: one is marked, one waits for a person."""
    root = copy_course(tmp_path / "course").root
    (root / "roster.csv").write_text(ROSTER)
    settings = (root / "course.toml").read_text()
    (root / "course.toml").write_text(f'roster = "roster.csv"\n{settings}')
    course = load_course(root)
    members = {"team-1": ("aa1", "bb2"), "team-2": ("cc3",)}
    save_teams(course, "hw2", [Team(team, f"repo-{team}", ids, commit="0" * 40) for team, ids in members.items()])
    with open_gradebook(course) as gradebook:
        for team in members:
            gradebook.add_student(team)
            submission = gradebook.add_submission("hw2", team)
            for grade in submission.notebooks[0].grades:
                grade.auto_score, grade.needs_manual_grade = 1.0, team == "team-2"
        gradebook.db.commit()
    for team in members:
        page = root / "feedback" / team / "hw2" / "hw2.html"
        page.parent.mkdir(parents=True)
        page.write_text(PAGE)
        (root / "submitted" / team / "hw2").mkdir(parents=True)
    return course


def give(course: Course, way: Way, **options: object) -> tuple[bool, str]:
    printed = io.StringIO()
    done = return_and_show(course, "hw2", way, Console(file=printed, width=200), **options)  # type: ignore[arg-type]
    return done, printed.getvalue()


def test_nothing_goes_to_a_team_that_waits_for_a_person_unless_asked_for(course: Course) -> None:
    given, held = choose(course, "hw2")
    assert [one.team for one in given] == ["team-1"] and [person.id for person in given[0].people] == ["aa1", "bb2"]
    assert [(one.team, one.reason) for one in held] == [("team-2", "waiting for a person")]
    given, held = choose(course, "hw2", waiting=True)
    assert [one.team for one in given] == ["team-1", "team-2"] and not held
    assert "not marked yet" in given[1].summary and "not marked yet" not in given[0].summary
    assert "Points: 9 of 20" in given[0].summary
    assert [one.team for one in choose(course, "hw2", ["team-2"])[1]] == ["team-2"]
    assert choose(course, "hw2", ["nobody"])[1][0].team == "nobody"


def test_a_page_that_is_not_of_the_work_that_is_there_is_held_and_the_others_get_theirs(course: Course) -> None:
    done, printed = give(course, Way.folder, waiting=True, stale={"team-1": "its stored result is gone or damaged"})
    assert not done and "team-1: held, its stored result is gone or damaged" in printed
    assert "autograder grade hw2" in printed
    assert [path.name for path in (course.root / "returned" / "hw2").iterdir()] == ["cc3"]


def test_a_team_whose_members_are_unknown_gets_its_page_and_stops_nobody(course: Course) -> None:
    members: dict[str, tuple[str, ...]] = {"team-1": (), "team-2": ("cc3",)}
    save_teams(course, "hw2", [Team(team, f"repo-{team}", ids, commit="0" * 40) for team, ids in members.items()])
    given, _ = choose(course, "hw2", waiting=True)
    assert [(one.team, [person.id for person in one.people]) for one in given] == [("team-1", []), ("team-2", ["cc3"])]


def test_a_team_whose_members_are_unknown_waits_for_its_marks_as_all_others(course: Course) -> None:
    members: dict[str, tuple[str, ...]] = {"team-1": ("aa1",), "team-2": ()}
    save_teams(course, "hw2", [Team(team, f"repo-{team}", ids, commit="0" * 40) for team, ids in members.items()])
    assert [(one.team, one.reason) for one in choose(course, "hw2")[1]] == [("team-2", Status.WAITING)]
    given, held = choose(course, "hw2", waiting=True)
    assert not held and "not marked yet" in given[1].summary


def test_two_teams_with_a_common_member_are_held_until_a_person_decides(course: Course) -> None:
    shared = [
        Team(team, team, ("aa1", other), commit="0" * 40) for team, other in (("team-1", "bb2"), ("team-2", "cc3"))
    ]
    save_teams(course, "hw2", shared)
    given, held = choose(course, "hw2", waiting=True)
    assert not given and {(one.team, one.reason) for one in held} == {
        (team.pseudonym, Status.IN_TWO) for team in shared
    }


def test_each_person_gets_a_folder_or_a_zip_file_of_their_own(course: Course) -> None:
    done, printed = give(course, Way.folder)
    folder = course.root / "returned" / "hw2"
    assert not done and "team-2: held, waiting for a person" in printed
    assert sorted(path.name for path in folder.iterdir()) == ["aa1", "bb2"]
    assert (folder / "bb2" / "hw2.html").read_text() == PAGE and "9 of 20" in (folder / "aa1" / "grade.txt").read_text()
    give(course, Way.zip)
    with zipfile.ZipFile(folder / "aa1.zip") as archive:
        assert sorted(archive.namelist()) == ["grade.txt", "hw2.html"]


def test_an_id_that_is_a_path_leads_out_of_no_folder(course: Course, tmp_path: Path) -> None:
    assert course.roster is not None
    course.roster.unlink()
    (course.root / "course.toml").write_text((course.root / "course.toml").read_text().replace("roster =", "# "))
    ids = ("../../../out", "..", "x/y")
    save_teams(course, "hw2", [Team("team-1", "repo", ids[:2], commit="0" * 40)])
    given, _ = choose(load_course(course.root), "hw2", ["team-1"])
    written = write_folders(given, tmp_path / "safe" / "deep")
    assert len(written) == 2 and all(path.resolve().parent == (tmp_path / "safe" / "deep") for path in written)


def test_messages_are_drafts_to_one_person_each_and_who_has_no_address_is_named(course: Course) -> None:
    done, printed = give(course, Way.mail, sender="prof@example.edu")
    (file,) = (course.root / "returned" / "hw2").iterdir()
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert message["To"] == "Amal Anders <aa1@example.edu>" and message["From"] == "prof@example.edu"
    assert message["X-Unsent"] == "1" and "Points: 9 of 20" in message.get_body().get_content()  # type: ignore[union-attr]
    (attachment,) = message.iter_attachments()
    assert attachment.get_filename() == "hw2.html" and attachment.get_content() == PAGE
    assert not done and "bb2 has no e-mail address" in printed
    with pytest.raises(UsageError, match="no e-mail address to send from"):
        give(course, Way.mail, sender="prof\n@example.edu")


def test_a_push_adds_to_the_branch_and_changes_nothing_else_of_the_repository(course: Course, tmp_path: Path) -> None:
    work, bare = tmp_path / "work", tmp_path / "team.git"
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(work))
    (work / "hw2.ipynb").write_text("{}")
    git(work, "add", ".")
    git(work, "commit", "--quiet", "--message=work")
    git(tmp_path, "clone", "--quiet", "--bare", str(work), str(bare))
    hook = bare / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/run\nexit 1\n")
    hook.chmod(0o755)
    before = git(bare, "rev-parse", "main")
    (feedback,) = choose(course, "hw2")[0]
    first = push_feedback(feedback, "hw2", str(bare), now=1_700_000_000)
    assert first.new and git(bare, "show", f"{FEEDBACK_BRANCH}:hw2/hw2.html") == PAGE
    again = push_feedback(feedback, "hw2", str(bare), now=1_700_000_100)
    assert not again.new and again.commit == first.commit
    other = push_feedback(feedback, "hw3", str(bare), now=1_700_000_200)  # of another homework, beside the first
    names = git(bare, "ls-tree", "-r", "--name-only", FEEDBACK_BRANCH).split()
    assert names == ["hw2/grade.txt", "hw2/hw2.html", "hw3/grade.txt", "hw3/hw2.html"]
    assert git(bare, "rev-parse", f"{other.commit}^").strip() == first.commit
    assert git(bare, "rev-parse", "main") == before and not (tmp_path / "run").exists()
    assert list(list_branches(str(bare)).tips) == ["main"]  # what was given back is no newer work
    gone = push_feedback(feedback, "hw2", str(tmp_path / "nothing"), now=1_700_000_300)
    assert gone.commit is None and "no Git repository" in gone.problem


def test_what_was_pushed_where_is_told_and_a_list_is_needed(course: Course, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare", str(tmp_path / "team.git"))
    listed = tmp_path / "repositories.csv"
    listed.write_text("team,repository\nrepo-team-1,team.git\n")
    done, printed = give(course, Way.push, sources=listed, waiting=True)
    commit = git(tmp_path / "team.git", "rev-parse", FEEDBACK_BRANCH)[:10]
    assert f"team-1: {commit} pushed on {FEEDBACK_BRANCH}" in printed
    assert not done and "team-2: held, has no repository in the list" in printed
    with pytest.raises(UsageError, match="--from"):
        give(course, Way.push)
