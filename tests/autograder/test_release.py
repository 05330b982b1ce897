"""The release of homework 2, the leak test and the student kit, with the real nbgrader and a real kernel."""

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.config import Course, load_course
from autograder.errors import UsageError
from autograder.leaks import find_leaks, find_secrets, squeeze
from autograder.release import ReleaseReport, make_kit, release

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "source" / "hw2" / "hw2.ipynb"
COURSE_UTILS = ROOT / "course_utils"
HIDDEN = (ROOT / "checks" / "hw2", ROOT / "checks" / "gan")
ANSWERS = {
    "answer_what_you_did": 4,
    "answer_results": 2,
    "answer_mode_collapse": 2,
    "answer_conflicts": 3,
    "answer_conditioning": 2,
}
TESTS = {"check_optimizers": 1, "check_losses": 3, "check_train_step": 2, "check_convergence": 1}


def copy_course(folder: Path) -> Course:
    shutil.copy(ROOT / "course.toml", folder / "course.toml")
    ignored = shutil.ignore_patterns(".ipynb_checkpoints", "runs")
    shutil.copytree(ROOT / "source", folder / "source", ignore=ignored)
    for name in ("checks", "course_utils"):
        (folder / name).symlink_to(ROOT / name)
    return load_course(folder)


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, ReleaseReport]:
    course = copy_course(tmp_path_factory.mktemp("course"))
    return course, release(course, "hw2", run=False)


@pytest.fixture(scope="module")
def kit(released: tuple[Course, ReleaseReport]) -> Path:
    course, _ = released
    return make_kit(course, "hw2")


@pytest.fixture(scope="module")
def source() -> NotebookNode:
    return nbformat.read(SOURCE, as_version=4)


def graded_cells(notebook: NotebookNode) -> dict[str, NotebookNode]:
    cells = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    return {cell.metadata.nbgrader.grade_id: cell for cell in cells}


def cell_of(notebook: NotebookNode, grade_id: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if cell.metadata.nbgrader.grade_id == grade_id)


def read_files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# The source


def test_source_has_7_points_for_code_and_13_for_written_answers(source: NotebookNode) -> None:
    points = {name: cell.metadata.nbgrader.points for name, cell in graded_cells(source).items()}
    assert points == TESTS | ANSWERS
    assert (sum(TESTS.values()), sum(ANSWERS.values())) == (7, 13)


def test_each_test_cell_holds_one_call_of_check(source: NotebookNode) -> None:
    for name in TESTS:
        text = cell_of(source, name).source
        assert text.startswith(f"check.{name.removeprefix('check_')}(")
        assert text.count("\n") == 0


def test_each_question_has_a_marking_scheme_and_a_model_answer_above_its_answer(source: NotebookNode) -> None:
    names = [cell.metadata.nbgrader.grade_id for cell in source.cells]
    for name in ANSWERS:
        question = source.cells[names.index(name) - 1]
        assert question.metadata.nbgrader.locked
        assert f"({ANSWERS[name]} points)" in question.source
        _, scheme = question.source.split("=== BEGIN MARK SCHEME ===")
        assert "**Marking scheme**" in scheme and "**Model answer**" in scheme


# The release


def test_release_report_tells_the_points_and_what_was_searched_for(
    released: tuple[Course, ReleaseReport],
) -> None:
    _, report = released
    assert (report.code_points, report.written_points) == (7, 13)
    assert report.files == (
        ".github/workflows/checks.yml",
        ".gitignore",
        "README.md",
        "hw2.ipynb",
        "netid",
        "requirements.txt",
    )
    assert report.secrets > 100


