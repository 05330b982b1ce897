"""Gathers what the page of one submission says, from the stored result, the gradebook and what was handed in."""

import nbformat

from autograder.classroom import read_class_task
from autograder.config import Course
from autograder.errors import UsageError
from autograder.feedback.handed_in import read_outputs
from autograder.feedback.parts import Graded, cut_into_parts
from autograder.feedback.records import Feedback
from autograder.feedback.score import say_score
from autograder.gradebook import read_comments, read_saved, read_score
from autograder.graded import load_graded
from autograder.intake import shown_name
from autograder.stored_results import content_hash
from autograder.verdict import Verdict

_ANOTHER = "Something else was handed in since this was graded, so figures and outputs are not shown."


class ResultGone(UsageError):
    """The stored result of one submission is gone, or damaged; those of others may be there."""


def gather(course: Course, assignment: str, student: str) -> Feedback:
    """All that the page says.

    Raises:
        ResultGone: the submission is not graded, or its stored result is gone.
    """
    saved, score = read_saved(course, assignment, student), read_score(course, assignment, student)
    result = load_graded(course, assignment, saved.key) if saved else None
    if saved is None or score is None or result is None:
        raise ResultGone(
            f"The result of {shown_name(student)} is gone or damaged: run `autograder grade {assignment}`."
        )
    release = nbformat.read(course.release_notebook(assignment), as_version=4)
    task = read_class_task(course, assignment, student)
    same = content_hash(task.notebook, task.files) == result.content
    graded = Graded(
        notebook=nbformat.reads(result.notebook.decode("utf-8"), as_version=4),
        release=release,
        verdict=Verdict.from_json(result.verdict),
        score=score,
        comments=read_comments(course, assignment, student),
        outputs=read_outputs(task.notebook, release) if same else {},
    )
    parts = cut_into_parts(graded)
    told = tuple((line.name, line.points) for line in saved.penalties)
    by_hand = (("taken off by hand", score.penalty),) if score.penalty and not told else ()
    return Feedback(
        course=course.name,
        title=course.assignment(assignment).title,
        who=shown_name(student),
        score=say_score(parts, score),
        penalties=told or by_hand,
        notes=(*result.remarks, *(() if same else (_ANOTHER,))),
        parts=parts,
        older=not same and student in course.handed_in(assignment),
    )
