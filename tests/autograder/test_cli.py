"""The command line: mistakes are told in one sentence, with status 2, and change nothing."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.config import Course
from autograder.demo.students import THREE_OPTIMIZERS

RIGHT = "import torch\nimport torch.nn.functional as F\n" + "".join(THREE_OPTIMIZERS.values())
WRONG = RIGHT.replace("F.mse_loss(reconstruction, x_real)", "F.mse_loss(reconstruction, x_real, reduction='sum')")


def run(*arguments: str | Path) -> int:
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as ended:
        patch.setattr(sys, "argv", ["autograder", *map(str, arguments)])
        main()
    return int(ended.value.code or 0)


def everything_in(folder: Path) -> dict[str, int]:
    return {str(path): path.lstat().st_mtime_ns for path in folder.rglob("*")}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["fly"], "No such command 'fly'."),
        (["grade"], "Missing argument 'ASSIGNMENT'."),
        (["grade", "hw2", "hw3"], "unexpected extra argument"),
        (["grade", "hw2", "--fast"], "No such option: --fast"),
        (["export", "hw2", "--format", "pdf"], "Invalid value for '--format': 'pdf' is not one of 'nbgrader', "),
        (["grade", "hw9"], "There is no assignment 'hw9'"),
        (["grade", "hw2"], "Nothing to grade: there is no folder"),
        (["release", "hw9"], "There is no assignment 'hw9'"),
        (["report", "hw2"], "Nothing is graded yet for hw2"),
        (["export", "hw9"], "There is no assignment 'hw9'"),
        (["convert", "missing.ipynb"], "missing.ipynb cannot be read (No such file or directory)."),
        (["try", "hw2", "missing.py"], "missing.py cannot be read (No such file or directory)."),
        (["try", "hw2", "."], "cannot be read (Is a directory)."),
        (["try", "hw9", "bad.py"], "There is no assignment 'hw9'"),
        (["try", "hw2", "bad.py"], "bad.py, line 2: this is no valid Python"),
        (["try", "hw2", "latin1.py"], "latin1.py is not text in UTF-8."),
        (["try", "hw2", "null.py"], "null.py: this is no valid Python"),
        (["try", "hw2", "bad.py", "--course", "elsewhere"], "There is no course.toml in"),
    ],
)
def test_a_mistake_is_one_sentence_with_status_2_and_changes_nothing(
    copy_course: Callable[[Path], Course],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    course = copy_course(tmp_path / "course")
    monkeypatch.chdir(course.root)
    Path("bad.py").write_text("x = 1\ndef f(:\n")
    Path("latin1.py").write_bytes(b"# caf\xe9")
    Path("null.py").write_bytes(b"x = 1\0")
    before = everything_in(tmp_path)
    assert run(*arguments) == 2
    out, err = capsys.readouterr()
    assert said in err
    assert err.startswith("autograder: ") and err.count("\n") == 1
    assert out == ""
    assert everything_in(tmp_path) == before


def test_a_gradebook_that_does_not_know_the_release_is_told(
    copy_course: Callable[[Path], Course], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    course = copy_course(tmp_path / "course")
    (course.root / "submitted" / "a" / "hw2").mkdir(parents=True)
    release = course.release_notebook("hw2")
    release.write_text(release.read_text().replace('"points": 3', '"points": 4'))
    assert run("grade", "hw2", "--course", course.root) == 2
    assert "The gradebook has another version of hw2: run `autograder release hw2` first." in capsys.readouterr().err


def test_an_unreachable_scheduler_is_told(
    copy_course: Callable[[Path], Course], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    course = copy_course(tmp_path / "course")
    (course.root / "submitted" / "a" / "hw2").mkdir(parents=True)
    assert run("grade", "hw2", "--course", course.root, "--scheduler", "tcp://127.0.0.1:9") == 2
    assert "No Dask scheduler answers at tcp://127.0.0.1:9" in capsys.readouterr().err


def test_try_prints_one_json_object_and_its_status_says_whether_all_passed(
    copy_course: Callable[[Path], Course], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    course = copy_course(tmp_path / "course")
    (tmp_path / "right.py").write_text(RIGHT)
    (tmp_path / "wrong.py").write_text(WRONG)
    assert run("try", "hw2", tmp_path / "right.py", "--json", "--course", course.root) == 0
    right = json.loads(capsys.readouterr().out)
    assert set(right) == {"assignment", "points", "max_points", "checks", "seconds"}
    keys = {"name", "cell", "outcome", "points", "max_points", "rationale", "help"}
    assert all(set(check) == keys for check in right["checks"])
    assert (right["assignment"], right["points"], right["max_points"]) == ("hw2", 7, 7)

    kept = tmp_path / "trace"
    assert run("try", "hw2", tmp_path / "wrong.py", "--course", course.root, "--keep-trace", kept) == 1
    assert "6 of 7 points" in capsys.readouterr().out
    assert (kept / "inbox").is_dir() and (kept / "outbox").is_dir()
    assert not (course.root / "submitted").exists()


def test_the_file_is_parsed_here_and_executed_only_in_the_sandbox(
    copy_course: Callable[[Path], Course], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    course = copy_course(tmp_path / "course")
    mark = tmp_path / "was-here"
    (tmp_path / "solution.py").write_text(f"open({str(mark)!r}, 'w')\n")
    assert run("try", "hw2", tmp_path / "solution.py", "--json", "--course", course.root) == 1
    assert json.loads(capsys.readouterr().out)["points"] == 0
    assert not mark.exists()


MISTAKES = [
    ["grade", "hw9"],
    ["grade", "hw2"],
    ["grade", "hw2", "--student", "nobody"],
    ["release", "hw9"],
    ["try", "hw2", "missing.py"],
    ["report", "hw2"],
    ["export", "hw9"],
    ["selftest", "hw9"],
    ["selftest", "hw2", "--solutions", "missing"],
    ["calibrate", "hw9"],
    ["reproduce", "hw9"],
    ["collect", "hw9", "--from", "missing"],
    ["doctor", "--course", "missing"],
    ["new", "hw2", "--course", "missing"],
    ["new-course", "."],
]
SLOW = {"torch", "nbgrader", "distributed", "nbformat", "pandas", "matplotlib"}


def test_a_mistake_is_told_before_anything_slow_is_imported(
    copy_course: Callable[[Path], Course], tmp_path: Path
) -> None:
    course = copy_course(tmp_path / "course")
    code = f"""if True:
        import sys
        from autograder.cli import main
        for arguments in {MISTAKES!r}:
            sys.argv = ["autograder", *arguments]
            try:
                main()
            except SystemExit as ended:
                print(ended.code, *sorted({SLOW!r} & set(sys.modules)))
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=course.root)
    assert done.stdout.splitlines() == ["2"] * len(MISTAKES)
    assert done.stderr.count("\n") == len(MISTAKES)
