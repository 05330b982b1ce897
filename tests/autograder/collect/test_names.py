"""Required files under nearly their names, and work on another branch than the default one."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder import intake
from autograder.config import Course, load_course
from coursekit.handin import check_files
from coursekit.handin.names import look_for, near
from tests.autograder.collect.classes import IN_TIME, LATE, NOTEBOOK, TOML, collected, commit, handed_in
from tests.autograder.collect.repositories import git

REQUIRED = ("netid", "hw2.ipynb", "hw2.pdf")

OTHER = """\
[assignments.hw2_conditional]
title = "E"
notebook = "hw2_conditional.ipynb"
"""
PDF_TOO = TOML.replace('"hw2.ipynb" = 0', '"hw2.ipynb" = 0, "hw2.pdf" = 1')
SECOND = NOTEBOOK.replace("1 + 1", "2 + 2")


CHANGED = (
    "hw2 (1).ipynb|hw2(1).ipynb|HW2.ipynb|hw2-Copy1.ipynb|hw2 - Copy.ipynb|hw2 - Copy (2).ipynb|Copy of hw2.ipynb"
    "|hw2 copy 2.ipynb|hw2 – Kopie.ipynb|hw2.ipynb.txt|hw2.ipynb.json|hw2_final.ipynb|hw2_final_v2.ipynb|hw2-1.ipynb"
    "|hw_2.ipynb|HW 2.ipynb|hw2-Copy1 (2).ipynb|hw2_submission.ipynb"
)
NETIDS = ("netid.txt", "NetID", "NETID.TXT", "net_id", "netid (1).txt", "netid.txt.txt", "Net ID")


@pytest.mark.parametrize("name", CHANGED.split("|"))
def test_a_name_that_a_program_or_a_person_changed_a_little_is_near(name: str) -> None:
    assert near(name, "hw2.ipynb")


@pytest.mark.parametrize(
    "name", ["netid.txt", "NetID", "NETID.TXT", "net_id", "netid (1).txt", "netid.txt.txt", "Net ID"]
)
def test_a_netid_of_any_editor_is_near(name: str) -> None:
    assert near(name, "netid")


@pytest.mark.parametrize("name", ["hw3.ipynb", "hw22.ipynb", "ahw2.ipynb", "hw2.pdf", "hw2_conditional.ipynb", "hw2"])
def test_another_name_is_not_near(name: str) -> None:
    assert not near(name, "hw2.ipynb")


def test_the_notebook_of_another_assignment_is_never_taken() -> None:
    assert look_for("hw2.ipynb", ["hw2_conditional (1).ipynb"], ["hw2_conditional.ipynb"], loose=True) == ()
    assert look_for("hw2_conditional.ipynb", ["hw2.ipynb"], ["hw2.ipynb"], loose=True) == ()
    assert look_for("hw2.ipynb", ["smith.ipynb"], ["hw2_conditional.ipynb"], loose=True) == ("smith.ipynb",)


def test_a_student_is_told_which_file_to_rename() -> None:
    told = check_files({"netid.txt": b"", "hw2 (1).ipynb": b"", "hw2.pdf.pdf": b""}, REQUIRED).remarks
    assert [remark.partition("(")[2] for remark in told] == [
        "there is “netid.txt”: rename it).",
        "there is “hw2 (1).ipynb”: rename it).",
        "there is “hw2.pdf.pdf”: rename it).",
    ]


TAKEN = {  # what is handed in, and under which path the notebook, netid and PDF are found
    "browser": ({"hw2 (1).ipynb": NOTEBOOK, "netid.txt": "ada1\n", "hw2.PDF": "%PDF"}, "hw2 (1).ipynb"),
    "capitals": ({"HW2.ipynb": NOTEBOOK, "NetID": "ada1\n", "HW2.pdf": "%PDF"}, "HW2.ipynb"),
    "own-name": ({"lovelace.ipynb": NOTEBOOK, "netid": "ada1\n", "ada_hw2.pdf": "%PDF"}, "lovelace.ipynb"),
    "two-endings": ({"hw2.ipynb.txt": NOTEBOOK, "netid.txt.txt": "ada1\n", "hw2.pdf.pdf": "%PDF"}, "hw2.ipynb.txt"),
    "deep": ({"a/b/hw2.ipynb": NOTEBOOK, "netid": "ada1\n", "report/hw2.pdf": "%PDF"}, "a/b/hw2.ipynb"),
    "two-folders": (
        {"hw2/hw2.ipynb": NOTEBOOK, "hw2/netid": "ada1\n", "hw2/hw2.pdf": "%PDF", "try/hw2.ipynb": SECOND},
        "hw2/hw2.ipynb",
    ),
    "old-folder": (
        {"old/hw2.ipynb": SECOND, "x/hw2.ipynb": NOTEBOOK, "netid": "ada1\n", "hw2.pdf": "%PDF"},
        "x/hw2.ipynb",
    ),
    "worked-on-a-copy": (
        {"hw2.ipynb": "released", "hw2-Copy1.ipynb": NOTEBOOK, "netid": "ada1\n", "hw2.pdf": "%PDF"},
        "hw2-Copy1.ipynb",
    ),
    "equal-copies": (
        {"hw2 (1).ipynb": NOTEBOOK, "hw2 (2).ipynb": NOTEBOOK, "netid": "ada1\n", "hw2.pdf": "%PDF"},
        "hw2 (1).ipynb",
    ),
    "caches": (
        {".ipynb_checkpoints/hw2-checkpoint.ipynb": SECOND, "venv/hw2.ipynb": SECOND, "hw2_final.ipynb": NOTEBOOK}
        | {"netid": "ada1\n", "hw2.pdf": "%PDF"},
        "hw2_final.ipynb",
    ),
}
DOUBTFUL = {
    "two-copies": ({"hw2 (1).ipynb": NOTEBOOK, "hw2 (2).ipynb": SECOND}, "“hw2 (1).ipynb” and “hw2 (2).ipynb”"),
    "two-places": ({"a/hw2.ipynb": NOTEBOOK, "b/hw2.ipynb": SECOND}, "“a/hw2.ipynb” and “b/hw2.ipynb”"),
    "a-zip": ({"hw2.zip": "PK", "README": "x"}, "there is “hw2.zip”: unpack it"),
    "a-script": ({"hw2.py": "x = 1\n"}, "there is “hw2.py”"),
    "another": ({"hw2_conditional.ipynb": NOTEBOOK}, "hw2.ipynb is missing."),
}
BESIDE = {  # a notebook under the right name is taken, and another one of the same assignment is not passed over
    "begun-and-copied": ({"hw2.ipynb": SECOND, "hw2-Copy1.ipynb": NOTEBOOK}, "“hw2-Copy1.ipynb” does not"),
    "other-homework": ({"hw2.ipynb": SECOND, "hw2_conditional (1).ipynb": NOTEBOOK}, ""),
}


def test_one_unmistakable_file_is_taken_under_the_right_name_and_several_are_told(course: Course, clones: Path) -> None:
    (course.root / "course.toml").write_text(PDF_TOO + OTHER)
    (course.root / "release" / "hw2").mkdir(parents=True)
    (course.root / "release" / "hw2" / "hw2.ipynb").write_text("released")
    for name, (files, _) in (TAKEN | DOUBTFUL | BESIDE).items():
        commit(clones / name, files)
    teams = collected(load_course(course.root), clones)
    for name, (files, path) in TAKEN.items():
        team = teams[name]
        files = handed_in(course, team)
        assert (files["hw2.ipynb"], files["netid"], files["hw2.pdf"]) == (NOTEBOOK, "ada1\n", "%PDF"), name
        assert (team.members, len(team.files)) == (("ada1",), 3), name
        told = team.originals.get("hw2.ipynb", path)
        assert told == path, name
        assert any(path in remark or path.rpartition("/")[0] + "/" in remark for remark in team.remarks), name
        folder = course.root / "submitted" / team.pseudonym / "hw2"
        assert intake.read_submission(folder, "hw2.ipynb").notebook == NOTEBOOK.encode(), name
    for name, (_, said) in DOUBTFUL.items():
        assert "hw2.ipynb" not in teams[name].files
        assert any(said in remark for remark in teams[name].remarks), (name, teams[name].remarks)
    for name, (_, said) in BESIDE.items():
        assert "hw2.ipynb" not in teams[name].originals
        remarks = [remark for remark in teams[name].remarks if "more than once" in remark]
        assert len(remarks) == bool(said) and all(said in remark for remark in remarks), name


def test_the_notebook_in_an_archive_of_a_repository_is_found(course: Course, clones: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("hw2/HW2.ipynb", NOTEBOOK)
        archive.writestr("hw2/notes.txt", "x")
    commit(clones / "one", {"netid": "ada1\n"})
    (clones / "one" / "hw2.zip").write_bytes(buffer.getvalue())
    commit(clones / "one", {"README": "x"})
    team = collected(course, clones)["one"]
    folder = course.root / "submitted" / team.pseudonym / "hw2"
    assert (folder / "hw2.ipynb").read_text() == NOTEBOOK
    assert (team.members, team.files, team.originals) == (
        ("ada1",),
        ("netid", "hw2.ipynb"),
        {"hw2.ipynb": "hw2/HW2.ipynb"},
    )
    assert any("hw2.ipynb was found in hw2.zip, which was unpacked" in remark for remark in team.remarks)
    assert not any("is missing" in remark for remark in team.remarks)


def branch(folder: Path, name: str, files: dict[str, str], date: str = IN_TIME) -> None:
    git(folder, "checkout", "-q", "-B", name)
    commit(folder, files, date)


def test_the_default_or_the_only_branch_counts_and_the_others_are_named(course: Course, clones: Path) -> None:
    work, readme = {"netid": "ada1\n", "hw2.ipynb": NOTEBOOK}, {"README": "x"}
    early = "2023-02-20T09:00:00-0600"
    for name in ("unborn", "unborn-two", "newer", "merged", "elsewhere", "detached", "bare.git"):
        first = readme if name in ("elsewhere",) else work
        commit(clones / name, first, early)
        git(clones / name, "branch", "-M", "main")
    for name in ("unborn", "bare.git"):
        git(clones / name, "branch", "-m", "main", "submission")
        git(clones / name, "symbolic-ref", "HEAD", "refs/heads/gone")
    branch(clones / "unborn-two", "dev", {"hw2.ipynb": SECOND})
    git(clones / "unborn-two", "symbolic-ref", "HEAD", "refs/heads/gone")
    branch(clones / "newer", "dev", {"hw2.ipynb": SECOND})
    git(clones / "newer", "checkout", "-q", "main")
    branch(clones / "merged", "dev", {"hw2.ipynb": SECOND})
    git(clones / "merged", "checkout", "-q", "main")
    git(clones / "merged", "merge", "-q", "dev")
    branch(clones / "elsewhere", "master", work)
    git(clones / "elsewhere", "checkout", "-q", "main")
    commit(clones / "detached", {"hw2.ipynb": SECOND})
    git(clones / "detached", "checkout", "-q", "HEAD~1")
    bare = clones / "bare.git"
    (bare / ".git").rename(clones / "moved")
    for path in bare.iterdir():
        path.unlink()
    bare.rmdir()
    (clones / "moved").rename(bare)
    teams = collected(course, clones)
    taken = {name: handed_in(course, team)["hw2.ipynb"] for name, team in teams.items()}
    second = {name for name, text in taken.items() if text == SECOND}
    assert second == {"merged", "detached"}
    told = {name: " ".join(team.remarks) for name, team in teams.items()}
    assert "the only branch, “submission”, was taken" in told["unborn"]
    assert "the only branch, “submission”, was taken" in told["bare.git"]
    assert (
        "“main” was taken, of “main”, “dev”: decide" in told["unborn-two"] or "of “dev”, “main”" in told["unborn-two"]
    )
    assert "The branch “dev” has newer work, of 2023-02-24 23:59 CST" in told["newer"]
    assert "branch" not in told["merged"]
    assert "the branch “master” has it, and was taken" in told["elsewhere"]
    assert "HEAD is an older commit of “main”" in told["detached"]
    assert teams["newer"].received == datetime(2023, 2, 20, 15, tzinfo=UTC)


def test_work_on_another_branch_is_kept_in_the_mirror(course: Course, clones: Path) -> None:
    commit(clones / "one", {"netid": "ada1\n", "hw2.ipynb": NOTEBOOK})
    branch(clones / "one", "dev", {"hw2.ipynb": SECOND}, LATE)
    newer = git(clones / "one", "rev-parse", "HEAD").strip()
    git(clones / "one", "checkout", "-q", "-")
    collected(course, clones)
    (mirror,) = (course.state / "collected" / "hw2").iterdir()
    assert git(mirror, "cat-file", "-t", newer).strip() == "commit"
