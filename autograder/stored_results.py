"""Remembers what was graded: one JSON file for each result, found again by what it was made from.

Stands beside the step from trace to verdict in the flow course material -> submission -> trace -> verdict ->
gradebook -> report. A result is named by a hash of all that decides it: the submission, the release, the
limits and the code that grades. So unchanged work is never graded twice, an interrupted run goes on where it
stopped, and changed work or a changed check is always graded anew.
"""

import contextlib
import hashlib
import hmac
import json
import sys
import time
from dataclasses import asdict
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat

import autograder
import coursekit
from autograder.config import Assignment
from autograder.imports import code_of, needed_files
from autograder.result_form import MAX_SIZE, read_json
from autograder.sandbox.limits import Limits
from coursekit.whole_file import write_whole

OLD_SECONDS = 3600.0  # writing a result takes less than one


def content_hash(notebook: bytes, files: dict[str, bytes]) -> str:
    """Hash of everything that a student handed in."""
    digest = hashlib.sha256()
    for part in (notebook, *(part for name in sorted(files) for part in (name, files[name]))):
        content = part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8, "big"))  # so that no two lists of parts look the same
        digest.update(content)
    return digest.hexdigest()


def make_seed(secret: str, assignment: str, content: str) -> int:
    """The seed of a submission's probes: fixed by its content, and unknown without the course's secret."""
    digest = hmac.digest(secret.encode(), f"{assignment} {content}".encode(), "sha256")
    return int.from_bytes(digest[:4], "big") >> 1  # 31 bits


def result_key(assignment: Assignment, content: str, release: bytes, seed: int, limits: Limits) -> str:
    """The name of the result that these make together with the grader's code."""
    decisive = [
        assignment.name,
        content,
        hashlib.sha256(release).hexdigest(),
        seed,
        asdict(limits),
        grader_version(assignment, release),
    ]
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


def grader_version(assignment: Assignment, release: bytes) -> str:
    """Hash of all that can change a grade beside the submission; the same on two machines that grade alike.

    That is Python, torch and NumPy; of our own packages what grading imports; the checks; and what those and the
    released notebook import of the course's helpers, with the data and weights beside it. A page of another colour, or
    the figure of another lab, decides nothing.
    """
    return _version(assignment.checks, release, assignment.helpers)


@lru_cache(maxsize=8)
def _version(checks: Path, release: bytes, helpers: tuple[Path, ...]) -> str:
    digest = hashlib.sha256(" ".join([sys.version, version("torch"), version("numpy")]).encode())
    ours, kit = (Path(str(package.__file__)).parent for package in (autograder, coursekit))
    own = checks.rglob("*") if checks.is_dir() else checks.parent.glob(f"{checks.stem}.*")
    decide = [path for path in own if path.suffix in (".py", ".json")]
    decide += (ours / "sandbox").rglob("*.py")  # some of it is started by its name, as are these
    decide += [ours / "grading.py", ours / "distil.py", ours / "judging" / "server.py"]
    try:
        sources = code_of(nbformat.reads(release.decode("utf-8"), as_version=4))
    except ValueError:
        sources = []  # no notebook, which whoever grades with it is told
    packages = (ours, kit, checks.parent, *helpers)
    for path in needed_files(packages, sources, decide):
        root = next(package.parent for package in packages if path.is_relative_to(package))
        digest.update(_framed(path.relative_to(root).as_posix().encode()) + _framed(path.read_bytes()))
    return digest.hexdigest()


def load_result(folder: Path, key: str) -> Any:
    """The stored result, or None; a file that is damaged, changed, or another result's counts as none."""
    path = folder / f"{key}.json"
    try:
        if path.stat().st_size > MAX_SIZE:
            return None
        stored = read_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return None
    if not isinstance(stored, dict) or stored.keys() != {"key", "digest", "result"}:
        return None
    return stored["result"] if stored == _sealed(key, stored["result"]) else None


def store_result(folder: Path, key: str, result: dict[str, Any]) -> None:
    """Write the result so that a reader sees all of it or nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(".*"):  # by a run that was killed while it wrote
        with contextlib.suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > OLD_SECONDS:
                left.unlink()
    write_whole(folder / f"{key}.json", json.dumps(_sealed(key, result)).encode())


def _sealed(key: str, result: Any) -> dict[str, Any]:
    """The result with its key and a digest of it, by which a change that nobody meant is found."""
    digest = hashlib.sha256(json.dumps(result, sort_keys=True).encode()).hexdigest()
    return {"key": key, "digest": digest, "result": result}


def _framed(part: bytes) -> bytes:
    """`part` with its length in front, so that no two lists of parts look the same."""
    return len(part).to_bytes(8, "big") + part
