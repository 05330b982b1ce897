"""What came of grading one submission, and where it is kept: the record between verdict and gradebook.

In the flow course material -> submission -> trace -> verdict -> gradebook -> report this is what grading gives and what
is saved; `autograder.stored_results` says under which name a result is found again.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder import stored_results
from autograder.config import Course
from autograder.result_form import form_of, read_notebook


@dataclass(frozen=True)
class GradedSubmission:
    """The result of one task.

    Attributes:
        notebook: the executed notebook, with the verdict in its graded cells.
        verdict: `Verdict.to_json()`.
        remarks: what the student is told beside the verdict, one sentence each.
        seconds: where the time went, by phase.
        peak_memory: bytes that the submission's processes had resident at most.
        waiting: names of the written answers that wait for a person although nothing is written in their cells.
        content: what was handed in, as `stored_results.content_hash` names it.
    """

    notebook: bytes
    verdict: dict[str, Any]
    remarks: tuple[str, ...]
    seconds: dict[str, float]
    peak_memory: int
    waiting: tuple[str, ...] = ()
    content: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "notebook": self.notebook.decode("utf-8"),
            "remarks": list(self.remarks),
            "waiting": list(self.waiting),
        }

    @staticmethod
    def from_json(data: dict[str, Any]) -> "GradedSubmission":
        tuples = {name: tuple(data[name]) for name in ("remarks", "waiting")}
        return GradedSubmission(**{**data, "notebook": data["notebook"].encode("utf-8"), **tuples})


_FORM = form_of(GradedSubmission, verdict="verdict")


def results_folder(course: Course, assignment: str) -> Path:
    return course.state / "results" / assignment


def load_graded(course: Course, assignment: str, key: str) -> GradedSubmission | None:
    """The stored result of that name, or None; what has not the form of one counts as none, and is made again."""
    data = stored_results.load_result(results_folder(course, assignment), key)
    return GradedSubmission.from_json(data) if is_result(data, assignment) else None


def is_result(data: Any, assignment: str) -> bool:
    """Whether `data` is what `GradedSubmission.to_json` makes of a result of that assignment."""
    if not _FORM.is_valid(data) or data["verdict"]["assignment"] != assignment:
        return False
    return read_notebook(data["notebook"]) is not None


def store_graded(course: Course, assignment: str, key: str, graded: GradedSubmission) -> None:
    data = graded.to_json()
    if not is_result(data, assignment):
        raise RuntimeError(f"The result {key} of {assignment} has not the form of one, so it cannot be kept.")
    stored_results.store_result(results_folder(course, assignment), key, data)
