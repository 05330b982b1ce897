"""What broke in the grader while it graded, kept for the instructor under `.autograder/faults/`.

Stands beside the step from verdict to gradebook in the flow course material -> submission -> trace -> verdict ->
gradebook -> report. A fault costs no point: what it touched waits for a person, and the run over the class goes on.
"""

from collections.abc import Sequence

from autograder import intake
from autograder.config import Course


def keep_faults(course: Course, assignment: str, student: str, faults: Sequence[str]) -> None:
    """Write the faults of one submission to its file, in place of earlier ones; without any, there is no file."""
    place = course.state / "faults" / assignment / f"{intake.shown_name(student)}.txt"
    if not faults:
        place.unlink(missing_ok=True)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("\n\n".join(faults) + "\n", encoding="utf-8")
