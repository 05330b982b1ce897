"""Plays the students of the demo: each team fills in the notebook, makes the three files, and commits them with Git.

Stands at submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report. The
files are made by `python -m coursekit.submit` of the student kit, as a student makes them, with a short training.
"""

import csv
import os
import shutil
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat

from autograder.attempt import fill_in
from autograder.config import Course
from autograder.deadlines import parse_moment
from autograder.demo.students import IN_TIME, DemoSubmission
from autograder.errors import UsageError
from coursekit import budget

_FRAME = b64decode(  # a picture of one grey pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)
_HOOKS = ("post-checkout", "post-merge", "pre-receive", "reference-transaction", "update")


def make_files(course: Course, assignment: str, submissions: Sequence[DemoSubmission]) -> None:
    """Make the working folder `students/<team>/` of each team, with what it will hand in."""
    settings = course.assignment(assignment)
    release = nbformat.read(course.release_notebook(assignment), as_version=4)
    for submission in submissions:
        folder = _folder(course, submission)
        folder.mkdir(parents=True)
        notebook = nbformat.writes(fill_in(release, submission.answers)).encode("utf-8")
        (folder / settings.notebook).write_bytes(notebook if submission.raw is None else submission.raw)
        (folder / "netid").write_bytes(submission.netid.encode("utf-8"))
    first: dict[str, DemoSubmission] = {}
    same = [(one, first.setdefault(repr((one.answers, one.raw)), one)) for one in submissions]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda one: _submit(course, assignment, _folder(course, one)), first.values()))
    made = [name for name in settings.required if name != "netid"]
    for submission, other in same:  # equal work runs once
        _copy(made, _folder(course, other), _folder(course, submission))
    pdfs = [name for name in made if name.endswith(".pdf")]
    for submission in submissions:
        if submission.pdf_of is None:
            continue
        for name in pdfs:
            (_folder(course, submission) / name).unlink(missing_ok=True)
        others = [one for one in submissions if one.team == submission.pdf_of]
        for other in others:
            _copy(pdfs, _folder(course, other), _folder(course, submission))


def open_repositories(course: Course, assignment: str, submissions: Sequence[DemoSubmission]) -> Path:
    """Make `repositories/<team>/`, a Git repository, of each team; and the list of them, whose path is returned.

    A team that is not there at first has committed the notebook as it was released.
    """
    settings = course.assignment(assignment)
    submissions = [submission for submission in submissions if not submission.uploaded]
    for submission in submissions:
        repository = course.root / "repositories" / submission.team
        repository.mkdir(parents=True)
        _git(repository, "init", "--quiet", "--initial-branch=main")
        if submission.at_first:
            _commit(course, settings.required, submission, submission.dated)
        else:
            shutil.copy(course.release_notebook(assignment), repository / settings.notebook)
            _copy(["netid"], _folder(course, submission), repository)
            _record(repository, "Begin", IN_TIME, course)
    path = course.root / "repositories.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("team", "repository"))
        writer.writerows((one.team, f"repositories/{one.team}") for one in submissions)
    return path


def push_the_rest(course: Course, assignment: str, submissions: Sequence[DemoSubmission]) -> None:
    """Commit the work of those teams that were not there at first, with the date that they claim."""
    for submission in submissions:
        if not submission.at_first and not submission.uploaded:
            _commit(course, course.assignment(assignment).required, submission, submission.dated)


def export_uploads(course: Course, submissions: Sequence[DemoSubmission]) -> Path | None:
    """Make `uploads/` as a learning management system exports it: one folder, with a name of its own for each file.

    None where nobody handed in this way.
    """
    folder = course.root / "uploads"
    for submission in (one for one in submissions if one.uploaded):
        folder.mkdir(exist_ok=True)
        for name, exported in submission.uploaded.items():
            if (made := _folder(course, submission) / name).exists():  # a PDF is not, where no browser prints
                shutil.copy(made, folder / exported)
    return folder if folder.exists() else None


def _folder(course: Course, submission: DemoSubmission) -> Path:
    return course.root / "students" / submission.team


def _submit(course: Course, assignment: str, folder: Path) -> None:
    """Run the student's last step. Work that does not run stays as it is, as it would with a student in a hurry."""
    kit = course.root / "kits" / assignment
    environment = os.environ | budget.SHORT | {"PYTHONPATH": str(kit), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "coursekit.submit", "--folder", str(folder)]
    done = subprocess.run(command, cwd=kit, env=environment, capture_output=True, text=True, errors="replace")
    (folder / "submit.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    if done.returncode not in (0, 1, 2):
        raise UsageError(f"The student's last step failed in {folder}: see submit.log there.")
    if done.returncode != 2:
        _leave_out_short_runs(folder / course.assignment(assignment).notebook)


def _leave_out_short_runs(path: Path) -> None:
    """The demo's students have no hour to train in; what is told of short runs would hide the other remarks."""
    notebook = nbformat.read(path, as_version=4)
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        if output.output_type == "stream":
            output.text = "".join(line for line in output.text.splitlines(True) if not budget.find_short_runs(line))
    nbformat.write(notebook, path)


def _commit(course: Course, names: Iterable[str], submission: DemoSubmission, dated: str) -> None:
    repository = course.root / "repositories" / submission.team
    _copy(names, _folder(course, submission), repository)
    for number in range(submission.frames):
        (repository / f"epoch_{number:03d}.png").write_bytes(_FRAME)
    if submission.booby_trapped:
        (repository / "outside").symlink_to("/etc/passwd")
        for name in _HOOKS:
            hook = repository / ".git" / "hooks" / name
            hook.parent.mkdir(exist_ok=True)
            hook.write_text(f"#!/bin/sh\ntouch '{course.root / 'the-hook-ran'}'\n", encoding="utf-8")
            hook.chmod(0o755)
    _record(repository, "Hand in homework 2", dated, course)


def _record(repository: Path, message: str, dated: str, course: Course) -> None:
    moment = parse_moment(dated, course.time_zone).isoformat()
    who = {f"GIT_{role}_{what}": "student" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    dates = {"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment}
    _git(repository, "add", "--all", environment=who)
    _git(repository, "commit", "--quiet", f"--message={message}", environment=who | dates)


def _git(folder: Path, *arguments: str, environment: dict[str, str] | None = None) -> None:
    """Run Git without the hooks of the repository and the settings of this user."""
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", "-c", f"core.hooksPath={os.devnull}", "-C", str(folder), *arguments]
    try:
        subprocess.run(command, env=os.environ | alone | (environment or {}), check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise UsageError(f"The demo needs Git, which failed in {folder}: {error}.") from None


def _copy(names: Iterable[str], source: Path, target: Path) -> None:
    for name in names:
        if (source / name).is_file() and source != target:
            shutil.copy(source / name, target / name)
