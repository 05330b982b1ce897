"""What is the same for every team of a collection, and the states of one team, each read once.

Stands at submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from autograder import intake
from autograder.collect.files import Files, choose_files
from autograder.collect.members import Members, Sender, read_members
from autograder.collect.mirror import content
from autograder.config import Assignment, Course
from autograder.lookup import Lookup
from autograder.teams import Team, pseudonym
from course_utils.handin.netid import MAX_BYTES


@dataclass(frozen=True)
class TheClass:
    """What is the same for every team of one collection."""

    course: Course
    assignment: Assignment
    lookup: Lookup | None
    extensions: Mapping[str, datetime]
    known: Mapping[str, Team]

    def pseudonym(self, source: str) -> str:
        """That of earlier collections, also where the secret of the course was lost since."""
        earlier = next((team.pseudonym for team in self.known.values() if team.source == source), None)
        return earlier or pseudonym(self.course, self.assignment.name, source)

    def mirror(self, source: str) -> Path:
        return self.course.state / "collected" / self.assignment.name / f"{self.pseudonym(source)}.git"

    @cached_property
    def other_names(self) -> frozenset[str]:
        """The names of the required files of all other assignments."""
        names = {file for other in self.course.assignments.values() for file in (*other.required, other.notebook)}
        return frozenset(names - set(self.assignment.required))

    @cached_property
    def released(self) -> str:
        """Git's name of the notebook as it was handed out; "" where there is none."""
        path = self.course.root / "release" / self.assignment.name / self.assignment.notebook
        if not path.is_file():
            return ""
        content = path.read_bytes()
        return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


@dataclass
class States:
    """The states of one source, each read once."""

    everyone: TheClass
    mirror: Path
    sender: Sender
    files_of: dict[str, Files] = field(default_factory=dict)

    def files(self, commit: str) -> Files:
        if commit not in self.files_of:
            everyone = self.everyone
            self.files_of[commit] = choose_files(
                self.mirror, commit, everyone.assignment, everyone.other_names, everyone.released
            )
        return self.files_of[commit]

    def members(self, commit: str) -> Members:
        entry = self.files(commit).entries.get("netid")
        written = content(self.mirror, entry, intake.MAX_FILE)[: MAX_BYTES + 1] if entry else None
        return read_members(written, self.everyone.assignment.group_size, self.everyone.lookup, self.sender)
