"""`autograder calibrate` on two solutions: what is run, what is kept, and what a mistake of the caller says."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from autograder.calibration import Settings, measure_all
from autograder.cli import main

ROOT = Path(__file__).parents[3]
SOLUTIONS = ROOT / "solutions" / "hw2"


def calibrate(course: Path, *arguments: str | Path | int) -> int:
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as ended:
        patch.setattr(sys, "argv", ["autograder", "calibrate", "hw2", "--course", str(course), *map(str, arguments)])
        main()
    return int(ended.value.code or 0)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "course.toml", tmp_path)
    for name in ("checks", "course_utils"):
        (tmp_path / name).symlink_to(ROOT / name)
    for name in ("right/three_adams", "wrong/labels_swapped", "wrong/learning_rate_far_too_large"):
        path = tmp_path / "solutions" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SOLUTIONS / f"{name}.py", path)
    return tmp_path


def test_runs_are_kept_and_an_interrupted_calibration_goes_on_where_it_stopped(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = course / ".autograder" / "calibration" / "hw2.jsonl"
    arguments = ("--solutions", course / "solutions", "--wrong-seeds", 1, "--processes", 1)
    assert calibrate(course, *arguments, "--seeds", 5) == 1  # the bounds in force come from more than this
    out = capsys.readouterr().out
    assert "5 runs of 1 right designs" in out
    assert "never pass this check (2): labels_swapped, learning_rate_far_too_large" in " ".join(out.split())
    lines = store.read_text().splitlines()
    assert len(lines) == 7
    store.write_text("\n".join(lines)[:-40])  # the last line was cut off
    settings = Settings(ROOT / "checks" / "hw2", course / "solutions", store, 5, 1, processes=1)
    seen: list[tuple[int, int]] = []
    runs = measure_all(settings, lambda done, total: seen.append((done, total)))
    assert seen == [(6, 7), (7, 7)]
    again = store.read_text().splitlines()
    assert again[:6] == lines[:6]
    values = {(line["solution"], line["seed"]): line["values"] for line in map(json.loads, lines)}
    assert {(run.solution, run.seed): run.values for run in runs} == values  # also of the run that was repeated


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--solutions", "missing"), "'missing' does not exist"),
        (("--solutions", "only_wrong"), "There are no right solutions"),
        (("--seeds", "4"), "Invalid value for '--seeds'"),
        (("--second-runs", "0.5"), "Invalid value for '--second-runs'"),
    ],
)
def test_a_mistake_of_the_caller_is_one_sentence_with_status_2(
    course: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.chdir(course)
    shutil.copytree(course / "solutions" / "wrong", course / "only_wrong" / "wrong")
    assert calibrate(course, *arguments) == 2
    err = capsys.readouterr().err
    assert said in err and err.startswith("autograder: ") and err.count("\n") == 1


def test_a_store_that_holds_something_else_is_told_with_its_line_and_left_as_it_is(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = course / ".autograder" / "calibration" / "hw2.jsonl"
    store.parent.mkdir(parents=True)
    store.write_text("no run\n{}\n")
    assert calibrate(course, "--solutions", course / "solutions") == 2
    assert "hw2.jsonl, line 1: this is no finished run" in " ".join(capsys.readouterr().err.split())
    assert store.read_text() == "no run\n{}\n"
