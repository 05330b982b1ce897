"""The course and its assignments, as the rest of the autograder knows them.

Stands before everything in the flow course material -> submission -> trace -> verdict -> gradebook -> report. Where the
parts of an assignment lie in the folder of the course is said here, and nowhere else.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.config.secret import read_or_make_secret
from autograder.deadlines import LatePolicy
from autograder.errors import UsageError
from autograder.sandbox.limits import Limits

COURSE_FILE = "course.toml"
STATE_FOLDER = ".autograder"  # results, staged files and the secret; never committed


@dataclass(frozen=True)
class Assignment:
    """One assignment of the course.

    Attributes:
        name: the name of its folder in `source/` and `release/`, for example "hw2".
        title: what people read.
        due: the last moment at which work is in time, aware; or None where there is no deadline.
        notebook: file name of the one graded notebook.
        required: the files to hand in, each with the points that are lost without it.
        group_size: how many people may hand in together.
        late: what late work loses.
        root: the folder of the course.
        helpers: packages and modules of the course that the notebooks import.
    """

    name: str
    title: str
    due: datetime | None
    notebook: str
    required: Mapping[str, float]
    group_size: int
    late: LatePolicy
    root: Path
    helpers: tuple[Path, ...] = ()

    @property
    def source(self) -> Path:
        """The folder of the instructor's notebook and of what students get beside it."""
        return self.root / "source" / self.name

    @property
    def checks(self) -> Path:
        """The hidden checks: a folder or one file; they may be missing, where nothing is graded."""
        folder = self.root / "checks" / self.name
        return folder if folder.is_dir() else folder.with_suffix(".py")

    @property
    def given(self) -> tuple[str, ...]:
        """The files to hand in that students get and fill in, beside the notebook."""
        return tuple(name for name in self.required if name != self.notebook and (self.source / name).is_file())

    def require_checks(self) -> Path:
        """The hidden checks.

        Raises:
            UsageError: there are none.
        """
        if not self.checks.exists():
            raise UsageError(f"There are no hidden checks for {self.name!r}: {self.checks.with_suffix('')} is missing.")
        return self.checks

    @property
    def solutions(self) -> Path:
        """The folder of the known solutions: right/, wrong/ and blind_spots/."""
        return self.root / "solutions" / self.name


@dataclass(frozen=True)
class Course:
    """The course as `course.toml` describes it.

    Attributes:
        root: the folder that holds `course.toml`; all other folders stand beside it.
        name: name of the course.
        time_zone: name of an IANA time zone.
        assignments: by name.
        limits: what one submission may use in the sandbox.
        roster: the CSV file of the people of the course, or None.
        extensions: the CSV file of extended deadlines, or None.
    """

    root: Path
    name: str
    time_zone: str
    assignments: dict[str, Assignment]
    limits: Limits
    roster: Path | None = None
    extensions: Path | None = None

    @property
    def state(self) -> Path:
        """The folder of what the autograder itself remembers."""
        return self.root / STATE_FOLDER

    @property
    def secret(self) -> str:
        """The course's secret, 64 hexadecimal digits, made at first use: what makes seeds hard to guess."""
        return read_or_make_secret(self.state / "secret")

    def assignment(self, name: str) -> Assignment:
        """The assignment of that name.

        Raises:
            UsageError: there is none.
        """
        if name not in self.assignments:
            known = ", ".join(sorted(self.assignments)) or "none"
            raise UsageError(f"There is no assignment {name!r} in {self.root / COURSE_FILE} (it has: {known}).")
        return self.assignments[name]

    def source_notebook(self, name: str) -> Path:
        """Path of the instructor's notebook of the assignment `name`.

        Raises:
            UsageError: there is no such assignment, or no such notebook.
        """
        assignment = self.assignment(name)
        path = assignment.source / assignment.notebook
        if not path.is_file():
            raise UsageError(f"There is no source notebook {path}; its name is in {COURSE_FILE}.")
        return path

    def handed_in(self, name: str) -> list[str]:
        """Ids of all who handed in something for the assignment `name`, sorted."""
        return sorted(path.parent.name for path in (self.root / "submitted").glob(f"*/{name}") if path.is_dir())

    def feedback_page(self, name: str, student: str) -> Path:
        """Where nbgrader puts the feedback page of a submission, and so do we."""
        page = Path(self.assignment(name).notebook).with_suffix(".html")
        return self.root / "feedback" / student / name / page

    def require_work(self, name: str, students: Collection[str] = ()) -> None:
        """Make sure that there is something to grade, of each of these students if any are named.

        Raises:
            UsageError: there is no such assignment, or nothing was handed in.
        """
        self.assignment(name)
        known = self.handed_in(name)
        missing = [student for student in students if student not in known] if students or known else ["*"]
        if missing:
            raise UsageError(f"Nothing to grade: there is no folder {self.root}/submitted/{missing[0]}/{name}.")

    def require_graded(self, name: str, student: str | None = None) -> list[str]:
        """Ids of all whose work is graded, sorted, or of one student, if theirs is.

        Raises:
            UsageError: there is no such assignment, or nothing is graded yet.
        """
        found = (self.root / "autograded").glob(f"*/{name}/{self.assignment(name).notebook}")
        graded = sorted(path.parent.parent.name for path in found if student in (None, path.parent.parent.name))
        if not graded:
            raise UsageError(f"Nothing is graded yet for {name}: run `autograder grade {name}` first.")
        return graded

    def release_notebook(self, name: str) -> Path:
        """Path of the released notebook of the assignment `name`.

        Raises:
            UsageError: there is no such assignment, or it is not released yet.
        """
        path = self.root / "release" / name / self.assignment(name).notebook
        if not path.is_file():
            raise UsageError(f"{path} is missing: run `autograder release {name}` first.")
        return path