def test_release_is_a_valid_notebook_with_a_stub_below_each_todo(
    released: tuple[Course, ReleaseReport], source: NotebookNode
) -> None:
    _, report = released
    notebook = nbformat.read(report.folder / "hw2.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert [cell.id for cell in notebook.cells] == [cell.id for cell in source.cells]
    for name, stubs in (("configure_optimizers", 1), ("loss_functions", 3), ("train_step", 1)):
        lines = [line.strip() for line in cell_of(notebook, name).source.splitlines()]
        places = [i for i, line in enumerate(lines) if line == "# YOUR CODE HERE"]
        assert len(places) == stubs
        for i in places:
            assert lines[i - 1].startswith("# TODO ")
            assert lines[i + 1] == "raise NotImplementedError"
    for name in ANSWERS:
        assert cell_of(notebook, name).source == "YOUR ANSWER HERE"


def test_gradebook_keeps_the_marking_schemes_for_the_people_who_mark(
    released: tuple[Course, ReleaseReport],
) -> None:
    from nbgrader.api import Gradebook

    course, _ = released
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        question = gradebook.find_source_cell("question_results", "hw2", "hw2").source
        maximum = gradebook.find_assignment("hw2").max_score
    assert "Model answer" in question
    assert maximum == 20


# The leak test


def plant_in_text(line: str) -> Callable[[NotebookNode], None]:
    def plant(notebook: NotebookNode) -> None:
        cell_of(notebook, "training-text").source += f"\n\nA hint:\n    {line}"

    return plant


def plant_output(notebook: NotebookNode) -> None:
    cell_of(notebook, "seed").outputs.append(nbformat.v4.new_output("stream", text="seen\n"))


def plant_execution_count(notebook: NotebookNode) -> None:
    cell_of(notebook, "seed").execution_count = 3


def plant_attachment(notebook: NotebookNode) -> None:
    cell_of(notebook, "title").attachments = {"curve.png": {"image/png": "AAAA"}}


def plant_tag(notebook: NotebookNode) -> None:
    cell_of(notebook, "seed").metadata.tags = ["solution"]


def plant_notebook_metadata(notebook: NotebookNode) -> None:
    notebook.metadata.authors = [{"name": "A. Uthor"}]


def a_hidden_check_line() -> str:
    secrets = find_secrets(nbformat.v4.new_notebook(), HIDDEN, public=(COURSE_UTILS,))
    return secrets[len(secrets) // 2].text


@pytest.mark.parametrize(
    ("plant", "complaint"),
    [
        (plant_in_text("loss_fake=F.binary_cross_entropy( p_fake,\n torch.zeros_like(p_fake) )"), "solution"),
        (
            plant_in_text("If the training failed, a right diagnosis of what the\nfigures show gets full points."),
            "mark scheme",
        ),
        (
            plant_in_text("You know, the conflict is wanted, because it is what $G$ learns from."),
            "mark scheme",
        ),
        (plant_in_text(a_hidden_check_line()), "hidden checks"),
        (plant_in_text("### BEGIN SOLUTION"), "delimiter"),
        (plant_output, "output"),
        (plant_execution_count, "execution count"),
        (plant_attachment, "attachment"),
        (plant_tag, "`tags`"),
        (plant_notebook_metadata, "`authors`"),
    ],
)
def test_leak_test_finds_what_is_planted(
    plant: Callable[[NotebookNode], None],
    complaint: str,
    released: tuple[Course, ReleaseReport],
    source: NotebookNode,
    tmp_path: Path,
) -> None:
    notebook = nbformat.read(released[1].folder / "hw2.ipynb", as_version=4)
    plant(notebook)
    nbformat.write(notebook, tmp_path / "hw2.ipynb")
    leaks = find_leaks(tmp_path, find_secrets(source, HIDDEN, (COURSE_UTILS,)))
    assert any(complaint in leak for leak in leaks), leaks


def test_clean_release_has_no_leak_and_a_secret_in_another_file_is_found(
    released: tuple[Course, ReleaseReport], source: NotebookNode, tmp_path: Path
) -> None:
    secrets = find_secrets(source, HIDDEN, (COURSE_UTILS,))
    folder = tmp_path / "hw2"
    shutil.copytree(released[1].folder, folder)
    assert find_leaks(folder, secrets) == []
    (folder / "notes.txt").write_text(
        "encoder_and_generator = [*model.encoder.parameters(),\n  *model.generator.parameters()]"
    )
    (leak,) = find_leaks(folder, secrets)
    assert leak.startswith("notes.txt: the file holds “encoder_and_generator = [*model.encoder.")


def test_what_students_get_anyway_is_no_secret(source: NotebookNode) -> None:
    squeezed = {squeeze(secret.text) for secret in find_secrets(source, HIDDEN, (COURSE_UTILS,))}
    public = (COURSE_UTILS / "models.py").read_text(encoding="utf-8").splitlines()
    assert not squeezed & {squeeze(line) for line in public}


def test_refused_release_names_cell_and_line_and_leaves_everything_as_it_was(tmp_path: Path) -> None:
    course = copy_course(tmp_path)
    folder = tmp_path / "release" / "hw2"
    folder.mkdir(parents=True)
    (folder / "hw2.ipynb").write_text("the last release")
    path = tmp_path / "source" / "hw2" / "hw2.ipynb"
    notebook = nbformat.read(path, as_version=4)
    plant_in_text("loss_ae = autoencoder_loss(model, x_real)")(notebook)
    nbformat.write(notebook, path)
    with pytest.raises(UsageError, match=r"`training-text` holds “loss_ae = autoencoder_loss.*`train_step`"):
        release(course, "hw2", run=False)
    assert read_files(tmp_path / "release") == {"hw2/hw2.ipynb": b"the last release"}
    assert not (tmp_path / "gradebook.db").exists()
    assert list(course.state.iterdir()) == []


def break_json(path: Path) -> None:
    path.write_text("{")


def remove(path: Path) -> None:
    path.unlink()


def forget_end_of_solution(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace("### END SOLUTION", "### ENDE"), encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (break_json, "not a notebook"),
        (remove, "no source notebook"),
        (forget_end_of_solution, "could not release"),
    ],
)
def test_source_that_cannot_be_released_is_told_in_one_sentence(
    spoil: Callable[[Path], None], message: str, tmp_path: Path
) -> None:
    course = copy_course(tmp_path)
    spoil(tmp_path / "source" / "hw2" / "hw2.ipynb")
    with pytest.raises(UsageError, match=message) as caught:
        release(course, "hw2", run=False)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "release").exists()


