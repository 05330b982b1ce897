"""Where no notebook could be taken, what was left out may be the work: a person decides, and no zero is final."""

import io
import json
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from autograder.config import Course
from autograder.handed_in import read_handed_in
from autograder.intake import read_submission, repair
from autograder.teams import load_teams
from tests.autograder.collect.classes import NOTEBOOK, collected, commit
from tests.autograder.collect.repositories import git
from tests.autograder.intake.small import RELEASE

POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 123456\n"
COPY = ".ipynb_checkpoints/hw2-checkpoint.ipynb"


def submodule(folder: Path) -> None:
    commit(folder, {"netid": "ada1\n"})
    git(folder, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},hw2")
    git(folder, "commit", "-q", "-m", "module")


def link(folder: Path) -> None:
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "hw2.ipynb").symlink_to("../work.ipynb")
    commit(folder, {"netid": "ada1\n"})


def foreign_name(folder: Path) -> None:
    commit(folder, {"netid": "ada1\n"})
    Path(os.fsdecode(os.fsencode(folder) + b"/L\xf6sung.ipynb")).write_text(NOTEBOOK)
    commit(folder, {"netid": "ada1\n\n"})


def other_branches(folder: Path) -> None:
    commit(folder, {"netid": "ada1\n"})
    main = git(folder, "branch", "--show-current").strip()
    for name in ("one", "two"):
        git(folder, "checkout", "-q", "-b", name, main)
        commit(folder, {"hw2.ipynb": NOTEBOOK, "which": name})
    git(folder, "checkout", "-q", main)


def zipped_copy(folder: Path) -> None:
    with zipfile.ZipFile(folder.with_suffix(".zip"), "w") as archive:
        archive.writestr("hw2/netid", "ada1\n")
        archive.writestr(f"hw2/{COPY}", NOTEBOOK)


def hard_link(folder: Path) -> None:
    with tarfile.open(folder.with_suffix(".tar"), "w") as archive:
        member = tarfile.TarInfo("netid")
        member.size = 5
        archive.addfile(member, io.BytesIO(b"ada1\n"))
        member = tarfile.TarInfo("hw2.ipynb")
        member.type, member.linkname = tarfile.LNKTYPE, "elsewhere"
        archive.addfile(member)


LEFT_OUT: dict[str, tuple[Callable[[Path], None], str]] = {
    "pointer": (lambda folder: commit(folder, {"netid": "ada1\n", "hw2.ipynb": POINTER}), "pointer to Git LFS"),
    "copy": (lambda folder: commit(folder, {"netid": "ada1\n", COPY: NOTEBOOK}), ".ipynb_checkpoints"),
    "of-a-tool": (lambda folder: commit(folder, {"netid": "ada1\n", "venv/hw2.ipynb": NOTEBOOK}), "venv"),
    "large": (lambda folder: commit(folder, {"netid": "ada1\n", "hw2.ipynb": " " * (129 * 2**20)}), "larger than"),
    "submodule": (submodule, "is a submodule"),
    "link": (link, "is a link"),
    "foreign-name": (foreign_name, "not UTF-8"),
    "branches": (other_branches, "these branches have it"),
    "zipped-copy": (zipped_copy, ".ipynb_checkpoints"),
    "hard-link": (hard_link, "no plain file"),
}


def test_work_that_was_left_out_waits_for_a_person(course: Course, clones: Path) -> None:
    for name, (make, _) in LEFT_OUT.items():
        make(clones / name)
    commit(clones / "nothing", {"netid": "bob2\n"})
    commit(clones / "whole", {"netid": "cyd3\n", "hw2.ipynb": NOTEBOOK, "big.bin": " " * (33 * 2**20), COPY: NOTEBOOK})
    for source, team in collected(course, clones).items():
        name = source.partition(".")[0]
        read = read_handed_in(course, "hw2", team.pseudonym)
        waiting = repair(read.notebook, RELEASE, read.unreadable, read.files, read.refused).waiting
        if name in LEFT_OUT:
            assert any(LEFT_OUT[name][1] in said for said in read.refused), (name, read.refused)
            assert waiting == ("answer",), name
        else:
            assert (team.left_out, read.refused) == ((), ()), name
            assert name == "whole" or waiting == (), name


def test_a_copy_that_jupyter_keeps_waits_for_a_person_only_where_nothing_else_is_there(tmp_path: Path) -> None:
    (tmp_path / COPY).parent.mkdir()
    (tmp_path / COPY).write_text(NOTEBOOK)
    read = read_submission(tmp_path, "hw2.ipynb")
    assert repair(read.notebook, RELEASE, read.unreadable, read.files, read.refused).waiting == ("answer",)
    (tmp_path / "hw2.ipynb").write_text(NOTEBOOK)
    assert read_submission(tmp_path, "hw2.ipynb").refused == ()


def test_a_table_of_teams_from_before_is_read(course: Course, clones: Path) -> None:
    commit(clones / "one", {"netid": "ada1\n"})
    collected(course, clones)
    path = course.state / "teams" / "hw2.json"
    path.write_text(
        json.dumps([{k: v for k, v in row.items() if k != "left_out"} for row in json.loads(path.read_text())])
    )
    (team,) = load_teams(course, "hw2").values()
    assert team.left_out == ()
