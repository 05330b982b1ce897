"""Makes what students get from what instructors write: `release/` and the student kit.

The first step of the flow course material -> submission -> trace -> verdict -> gradebook -> report. nbgrader
strips the source notebook and enters the assignment into the gradebook, if the leak test has found nothing.
Everything is built aside and put into place whole, so a refused release leaves the last one as it was.
"""

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import nbformat
from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import capture_log
from traitlets.config import Config

import coursekit
from autograder.authoring import (
    require_agreement,
    require_full_marks,
    require_sound,
    warn_of_gifts,
    warn_of_packages,
)
from autograder.config import Assignment, Course
from autograder.errors import UsageError
from autograder.gradebook import note_due
from autograder.imports import code_of, needed_files
from autograder.leaks import find_leaks, find_secrets
from autograder.nbgrader_settings import CODE_STUB, nbgrader_settings, point_here
from autograder.plans.checks_file import read_declared
from autograder.plans.write_plans import make_public
from coursekit.handin.handed_out import read_handed_out
from coursekit.notebook_file import load_cells
from coursekit.plans.public import FOLDER as PUBLIC
from coursekit.plans.public import places_given, read_public
from coursekit.submit.assignment import KIT_FILE, KitAssignment

COURSEKIT = Path(coursekit.__file__).parent
NO_DEADLINE = "**Deadline:** see the course page."  # this line of the README is filled in for the kit
ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the oldest that a zip can hold: equal contents make equal files


@dataclass(frozen=True)
class ReleaseReport:
    """What a release holds.

    Attributes:
        assignment: its name.
        folder: where it is.
        files: its files, relative to the folder, sorted.
        code_points, written_points: points of the test cells and of the answers that people mark.
        secrets: how many secret lines and sentences were searched for, and not found.
        warnings: what an author should look at, a sentence each.
    """

    assignment: str
    folder: Path
    files: tuple[str, ...]
    code_points: float
    written_points: float
    secrets: int
    warnings: tuple[str, ...] = ()


def release(course: Course, assignment: str, run: bool = True) -> ReleaseReport:
    """Generate `release/<assignment>/` with nbgrader, after a proof that it can be graded and gives nothing away.

    Args:
        course: the course.
        assignment: name of the assignment.
        run: hand the instructor's notebook in, and demand full marks of its solution, and no points without it.

    Raises:
        UsageError: there is no such source, nbgrader refuses it, it cannot be graded, or something secret would get
            out. The release and the gradebook are then as they were before.
    """
    settings = course.assignment(assignment)
    path = course.source_notebook(assignment)
    source = _read_source(path)
    require_sound(source, path)
    require_agreement(source, settings)
    config = nbgrader_settings(course, assignment)
    public = (*settings.helpers, COURSEKIT)
    secrets = find_secrets(source, _secret_checks(course, settings), public, CODE_STUB)
    with _staging_folder(course) as staging:
        trial = staging / "trial"
        _generate(course, assignment, config, trial, gradebook=staging / "trial.db")
        leaks = find_leaks(trial / assignment, secrets)
        if leaks:
            more = f" (and {len(leaks) - 1} more)" if len(leaks) > 1 else ""
            raise UsageError(
                f"Not released, since students would see too much: {leaks[0]}{more}; take it out of {settings.source}."
            )
        gifts: tuple[str, ...] = ()
        if run and settings.checks.exists():
            released = (trial / assignment / settings.notebook).read_bytes()
            require_full_marks(course, assignment, path.read_bytes(), released)
            gifts = warn_of_gifts(course, assignment, released)
        point_here(course)
        _generate(course, assignment, config, staging / "final", gradebook=None)
        folder = course.root / "release" / assignment
        _put_into_place(staging / "final" / assignment, folder)
        note_due(course, assignment)
    own = [path.stem for path in (*settings.helpers, *folder.glob("*.py"))]
    points = [
        (cell.metadata.nbgrader.points, cell.metadata.nbgrader.solution)
        for cell in source.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    ]
    return ReleaseReport(
        assignment=assignment,
        folder=folder,
        files=tuple(_files_in(folder)),
        code_points=float(sum(value for value, is_answer in points if not is_answer)),
        written_points=float(sum(value for value, is_answer in points if is_answer)),
        secrets=len(secrets),
        warnings=(*gifts, *warn_of_packages(code_of(_read_source(folder / settings.notebook)), own, folder)),
    )


