"""The doctor says what is so: on this machine, and where something is missing or broken."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from autograder.config import Course
from autograder.doctor import attacks
from autograder.doctor.attacks import attack_sandbox
from autograder.doctor.finding import Finding, State
from autograder.doctor.machine import look_at_machine
from autograder.sandbox.limits import MIB, Limits
from autograder.sandbox.self_check import check_sandbox
from autograder.sandbox.warm import pool


def states(findings: Iterable[Finding]) -> dict[str, State]:
    return {finding.what: finding.state for finding in findings}


def test_every_attack_is_held_on_this_machine_and_the_command_says_so(
    copy_course: Callable[[Path], Course], tmp_path: Path
) -> None:
    course = copy_course(tmp_path / "course")
    command = [sys.executable, "-c", "from autograder.cli import main; main()", "doctor", "--course", str(course.root)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode in (0, 3), done.stdout + done.stderr  # a warning, such as of little memory, may be true
    assert "Yes, this machine can grade safely." in done.stdout
    assert "warm: each is a fork" in done.stdout
    for what in ("network", "files of this machine", "memory of many processes", "endless loop", "flood of output"):
        assert what in done.stdout


def test_limits_that_do_not_bite_are_told(
    copy_course: Callable[[Path], Course], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = copy_course(tmp_path / "course")
    wide = Limits(cell_seconds=90, notebook_seconds=100, resident_memory=3000 * MIB, processes=1000)
    monkeypatch.setattr(attacks, "LIMITS", wide)
    monkeypatch.setattr(attacks, "_ENDINGS", [one for one in attacks._ENDINGS if one.what == "memory of one process"])
    found = states(attack_sandbox(course))
    assert found["memory of one process"] == "bad"  # 1 GiB is within these limits
    assert found["network"] == found["user"] == "good"


def test_a_machine_on_which_everything_starts_cold_is_told(
    copy_course: Callable[[Path], Course], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = copy_course(tmp_path / "course")
    monkeypatch.setattr(pool, "_pool", pool._Pool(why_cold="no name spaces here"))
    monkeypatch.setattr(attacks, "_ENDINGS", [])
    (finding,) = (found for found in attack_sandbox(course) if found.what == "start of sandboxes")
    assert (finding.state, finding.found) == ("warning", "cold: no name spaces here")


def test_without_bubblewrap_nothing_is_attacked_and_the_advice_is_given(
    copy_course: Callable[[Path], Course], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = copy_course(tmp_path / "course")
    check_sandbox.cache_clear()
    monkeypatch.setenv("PATH", str(tmp_path))
    try:
        (finding,) = attack_sandbox(course)
        machine = states(look_at_machine(course))
    finally:
        check_sandbox.cache_clear()
    assert (finding.what, finding.state) == ("sandbox", "bad")
    assert "apt-get install bubblewrap" in finding.found
    assert machine["Git"] == "bad" and machine["packages"] == "good"


@pytest.mark.parametrize(
    ("content", "said"),
    [("id,name\nada1,Ada\n", "the column 'email' is missing"), (None, "There is no")],
    ids=["wrong", "gone"],
)
def test_a_roster_that_cannot_be_read_is_told_with_its_line(
    copy_course: Callable[[Path], Course], tmp_path: Path, content: str | None, said: str
) -> None:
    from autograder.config import load_course

    course = copy_course(tmp_path / "course")
    settings = course.root / "course.toml"
    settings.write_text('roster = "people.csv"\n' + settings.read_text())
    if content is not None:
        (course.root / "people.csv").write_text(content)
    finding = next(f for f in look_at_machine(load_course(course.root)) if f.what == "roster and extensions")
    assert finding.state == "bad" and said in finding.found


def test_a_course_folder_that_is_gone_or_cannot_be_written_to_is_bad(
    copy_course: Callable[[Path], Course], tmp_path: Path
) -> None:
    course = copy_course(tmp_path / "course")
    shutil.rmtree(course.root)
    assert states(look_at_machine(course))["course folder"] == "bad"
