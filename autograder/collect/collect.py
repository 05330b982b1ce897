"""One collection: fetches every repository, notes what arrived, and puts the state that counts into `submitted/`.

Stands at submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report. Nothing
is ever overwritten: what was fetched stays in the mirrors, and a folder that is replaced is moved aside.
"""

import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from autograder import intake
from autograder.collect import git, ledger, zips
from autograder.collect.inspect import inspect
from autograder.collect.ledger import Observation, Receipt
from autograder.config import Assignment, Course
from autograder.deadlines import show, team_deadline
from autograder.roster import Person, load_extensions, load_roster
from autograder.teams import Team, load_teams, pseudonym, save_teams, with_shared_members
from course_utils.handin import parse_netid

AT_ONCE = 8


@dataclass(frozen=True)
class _Class:
    """What is the same for every team of one collection."""

    course: Course
    assignment: Assignment
    roster: Mapping[str, Person] | None
    extensions: Mapping[str, datetime]

    def mirror(self, source: str) -> Path:
        name = pseudonym(self.course, self.assignment.name, source)
        return self.course.state / "collected" / self.assignment.name / f"{name}.git"


def collect(
    course: Course, assignment: str, sources: Mapping[str, str], done: Callable[[str], None] = lambda source: None
) -> list[Team]:
    """Collect repositories of a class; may be run at any time, before and after the deadline, also for a few of them.

    Args:
        sources: address of each repository by its name.
        done: called with the name of each repository as it was fetched.

    Raises:
        UsageError: the roster, the extensions or the ledger cannot be used; nothing is collected then.
    """
    settings = course.assignment(assignment)
    everyone = _Class(course, settings, load_roster(course), load_extensions(course, assignment))
    path = course.state / "collections" / f"{assignment}.jsonl"
    known = ledger.load(path)
    failures: dict[str, str] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = {pool.submit(_observe, everyone, s, address, known.get(s, [])): s for s, address in sources.items()}
        for future in as_completed(running):
            source = running[future]
            try:
                seen = future.result()
            except git.GitError as error:
                failures[source] = str(error)
            else:
                ledger.append(path, seen)
                known.setdefault(source, []).append(seen)
            done(source)
    teams = [_take(everyone, source, known.get(source, []), failures.get(source)) for source in sorted(sources)]
    others = [team for team in load_teams(course, assignment).values() if team.source not in sources]
    save_teams(course, assignment, [*teams, *others])
    return [team for team in with_shared_members([*teams, *others]) if team.source in sources]


def _observe(everyone: _Class, source: str, address: str, before: Iterable[Observation]) -> Observation:
    mirror = everyone.mirror(source)
    is_zip = address.endswith(".zip") and "://" not in address
    head = zips.take(Path(address), mirror, everyone.course.time_zone) if is_zip else git.fetch(address, mirror)
    at = int(time.time())
    seen = {commit.id for observation in before for commit in observation.new}
    new = tuple(commit for commit in git.history(mirror, head) if commit.id not in seen) if head else ()
    return Observation(source, at, new, head)


def _take(everyone: _Class, source: str, observations: list[Observation], failure: str | None) -> Team:
    """Choose the state that counts and put it into `submitted/`."""
    name = pseudonym(everyone.course, everyone.assignment.name, source)
    remarks = [f"Not collected this time: {failure}"] if failure else []
    found = ledger.receipts(observations)
    if not found:
        return Team(name, source, remarks=(*remarks, "Nothing has been handed in."))
    mirror = everyone.mirror(source)
    chosen, deadline, told = _choose(everyone, mirror, found)
    remarks += told
    late = max(chosen.received - deadline, timedelta(0)) if deadline else timedelta(0)
    accepted = everyone.assignment.late.points_lost(late) is not None
    if not accepted:
        remarks.append("Late work of this age is not accepted without an extension.")
    zone = everyone.course.time_zone
    remarks += [
        f"The date of commit {commit.commit[:10]} contradicts the collections: it arrived at "
        f"{show(commit.received, zone)} at the earliest, or is dated in the future."
        for commit in (chosen, found[-1])[: 1 if chosen == found[-1] else 2]
        if commit.contradicted
    ]
    files, told = _files(mirror, chosen.commit, everyone.assignment)
    remarks += told
    members, told = _members(everyone, files)
    remarks += told
    folder = everyone.course.root / "submitted" / name / everyone.assignment.name
    remarks += _place(everyone.course, folder, files)
    people = [everyone.roster[member] for member in members] if everyone.roster is not None else []
    needles = [needle for person in people for needle in (person.name, person.email) if needle]
    required = list(everyone.assignment.required)
    remarks += inspect(folder, required, everyone.assignment.group_size, needles)
    present = tuple(file for file in required if file in files)
    if "netid" in present and not parse_netid(files["netid"]).ids:
        present = tuple(file for file in present if file != "netid")  # not filled in
    return Team(name, source, members, chosen.commit, chosen.received, late, accepted, present, tuple(remarks))