def make_kit(course: Course, assignment: str) -> Path:
    """Write `kits/<assignment>/` and a zip of it, all that a student needs, and return the zip's path.

    The kit is the release, `coursekit`, the public plans, and of the course's helpers what these and the notebook
    need; the README gets the deadline, and `coursekit` the names of the files to hand in. Equal contents make an
    equal zip, byte for byte.

    Raises:
        UsageError: there is no such assignment, or it is not released yet.
    """
    released = course.release_notebook(assignment)
    kits = course.root / "kits"
    with _staging_folder(course) as staging:
        folder = staging / assignment
        shutil.copytree(released.parent, folder, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
        shutil.copytree(COURSEKIT, folder / COURSEKIT.name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc", ".*"))
        sources = code_of(nbformat.read(released, as_version=4))
        if course.assignment(assignment).checks.exists():
            make_public(read_declared(course.assignment(assignment).checks), folder / PUBLIC)
            sources += _imports_of_plans(folder / PUBLIC)
        for path in needed_files(course.assignment(assignment).helpers, sources):
            (folder / path.relative_to(course.root)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder / path.relative_to(course.root))
        (folder / COURSEKIT.name / KIT_FILE.name).write_text(_kit_assignment(course, assignment).to_json(), "utf-8")
        readme = folder / "README.md"
        if readme.exists():
            text = readme.read_text(encoding="utf-8").replace(NO_DEADLINE, _deadline_line(course, assignment))
            readme.write_text(text, encoding="utf-8")
        draft = staging / "kit.zip"
        _write_zip(folder, draft)
        kits.mkdir(exist_ok=True)
        _put_into_place(folder, kits / assignment)
        return draft.replace(kits / f"{assignment}.zip")


def _imports_of_plans(folder: Path) -> list[str]:
    """Statements that import the modules out of which the public plans in a folder take something."""
    plans = [read_public(path).plan for path in sorted(folder.glob("*/"))]
    return sorted({f"import {place.partition(':')[0]}" for plan in plans for place in places_given(plan)})


def _secret_checks(course: Course, assignment: Assignment) -> list[Path]:
    """The checks of the assignment, and what the checks of several assignments share."""
    others = {other.checks.name for name, other in course.assignments.items() if name != assignment.name}
    return [place for place in sorted((course.root / "checks").glob("*")) if place.name not in others]


def _kit_assignment(course: Course, assignment: str) -> KitAssignment:
    settings = course.assignment(assignment)
    handed_out = read_handed_out(load_cells(course.release_notebook(assignment).read_bytes()))
    return KitAssignment(
        name=settings.name,
        title=settings.title,
        notebook=settings.notebook,
        required=tuple(settings.required),
        group_size=settings.group_size,
        given=tuple(sorted(handed_out.given)),
        shown=tuple(sorted(handed_out.shown)),
    )


def _read_source(path: Path) -> NotebookNode:
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:  # nbformat has no one kind of error for what is not a notebook
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise UsageError(f"{path} is not a notebook that can be read ({reason[:100]}).") from None


def _generate(course: Course, assignment: str, config: Config, output: Path, gradebook: Path | None) -> None:
    """Run nbgrader's generate_assignment into `output`; a `gradebook` of None is the course's own."""
    config = deepcopy(config)
    config.CourseDirectory.release_directory = str(output)
    if gradebook is not None:
        config.CourseDirectory.db_url = f"sqlite:///{gradebook}"
    converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
    result = capture_log(converter)
    if not result["success"]:
        reasons = [line for line in result["error"].strip().splitlines() if line.strip()]
        logged = [line for line in result.get("log", "").splitlines() if "Error" in line]
        raise UsageError(f"nbgrader could not release {assignment!r}: {(logged or reasons)[-1].strip()}")


def _deadline_line(course: Course, assignment: str) -> str:
    due = course.assignment(assignment).due
    if due is None:
        return NO_DEADLINE
    moment = due.astimezone(ZoneInfo(course.time_zone))
    return f"**Deadline:** {moment:%A}, {moment.day} {moment:%B %Y, %H:%M} ({course.time_zone})."


def _write_zip(folder: Path, path: Path) -> None:
    """Zip `folder` under its own name, in sorted order and without times."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in _files_in(folder):
            entry = zipfile.ZipInfo(f"{folder.name}/{file}", date_time=ZIP_TIME)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_STORED if file.endswith(".gz") else zipfile.ZIP_DEFLATED
            archive.writestr(entry, (folder / file).read_bytes())


def _files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@contextmanager
def _staging_folder(course: Course) -> Iterator[Path]:
    """A folder for half-made things, on the file system of the course; removed at the end."""
    course.state.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=course.state, prefix="staging-") as folder:
        yield Path(folder)


def _put_into_place(new: Path, target: Path) -> None:
    """Move the folder `new` to `target`; the old one is there until the new one can take its place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        target.rename(new.with_name(new.name + ".old"))
    new.rename(target)
