"""`autograder selftest` on a small matrix: what it prints and writes, and what makes it fail."""

import json
import shutil
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.report.selftest import render
from autograder.selftest import Matrix, Row, read_claim
from autograder.selftest.matrix import Cell, MutantRow
from autograder.selftest.mutants import Edit
from autograder.selftest.solutions import Kind

ROOT = Path(__file__).parents[3]
SOLUTIONS = ROOT / "solutions" / "hw2"
VOID = {"meta", "br", "img", "link", "hr", "input"}


def run(*arguments: str | Path | int) -> int:
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as ended:
        patch.setattr(sys, "argv", ["autograder", "selftest", "hw2", "--course", str(ROOT), *map(str, arguments)])
        main()
    return int(ended.value.code or 0)


def make_matrix(folder: Path, **files: str) -> Path:
    """Copy solutions, as `name="wrong/labels_swapped"`, into the folder that the name begins with."""
    for name, source in files.items():
        kind, _, stem = name.partition("__")
        (folder / kind).mkdir(parents=True, exist_ok=True)
        shutil.copy(SOLUTIONS / f"{source}.py", folder / kind / f"{stem}.py")
    return folder


class WellFormed(HTMLParser):
    """Every element is closed, and nothing is fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not {"src", "href"} & dict(attrs).keys()
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def assert_well_formed(page: str) -> None:
    parser = WellFormed()
    parser.feed(page)
    assert parser.open == []
    assert "http" not in page and "url(" not in page


def test_solutions_that_are_what_they_claim_end_with_status_0_and_mutants_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_matrix(tmp_path / "s", right__fine="right/three_adams", wrong__swapped="wrong/labels_swapped")
    files = ("--html", tmp_path / "m.html", "--json", tmp_path / "m.json")
    assert run("--solutions", folder, "--quick", "--mutants", 3, "--processes", 1, *files) == 0
    out = capsys.readouterr().out
    assert "2 of 2 are judged as they claim to be." in out
    written = json.loads((tmp_path / "m.json").read_text())
    assert written["passed"] is True
    assert [s["name"] for s in written["solutions"]] == ["fine", "swapped"]
    assert written["summary"]["mistakes"] == {
        "labels-swapped": {"discriminator_loss_is_right": 1, "discriminator_learns_only_from_its_loss": 1}
    }
    assert written["solutions"][0]["checks"]["training_converges"]["outcome"] == "left_out"
    mutants = written["mutants"]
    assert mutants["made"] == len(mutants["list"]) == 3 < mutants["possible"]
    assert sum(mutants[fate] for fate in ("equivalent", "killed", "undecided", "survived")) == 3
    assert f"3 mutants made of {mutants['possible']} possible" in out
    page = (tmp_path / "m.html").read_text()
    assert_well_formed(page)
    assert "swapped" in page and "discriminator_learns_only_from_its_loss" in page


def test_wrong_labels_on_solutions_are_named_with_status_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_matrix(
        tmp_path / "s",
        right__planted="wrong/generator_loss_summed",
        wrong__renamed="wrong/labels_swapped",
        wrong__harmless="wrong/labels_swapped",
        wrong__slow="wrong/learning_rate_far_too_large",
    )
    renamed, harmless = folder / "wrong" / "renamed.py", folder / "wrong" / "harmless.py"
    renamed.write_text(renamed.read_text().replace("mistake: labels-swapped", "mistake: another-one"))
    docstring = '"""Wrong: nothing.\n\ncheck: step_is_well_behaved\nmistake: none\n"""\n'
    harmless.write_text(docstring + (SOLUTIONS / "right" / "three_adams.py").read_text())
    assert run("--solutions", folder, "--quick", "--processes", 1, "--json", tmp_path / "m.json") == 1
    out = capsys.readouterr().out
    assert "planted: generator_loss_is_right is failed (sum-instead-of-mean)" in out
    assert "renamed: discriminator_loss_is_right says labels-swapped, expected another-one" in out
    assert "harmless: step_is_well_behaved is passed, expected failed" in out
    assert "Not told by a quick run: slow" in out
    assert "1 of 4 are judged as they claim to be." in out
    summary = json.loads((tmp_path / "m.json").read_text())["summary"]
    assert summary["right_rejected"] == ["planted"]
    assert summary["wrong_under_another_name"] == ["renamed"]
    assert summary["wrong_not_caught"] == ["harmless"]
    assert summary["not_decided_by_a_quick_run"] == ["slow"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--solutions", "missing"], "'missing' does not exist"),
        (["--solutions", "empty"], "There are no solutions (*.py)"),
        (["--solutions", "silent"], "silent/wrong/s.py does not say its check"),
        (["--solutions", "fine", "--html", "nowhere/m.html"], "nowhere/m.html cannot be written"),
        (["--solutions", "fine", "--json", "empty"], "empty cannot be written"),
        (["--mutants", "-1"], "Invalid value for '--mutants'"),
        (["--seed", "x"], "Invalid value for '--seed'"),
    ],
)
def test_a_mistake_of_the_caller_is_one_sentence_with_status_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    make_matrix(tmp_path / "fine", right__a="right/three_adams")
    (tmp_path / "silent" / "wrong").mkdir(parents=True)
    (tmp_path / "silent" / "wrong" / "s.py").write_text('"""Wrong: nothing said."""\n')
    assert run(*arguments) == 2
    out, err = capsys.readouterr()
    assert said in err and err.startswith("autograder: ") and err.count("\n") == 1
    assert out == ""


def test_an_assignment_without_checks_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["autograder", "selftest", "hw9", "--course", str(ROOT), "--solutions", str(SOLUTIONS)]
    monkeypatch.setattr(sys, "argv", command)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "There is no assignment 'hw9'" in capsys.readouterr().err


def row(folder: Path, kind: Kind, name: str, docstring: str, fault: str = "", **cells: str) -> Row:
    path = folder / f"{name}.py"
    path.write_text(f'"""{docstring}"""', encoding="utf-8")
    parts = {check: Cell(*told.split(":")) for check, told in cells.items()}
    return Row(read_claim(path, kind), parts, fault, 1.0)


def test_the_matrix_tells_which_checks_decide(tmp_path: Path) -> None:
    bad = "Wrong: <b>.\n\ncheck: a\nmistake: bad"
    worse = "Wrong: y.\n\ncheck: b\nmistake: worse"
    results = [
        row(tmp_path, "wrong", "two", worse, a="failed:bad", b="failed:worse", c="passed"),
        row(tmp_path, "wrong", "one", bad, a="failed:bad", b="passed", c="passed"),
        row(tmp_path, "right", "fine", "Right: x.", a="passed", b="passed", c="passed"),
    ]
    survivor = MutantRow(results[2].claim, Edit("drop detach", "f", 3, "x.detach()", "x"), "survived", {}, 1.0)
    matrix = Matrix.of("hw2", 1, False, [*results, survivor], possible_mutants=9, seconds=3.0)
    assert [r.name for r in matrix.rows] == ["fine", "one", "two"]
    assert matrix.passed
    assert {check: [r.name for r in rows] for check, rows in matrix.caught_by_one().items()} == {
        "a": ["one"],
        "b": [],
        "c": [],
    }
    assert matrix.mistakes_of_one_check() == {"bad": "a"}
    assert matrix.never_failing() == ("c",)
    assert matrix.never_alone() == ("b",)
    assert matrix.rows[2].unannounced == ("bad",)
    assert matrix.fates() == {"equivalent": 0, "killed": 0, "undecided": 0, "survived": 1}
    page = render(matrix)
    assert_well_formed(page)
    assert "&lt;b&gt;" in page and "x.detach()" in page
