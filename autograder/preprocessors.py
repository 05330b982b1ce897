"""Connects nbgrader's pipeline with the grading of this course; nothing else knows how nbgrader works inside.

Stands at verdict -> gradebook in the flow course material -> submission -> trace -> verdict -> gradebook ->
report. `autograder.nbgrader_settings` names these classes, so that `nbgrader autograde`, the formgrader's button and
`autograder grade` run the same code. nbgrader converts a submission twice: it sanitizes, then it grades. Both
times its own exporter would parse the student's file before anything of ours could look at it; so
`UnreadExporter` hands on an empty notebook, and the preprocessors here read the submission themselves.
"""

import contextlib
import logging
import os
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import parse_utc
from traitlets import Unicode

from autograder import intake
from autograder.config import STATE_FOLDER, Course, load_course
from autograder.errors import UsageError
from autograder.faults import keep_faults
from autograder.graded import GradedSubmission, load_graded, store_graded
from autograder.grading import grade_submission, make_task
from autograder.handed_in import read_handed_in
from autograder.penalties import penalties
from autograder.teams import load_teams
from autograder.verdict import Verdict

RESULT_KEY = "autograder_result"  # in the graded notebook's metadata: which stored result it shows

PENALTIES_KEY = "autograder_penalties"  # and which penalties, as pairs of name and points

_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?( [A-Za-z][A-Za-z/_]{0,40}| [+-]?\d{4})?")

Resources = dict[str, Any]
Converted = tuple[NotebookNode, Resources]


class UnreadExporter(NotebookExporter):
    """Writes notebooks as nbgrader's own exporter does, but leaves reading them to our preprocessors."""

    def from_filename(self, filename: str, resources: Resources | None = None, **kw: Any) -> Any:
        return self.from_notebook_node(nbformat.v4.new_notebook(), resources=resources, **kw)  # type: ignore[no-untyped-call]


class RepairSubmission(NbGraderPreprocessor):
    """For `Autograde.sanitize_preprocessors`: the released notebook with the student's answers in it."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> Converted:
        course = load_course(Path(self.parent.parent.coursedir.root))
        submission = _read(self, course, resources)
        release = nbformat.read(course.release_notebook(resources["nbgrader"]["assignment"]), as_version=4)
        return intake.repair(submission.notebook, release, submission.unreadable).notebook, resources


class GradeSubmission(NbGraderPreprocessor):
    """For `Autograde.autograde_preprocessors`, first: runs the submission in the sandbox and judges it.

    It replaces nbgrader's `Execute`. A stored result of the same submission is taken instead of a second run.
    """

    result = Unicode(help="name of the stored result to save; else the submission is read").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Resources) -> Converted:
        place = resources["nbgrader"]
        course = load_course(Path(self.parent.parent.coursedir.root))
        key, graded = self.result, load_graded(course, place["assignment"], self.result) if self.result else None
        if self.result and graded is None:  # what lies here stands for the submission, and must not be graded itself
            raise RuntimeError(f"The stored result {self.result} is gone, or damaged; grade again.")
        if graded is None:
            task = make_task(course, place["assignment"], _read(self, course, resources))
            key, graded = task.key, load_graded(course, place["assignment"], task.key)
        if graded is None:
            try:
                graded = grade_submission(task)
            except UsageError:
                raise
            except Exception:
                _mark_for_review(resources, cells=None)
                raise
            store_graded(course, place["assignment"], key, graded)
            keep_faults(course, place["assignment"], place["student"], Verdict.from_json(graded.verdict).faults)
        place["needs_a_person"] = _cells_for_a_person(graded)
        place["answers_elsewhere"] = graded.waiting
        notebook = nbformat.reads(graded.notebook.decode("utf-8"), as_version=4)
        notebook.metadata[RESULT_KEY] = key
        return notebook, resources


class MarkForReview(NbGraderPreprocessor):
    """For `Autograde.autograde_preprocessors`, after `SaveAutoGrades`.

    What no check could judge waits for a person. So do answers that are not in their cells but may be elsewhere, which
    nbgrader would give 0 points and the comment "No response."
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> Converted:
        place = resources["nbgrader"]
        if place["needs_a_person"]:
            _mark_for_review(resources, cells=place["needs_a_person"])
        if place["answers_elsewhere"]:
            _mark_for_review(resources, cells=place["answers_elsewhere"], without_score=True)
        return nb, resources