# The kit


def test_kit_is_the_release_and_the_two_packages_and_nothing_else(
    released: tuple[Course, ReleaseReport], kit: Path
) -> None:
    with zipfile.ZipFile(kit) as archive:
        names = {name.removeprefix("hw2/") for name in archive.namelist()}
        texts = {name: archive.read(name) for name in archive.namelist() if name.endswith((".py", ".ipynb"))}
    package = {name for name in names if name.startswith(("course_utils/", "coursekit/"))}
    assert names - package == set(released[1].files)
    assert {"course_utils/check.py", "course_utils/data/MNIST/raw/t10k-images-idx3-ubyte.gz"} <= package
    assert not [name for name in package if "__pycache__" in name]
    assert not [name for name, text in texts.items() if re.search(rb"(import|from) autograder", text)]
    assert read_files(kit.with_suffix("")).keys() == names


def test_kit_has_the_deadline_in_its_readme(kit: Path) -> None:
    readme = (kit.with_suffix("") / "README.md").read_text(encoding="utf-8")
    assert "**Deadline:** Friday, 24 February 2023, 23:59 (America/Chicago)." in readme


def test_kit_is_the_same_file_every_time(released: tuple[Course, ReleaseReport], kit: Path) -> None:
    before = kit.read_bytes()
    assert make_kit(released[0], "hw2").read_bytes() == before


def test_kit_before_the_release_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="autograder release hw2"):
        make_kit(copy_course(tmp_path), "hw2")


KIT_ONLY = """
import importlib.util, sys
from pathlib import Path

root = Path(sys.argv[1])
sys.path = [place for place in sys.path if Path(place).resolve() != root]
sys.meta_path = [finder for finder in sys.meta_path if not finder.__module__.startswith("__editable__")]
assert importlib.util.find_spec("autograder") is None

from course_utils import check, data, models, plotting, training

print(Path(check.__file__).resolve().parent)
print(len(data.load_mnist(64)))
"""


def test_kit_works_with_no_autograder_installed(kit: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(kit) as archive:
        archive.extractall(tmp_path)
    run = subprocess.run(
        [sys.executable, "-c", KIT_ONLY, str(ROOT)],
        cwd=tmp_path / "hw2",
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == [str((tmp_path / "hw2" / "course_utils").resolve()), "938"]


def test_set_up_cell_unpacks_an_uploaded_kit(kit: Path, source: NotebookNode, tmp_path: Path) -> None:
    shutil.copy(kit, tmp_path / "hw2.zip")
    head, _ = KIT_ONLY.split("from course_utils")
    code = head + cell_of(source, "setup").source + "\nimport course_utils\nprint(course_utils.__file__)"
    run = subprocess.run([sys.executable, "-c", code, str(ROOT)], cwd=tmp_path, capture_output=True, text=True)
    assert run.stdout.strip() == str(tmp_path / "hw2" / "course_utils" / "__init__.py"), run.stderr


def test_set_up_cell_says_what_to_do_without_a_kit(source: NotebookNode, tmp_path: Path) -> None:
    head, _ = KIT_ONLY.split("from course_utils")
    code = head + cell_of(source, "setup").source
    run = subprocess.run([sys.executable, "-c", code, str(ROOT)], cwd=tmp_path, capture_output=True, text=True)
    assert "On Colab: upload hw2.zip" in run.stderr
