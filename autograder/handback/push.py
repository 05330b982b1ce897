"""Pushes the feedback as a commit on a branch of its own to the repository of each team.

Git is used as for collecting: with limits, without hooks, and nothing is ever checked out. The commit follows what is
on the branch, and is pushed without force, so nothing that a team has is lost; what is there already is not pushed
again.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.collect.git import FEEDBACK_BRANCH, GitError, fetch, find_tip, in_mirror, make_mirror, push
from autograder.handback.choose import Feedback


@dataclass(frozen=True)
class Pushed:
    """What came of giving back to one repository.

    Attributes:
        team: its folder in `submitted/`.
        address: of the repository.
        commit: on the branch now; None where it could not be reached.
        new: whether it was pushed now.
        problem: why there is none, in a sentence; or "".
    """

    team: str
    address: str
    commit: str | None
    new: bool = False
    problem: str = ""


def push_feedback(feedback: Feedback, assignment: str, address: str, now: int) -> Pushed:
    """Put the files of a team into the folder `assignment` of the branch.

    Args:
        feedback: of the team.
        assignment: its name.
        address: of the team's repository.
        now: seconds since 1970, for the commit.
    """
    files = {f"{assignment}/{name}": content for name, content in feedback.files.items()}
    with tempfile.TemporaryDirectory() as folder:
        mirror = Path(folder) / "mirror.git"
        try:
            make_mirror(mirror)
            parent = find_tip(address, FEEDBACK_BRANCH)
            if parent:
                fetch(address, mirror, (f"refs/heads/{FEEDBACK_BRANCH}",), depth=1)
            commit = _commit(mirror, files, parent, f"Feedback: {' '.join(feedback.title.split())}", now)
            if parent and _tree(mirror, commit) == _tree(mirror, parent):
                return Pushed(feedback.team, address, parent)
            push(address, mirror, commit, FEEDBACK_BRANCH)
        except GitError as error:
            return Pushed(feedback.team, address, None, problem=str(error))
    return Pushed(feedback.team, address, commit, new=True)


def _commit(mirror: Path, files: Mapping[str, bytes], parent: str | None, subject: str, now: int) -> str:
    """A commit with the files put into the tree of its parent, if it has one."""
    message = subject.encode()
    parts = [
        b"commit refs/new/feedback\ncommitter Autograder <> %d +0000\n" % now,
        b"data %d\n" % len(message),
        message,
    ]
    parts += [b"\nfrom %s\n" % parent.encode()] if parent else [b"\n"]
    for path, content in files.items():
        quoted = path.replace("\\", "\\\\").replace('"', '\\"')
        parts += [f'M 100644 inline "{quoted}"\n'.encode(), b"data %d\n" % len(content), content, b"\n"]
    in_mirror(mirror, "fast-import", "--quiet", given=parts)
    return in_mirror(mirror, "rev-parse", "--verify", "refs/new/feedback").decode().strip()


def _tree(mirror: Path, commit: str) -> str:
    return in_mirror(mirror, "rev-parse", "--verify", f"{commit}^{{tree}}").decode().strip()
