"""What is the same for every team of a collection, and the states of one team, each read once.

Stands at submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report.
"""

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path, PurePosixPath

from autograder import intake
from autograder.collect.files import Files, choose_files
from autograder.collect.git import GitError
from autograder.collect.kinds import TAR, ZIP, archive_kind
from autograder.collect.members import Members, Sender, read_members
from autograder.collect.mirror import Entry, content, store
from autograder.collect.unpack import Part, unpack
from autograder.config import Assignment, Course
from autograder.lookup import Lookup
from autograder.shown.printable import printable
from autograder.teams import Team, pseudonym
from coursekit.handin.netid import MAX_BYTES


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

    @property
    def released_notebook(self) -> Path:
        """Where the notebook lies as it was handed out, if it was."""
        return self.course.root / "release" / self.assignment.name / self.assignment.notebook

    @cached_property
    def released(self) -> str:
        """Git's name of the notebook as it was handed out; "" where there is none."""
        if not self.released_notebook.is_file():
            return ""
        content = self.released_notebook.read_bytes()
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
            found = self._files(commit)
            packed = [path for path in found.entries if archive_kind(path) in (ZIP, TAR)]
            if self.everyone.assignment.notebook not in found.entries and len(packed) == 1:
                found = self._unpacked(found, packed[0])
            self.files_of[commit] = found
        return self.files_of[commit]

    def _files(self, commit: str) -> Files:
        everyone = self.everyone
        return choose_files(self.mirror, commit, everyone.assignment, everyone.other_names, everyone.released)

    def _unpacked(self, found: Files, packed: str) -> Files:
        """The files with those of the one archive among them, if the notebook is in it."""
        notebook, largest = self.everyone.assignment.notebook, max(intake.MAX_FILE, intake.MAX_NOTEBOOK)
        with tempfile.TemporaryDirectory(prefix="collect-") as folder:
            name = PurePosixPath(packed).name
            part = Part(Path(folder, printable(name)), name)
            store(self.mirror, found.entries[packed], part.path)
            try:
                unpacked = unpack([part], self.mirror, self.everyone.course.time_zone, largest)
            except GitError as error:
                return replace(found, remarks=(*found.remarks, str(error)))
        inner = self._files(unpacked.commit)
        if notebook not in inner.entries:
            return found
        entries = {**found.entries, **inner.entries}
        told = [remark for remark in (*found.remarks, *inner.remarks) if not _contradicted(remark, entries)]
        first = f"{notebook} was found in {printable(packed)}, which was unpacked: it should be handed in as it is."
        return Files(entries, {**found.originals, **inner.originals}, (first, *dict.fromkeys(told), *unpacked.remarks))

    def members(self, commit: str) -> Members:
        entry = self.files(commit).entries.get("netid")
        written = None
        if entry:  # what is too long is not held, only told as too long
            written = content(self.mirror, entry, MAX_BYTES) if entry.size <= MAX_BYTES else bytes(MAX_BYTES + 1)
        return read_members(written, self.everyone.assignment.group_size, self.everyone.lookup, self.sender)


def _contradicted(remark: str, entries: Mapping[str, Entry]) -> bool:
    """Whether a remark says of one part that a file is missing which another part holds."""
    return any(remark.startswith(f"{name} is missing") for name in entries)
