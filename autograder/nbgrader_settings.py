"""nbgrader's configuration, the same for every course: its two chains of preprocessors, and the settings around them.

Stands at verdict -> gradebook in the flow course material -> submission -> trace -> verdict -> gradebook -> report. Our
own commands read it here. nbgrader's commands and the formgrader read only files, so a course gets a short one that
points here, and that may hold settings of its own. The folders are nbgrader's: source/, release/, submitted/,
autograded/, feedback/.
"""

import os
import re
import shutil
import sys
from pathlib import Path

from nbgrader.preprocessors import (
    LimitOutput,
    OverwriteCells,
    SaveAutoGrades,
)
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.config import Course, load_course
from autograder.errors import UsageError
from autograder.preprocessors import (
    AssignPenalties,
    GradeSubmission,
    MarkForReview,
    RepairSubmission,
    UnreadExporter,
    set_links_aside,
)
from autograder.shown.contain import STYLES, KeepInside

CODE_STUB = "# YOUR CODE HERE\nraise NotImplementedError"  # what a solution leaves in the release
OWN_FILE = "nbgrader_config.py"  # in the folder of a course
FORMGRADER_PAGE = STYLES / "formgrader.html.j2"
TEMPLATE = Path(__file__).parent / "skeleton" / "templates" / "course" / f"{OWN_FILE}.j2"


def nbgrader_settings(course: Course, assignment: str = "") -> Config:
    """The configuration of a course, with what its own file adds, set to one assignment."""
    config = Config()
    configure(config, course.root)
    if (course.root / OWN_FILE).is_file():
        config.merge(PyFileConfigLoader(OWN_FILE, path=str(course.root)).load_config())
    config.CourseDirectory.root = str(course.root)
    config.CourseDirectory.assignment_id = assignment
    return config


def point_here(course: Course) -> None:
    """Give the course its own file, if there is none: else nbgrader's commands would run submissions unprotected."""
    if not (course.root / OWN_FILE).exists():
        shutil.copyfile(TEMPLATE, course.root / OWN_FILE)


def points_here(course: Course) -> bool:
    """Whether nbgrader's own commands and the formgrader come here for their settings."""
    try:
        return "autograder.nbgrader_settings" in (course.root / OWN_FILE).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def configure(c: Config, root: Path) -> None:
    """Put our settings into `c`; those that depend on the course are read from the folder `root`, if it is one."""
    _have_programs_found()
    course = _course(root)
    if course is not None:
        c.CourseDirectory.course_id = re.sub(r"\W+", "_", course.name).strip("_") or "course"
        c.NbGraderAPI.timezone = course.time_zone  # in which the formgrader shows the due date
    c.ExchangeFactory.list = "autograder.released.ReleasedAssignments"

    # What running a notebook leaves beside it stays there, also where an instructor ran one in source/.
    c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "runs", "data"]

    # The line above the stub, a TODO, says what to write.
    c.ClearSolutions.code_stub = {"python": CODE_STUB}
    # Marking schemes stand in the locked question cells: the person who marks an answer sees them right above it.
    # nbgrader wants them in "task" cells, which would show a second score box, of 0 points, for each question.
    c.ClearMarkScheme.enforce_metadata = False

    # `nbgrader validate` trains in full, which takes longer than nbgrader expects; grading has limits of its own.
    c.Execute.timeout = 4 * 3600

    # Autograding: our code reads, repairs, runs (in the sandbox) and judges a submission, in these two chains. The
    # marks of the cells are those of the release, at which nbgrader's `CheckCellMetadata` looked when it was made; to
    # look twice again, for each submission, would take nearly half of the time of saving it.
    c.Autograde.exporter_class = UnreadExporter
    c.Autograde.pre_convert_hook = set_links_aside
    c.Autograde.exclude_overwriting = _filled_in_by_students(course)
    c.Autograde.sanitize_preprocessors = [RepairSubmission]
    c.Autograde.autograde_preprocessors = [
        GradeSubmission,  # instead of nbgrader's Execute
        OverwriteCells,  # puts the marking schemes back, for the person who marks the answers
        LimitOutput,
        SaveAutoGrades,
        MarkForReview,  # after SaveAutoGrades, which resets the mark
        AssignPenalties,  # instead of nbgrader's AssignLatePenalties
    ]

    # Feedback pages are our own, also where nbgrader's command or the formgrader's button asks for them.
    c.GenerateFeedback.exporter_class = "autograder.feedback.write.FeedbackExporter"
    c.GenerateFeedback.preprocessors = []

    # What students wrote is made harmless in the formgrader, too.
    c.HTMLExporter.preprocessors = [KeepInside]
    c.HTMLExporter.filters = {"markdown2html": "autograder.shown.clean.markdown_to_html"}
    # nbgrader's page of a submission takes its MathJax from a network, whatever `mathjax_url` says; a template of ours
    # around it takes what jupyter-server-mathjax serves.
    c.HTMLExporter.template_file = str(FORMGRADER_PAGE)

    # The columns of nbgrader's own exporter, quoted where names hold commas, and with no formulas in them.
    c.ExportApp.plugin_class = "autograder.export.GradesExport"


def _have_programs_found() -> None:
    """nbgrader starts `alembic` by its bare name; it is beside this interpreter, even where PATH does not say so."""
    programs = str(Path(sys.executable).parent)
    if programs not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = programs + os.pathsep + os.environ.get("PATH", os.defpath)


def _course(root: Path) -> Course | None:
    """The course in the folder; None where it cannot be read: the preprocessors say why, and nothing is graded."""
    try:
        return load_course(root)
    except UsageError:
        return None


def _filled_in_by_students(course: Course | None) -> dict[str, list[str]]:
    """By assignment, the files that autograding leaves as students hand them in."""
    return {name: list(assignment.given) for name, assignment in course.assignments.items()} if course else {}