class AssignPenalties(NbGraderPreprocessor):
    """For `Autograde.autograde_preprocessors`, after `SaveAutoGrades`, instead of nbgrader's `AssignLatePenalties`.

    nbgrader's own takes no more than the points that are there before a person has marked anything, knows no
    extensions, and has no lines of their own for what is taken off.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> Converted:
        place = resources["nbgrader"]
        course = load_course(Path(self.parent.parent.coursedir.root))
        team = load_teams(course, place["assignment"]).get(place["student"])
        with Gradebook(place["db_url"]) as gradebook:
            saved = gradebook.find_submission_notebook(place["notebook"], place["assignment"], place["student"])
            lines = penalties(course.assignment(place["assignment"]), team, float(saved.max_score))
            taken = min(sum(line.points for line in lines), float(saved.max_score))
            saved.late_submission_penalty = taken or None
            gradebook.db.commit()
        nb.metadata[PENALTIES_KEY] = [[line.name, line.points] for line in lines]
        if lines:
            text = "**Points taken off**\n\n" + "\n".join(f"- {line.name}: {line.points:g}" for line in lines)
            nb.cells.insert(0, nbformat.v4.new_markdown_cell(text, id="autograder-penalties"))
        return nb, resources


def set_links_aside(assignment: str, student: str, notebooks: list[str]) -> None:
    """For `Autograde.pre_convert_hook`: take links and special files away, since nbgrader would follow them.

    So is a `timestamp.txt` that nbgrader did not write, since it could not read it. They are kept, as they are, under
    `.autograder/refused/`. nbgrader calls this in the course folder and goes on if it fails; the preprocessors then
    refuse the submission.
    """
    folder = Path(notebooks[0]).parent  # nbgrader's arguments may be patterns, the paths of the notebooks are not
    for path in [*intake.odd_files(folder), *_foreign_timestamp(folder)]:
        kept = Path(STATE_FOLDER, "refused", folder.parent.name, assignment, path.relative_to(folder.parent))
        while os.path.lexists(kept):
            kept = kept.with_name(kept.name + "~")
        kept.parent.mkdir(parents=True, exist_ok=True)
        path.rename(kept)
        logging.getLogger("traitlets").warning("Refused, and kept as %s: %s", kept, path)


def _foreign_timestamp(folder: Path) -> list[Path]:
    """The file in which nbgrader's own `collect` notes the time, where it holds something else."""
    path = folder / "timestamp.txt"
    if path.is_symlink() or not path.is_file():
        return []
    with path.open("rb") as file:
        text = file.read(100).decode("utf-8", "replace").strip()
    with contextlib.suppress(ValueError, OverflowError):
        if _TIMESTAMP.fullmatch(text) and parse_utc(text):
            return []
    return [path]


def _read(preprocessor: NbGraderPreprocessor, course: Course, resources: Resources) -> intake.Submission:
    """The submission that nbgrader is at.

    Raises:
        UsageError: there are links in it, or it is not the assignment's notebook.
    """
    coursedir = preprocessor.parent.parent.coursedir  # the exporter's, and its converter's
    place = resources["nbgrader"]
    settings = course.assignment(place["assignment"])
    notebook = settings.notebook
    if notebook != f"{place['notebook']}.ipynb":
        raise UsageError(f"{place['notebook']}.ipynb is not the notebook of {place['assignment']}: {notebook} is.")
    folder = Path(coursedir.format_path(coursedir.submitted_directory, place["student"], place["assignment"]))
    odd = intake.odd_files(folder)
    if odd:
        raise UsageError(f"{folder} holds links or special files, such as {odd[0].name}: move them away.")
    return read_handed_in(course, settings.name, place["student"], folder)


def _cells_for_a_person(graded: GradedSubmission) -> list[str]:
    verdict = Verdict.from_json(graded.verdict)
    return sorted({check.cell for check in verdict.checks if verdict.needs_a_person(check.cell)})


def _mark_for_review(resources: Resources, cells: Collection[str] | None, without_score: bool = False) -> None:
    """Flag the grades of these cells, or of all cells, in the gradebook, and take what nbgrader gave for them."""
    place = resources["nbgrader"]
    with Gradebook(place["db_url"]) as gradebook:
        submission = gradebook.find_submission_notebook(place["notebook"], place["assignment"], place["student"])
        for grade in submission.grades:
            if cells is None or grade.name in cells:
                grade.needs_manual_grade = True
                grade.auto_score = None if without_score else grade.auto_score
        for comment in submission.comments if without_score else ():
            if cells is None or comment.name in cells:
                comment.auto_comment = None
        gradebook.db.commit()