def _choose(everyone: _Class, mirror: Path, found: list[Receipt]) -> tuple[Receipt, datetime | None, list[str]]:
    """The state that counts, the team's deadline, and remarks.

    Who is in the team decides on its extension: the members are those of the state at the common deadline, so
    that nobody can be added afterwards for the sake of an extension.
    """
    due = everyone.assignment.due
    if due is None:
        return found[-1], None, []
    in_time = ledger.last_received(found, due)
    files, _ = _files(mirror, (in_time or found[-1]).commit, everyone.assignment)
    deadline = team_deadline(due, parse_netid(files.get("netid", b"")).ids, everyone.extensions)
    chosen = ledger.last_received(found, deadline + everyone.assignment.late.accepted_for) or found[0]
    remarks = []
    if chosen.received > deadline and in_time:
        remarks.append(f"There is an earlier state that was in time: {in_time.commit[:10]}.")
    if chosen != found[-1]:
        remarks.append(f"Later commits are not graded; the last one is {found[-1].commit[:10]}.")
    return chosen, deadline, remarks


def _members(everyone: _Class, files: Mapping[str, bytes]) -> tuple[tuple[str, ...], list[str]]:
    ids = parse_netid(files.get("netid", b"")).ids
    if everyone.roster is None:
        return ids, []
    unknown = [f"{member} is not on the roster." for member in ids if member not in everyone.roster]
    return tuple(member for member in ids if member in everyone.roster), unknown


def _files(mirror: Path, commit: str, assignment: Assignment) -> tuple[dict[str, bytes], list[str]]:
    """The plain files of a commit by path, and what was left out.

    Where the notebook is in one folder and not at the top, that folder counts.
    """
    entries, unreadable = git.tree(mirror, commit)
    remarks = [f"{unreadable} files with names that are not UTF-8 were left out."] if unreadable else []
    folders = {str(PurePosixPath(e.path).parent) for e in entries if PurePosixPath(e.path).name == assignment.notebook}
    prefix = f"{folders.pop()}/" if len(folders) == 1 and "." not in folders else ""
    if prefix:
        remarks.append(f"The files are in the folder {intake.printable(prefix)} of the repository.")
    files: dict[str, bytes] = {}
    for entry in entries:
        if not entry.path.startswith(prefix):
            continue
        path = entry.path.removeprefix(prefix)
        limit = intake.MAX_NOTEBOOK if path == assignment.notebook else intake.MAX_FILE
        parts = path.split("/")  # of a tree that may be forged, so a name may lead anywhere
        if any(part in ("", ".", "..", ".git") for part in parts):
            remarks.append(f"{intake.printable(path)} is no name for a file and was left out.")
        elif entry.kind != "file":
            remarks.append(f"{intake.printable(path)} is a {entry.kind} and was left out.")
        elif entry.size > limit:
            remarks.append(f"{intake.printable(path)} is larger than {limit // 2**20} MiB and was left out.")
        elif len(files) >= intake.MAX_FILES and path not in assignment.required:
            remarks.append(f"{intake.printable(path)} was left out: there are more than {intake.MAX_FILES} files.")
        else:
            files[path] = git.content(mirror, entry)
            if files[path].startswith(b"version https://git-lfs.github.com/"):
                del files[path]
                remarks.append(f"{intake.printable(path)} is only a pointer to Git LFS: the file was not handed in.")
    if len(remarks) > 10:
        remarks[10:] = [f"{len(remarks) - 10} more such remarks were left out."]
    return files, remarks


def _place(course: Course, folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """Make `folder` hold just these files; an older one with other files is moved to `.autograder/replaced/`."""
    old = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()}
    if folder.exists() and {name: path.read_bytes() for name, path in old.items()} == files:
        return []
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    staged = course.state / "staging" / f"{folder.parent.name}-{stamp}"
    refused = []
    for name, content in files.items():
        try:
            (staged / name).parent.mkdir(parents=True, exist_ok=True)
            (staged / name).write_bytes(content)
        except OSError:
            refused.append(f"{intake.printable(name)} cannot be stored under this name and was left out.")
    staged.mkdir(parents=True, exist_ok=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        kept = course.state / "replaced" / folder.name / f"{folder.parent.name}-{stamp}"
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder, kept)
    staged.rename(folder)
    return refused
