"""One collection: takes in all work, notes what arrived, and puts the state that counts into `submitted/`.

Stands at submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report. Nothing
is ever overwritten: what was taken in stays in the mirrors, and a folder that is replaced is moved aside.
"""

import re
import shutil
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC
from zoneinfo import ZoneInfo

from autograder import intake
from autograder.collect import git, ledger, mirror
from autograder.collect.branches import bring
from autograder.collect.choose import choose
from autograder.collect.inspect import inspect
from autograder.collect.ledger import Commit, Observation, Receipt
from autograder.collect.members import Members, Sender, read_members
from autograder.collect.place import place
from autograder.collect.repeated import settle_repeated
from autograder.collect.sources import located
from autograder.collect.states import States, TheClass
from autograder.collect.unpack import unpack
from autograder.collect.uploads import Attempt, Upload
from autograder.config import Course
from autograder.deadlines import show
from autograder.errors import UsageError
from autograder.faults import keep_faults
from autograder.lookup import Lookup
from autograder.roster import load_extensions, load_roster
from autograder.teams import Team, load_teams, save_teams, with_shared_members

_NOT_THIS_TIME = "Not collected this time"
AT_ONCE = 4  # repositories that are fetched together; each `git` may take up to git.MEMORY


@dataclass(frozen=True)
class _Seen:
    """What one collection saw of one source."""

    observation: Observation | None
    remarks: tuple[str, ...] = ()


def collect(
    course: Course,
    assignment: str,
    sources: Mapping[str, str | Upload],
    done: Callable[[str], None] = lambda source: None,
) -> list[Team]:
    """Collect the work of a class; may be run at any time, before and after the deadline, also for a few of them.

    Args:
        sources: the address of each repository, or the uploads, by name.
        done: called with the name of each source as it was taken in.

    Raises:
        UsageError: the roster, the extensions, the table of teams or the ledger cannot be used; nothing is collected
            then.
    """
    settings = course.assignment(assignment)
    roster = load_roster(course)
    lookup = Lookup(roster.values()) if roster is not None else None
    table = load_teams(course, assignment)
    everyone = TheClass(course, settings, lookup, load_extensions(course, assignment), table)
    path = course.state / "collections" / f"{assignment}.jsonl"
    known = ledger.load(path)
    places = {name: located(source) for name, source in sources.items()}
    told: dict[str, tuple[str, ...]] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = {pool.submit(_observe, everyone, s, place, known.get(s, [])): s for s, place in places.items()}
        for future in as_completed(running):
            source = running[future]
            seen = future.result()
            told[source] = seen.remarks
            if seen.observation:
                ledger.append(path, seen.observation)
                known.setdefault(source, []).append(seen.observation)
            done(source)
    teams = [_take(everyone, name, places[name], known.get(name, []), told[name]) for name in sorted(sources)]
    teams = settle_repeated(teams, {name for name, place in places.items() if isinstance(place, Upload)})
    for team in teams:
        if team.replaced_by:  # all of it is in the mirror
            shutil.rmtree(course.root / "submitted" / team.pseudonym / assignment)
    others = [team for team in table.values() if team.source not in sources]
    save_teams(course, assignment, [*teams, *others])
    return [team for team in with_shared_members([*teams, *others]) if team.source in sources]


def strays(course: Course, assignment: str) -> list[str]:
    """A sentence for each folder in `submitted/` that looks like a team's and is that of none."""
    teams = load_teams(course, assignment)
    found = sorted((course.root / "submitted").glob(f"*/{assignment}"))
    return [
        f"{folder.parent.relative_to(course.root)} belongs to no team that is known, but is graded: was .autograder/ "
        "lost or replaced? Move the folder away if its work was collected again under another name."
        for folder in found
        if re.fullmatch(r"team-[0-9a-f]{8}", folder.parent.name) and folder.parent.name not in teams
    ]


def _fault(everyone: TheClass, source: str) -> str:
    """A sentence for the team at whose work the collector broke; the run over the others goes on."""
    keep_faults(everyone.course, _kept(everyone), everyone.pseudonym(source), [traceback.format_exc()])
    return f"{_NOT_THIS_TIME}: the collector broke at it, see .autograder/faults/{_kept(everyone)}/."


def _kept(everyone: TheClass) -> str:
    return f"{everyone.assignment.name}-collection"


def _observe(everyone: TheClass, source: str, place: str | Upload, before: Sequence[Observation]) -> _Seen:
    try:
        seen = _observed(everyone, source, place, before)
        keep_faults(everyone.course, _kept(everyone), everyone.pseudonym(source), [])
        return seen
    except UsageError:
        raise
    except Exception:
        return _Seen(None, (_fault(everyone, source),))


def _observed(everyone: TheClass, source: str, place: str | Upload, before: Sequence[Observation]) -> _Seen:
    seen = {commit.id for observation in before for commit in observation.new}
    into = everyone.mirror(source)
    zone = everyone.course.time_zone
    if isinstance(place, Upload):
        return _observe_upload(everyone, source, place, seen)
    try:
        brought = bring(place, into, everyone.assignment.notebook, zone)
        at = int(time.time())
        commits = mirror.history(into, brought.head) if brought.head else []
    except git.GitError as error:
        return _Seen(None, (f"{_NOT_THIS_TIME}: {error}",))
    new = tuple(commit for commit in commits if commit.id not in seen)
    return _Seen(Observation(source, at, new, brought.head), brought.remarks)


def _observe_upload(everyone: TheClass, source: str, upload: Upload, seen: set[str]) -> _Seen:
    remarks = list(upload.remarks)
    found: list[Commit] = []
    for attempt in upload.attempts:
        largest = max(intake.MAX_FILE, intake.MAX_NOTEBOOK)
        try:
            read = unpack(attempt.parts, everyone.mirror(source), everyone.course.time_zone, largest)
        except git.GitError as error:
            remarks.append(f"{_NOT_THIS_TIME}: {error}")
            continue
        remarks += read.remarks
        found.append(_commit(read.commit, read.dated, read.early, attempt, everyone.course.time_zone))
    if not found:
        return _Seen(None, tuple(remarks))
    if all(attempt.at is None and attempt.late is None for attempt in upload.attempts):
        found.sort(key=lambda commit: commit.dated)
    new: dict[str, Commit] = {}
    for commit in found:
        if commit.id not in seen:
            new.pop(commit.id, None)  # what is handed in once more is the last state, not the first
            new[commit.id] = commit
    observation = Observation(source, int(time.time()), tuple(reversed(new.values())), found[-1].id)
    return _Seen(observation, tuple(dict.fromkeys(remarks)))


def _commit(id: str, dated: int, early: int, attempt: Attempt, zone: str) -> Commit:
    if attempt.at is None:
        return Commit(id, dated, early, late=attempt.late)
    at = attempt.at if attempt.at.tzinfo else attempt.at.replace(tzinfo=ZoneInfo(zone))
    return Commit(id, int(at.astimezone(UTC).timestamp()), by_lms=True, late=attempt.late)


def _take(
    everyone: TheClass, source: str, place_of: str | Upload, observations: Sequence[Observation], told: tuple[str, ...]
) -> Team:
    try:
        return _taken(everyone, source, place_of, observations, told)
    except UsageError:
        raise
    except Exception:
        return Team(everyone.pseudonym(source), source, remarks=(*told, _fault(everyone, source)), unread=True)


def _taken(
    everyone: TheClass, source: str, place_of: str | Upload, observations: Sequence[Observation], told: tuple[str, ...]
) -> Team:
    """Choose the state that counts and put it into `submitted/`."""
    name, into, zone = everyone.pseudonym(source), everyone.mirror(source), everyone.course.time_zone
    sender = place_of.sender if isinstance(place_of, Upload) else Sender()
    found = ledger.receipts(observations)
    if not found:
        arrived = isinstance(place_of, Upload) or bool(told)
        members = read_members(None, 1, everyone.lookup, sender) if everyone.lookup and sender.names else Members()
        nothing = () if arrived else ("Nothing has been handed in.",)
        return Team(name, source, members.ids, remarks=(*told, *nothing), unread=arrived)
    states = States(everyone, into, sender)
    try:
        chosen = choose(found, everyone.assignment, everyone.extensions, lambda c: states.members(c).ids, zone)
        commit = chosen.receipt.commit
        files, members = states.files(commit), states.members(commit)
        folder = everyone.course.root / "submitted" / name / everyone.assignment.name
        refused = place(everyone.course, folder, into, files.entries)
    except git.GitError as error:
        return Team(name, source, remarks=(*told, f"What was collected before cannot be read: {error}"), unread=True)
    accepted = everyone.assignment.late.points_lost(chosen.late) is not None
    present = tuple(file for file in everyone.assignment.required if file in files.entries)
    remarks = [*told, *chosen.remarks]
    if not accepted:
        remarks.append("Late work of this age is not accepted without an extension.")
    remarks += _doubted_dates(chosen.receipt, found[-1], zone)
    if ledger.clock_set_back(observations):
        remarks.append("The clock of this computer was set back between two collections: its times are uncertain.")
    remarks += [*files.remarks, *members.remarks, *refused]
    people = [one for one in everyone.lookup.people if one.id in members.ids] if everyone.lookup else []
    needles = [needle for one in people for needle in (one.name, one.email) if needle] + list(members.ids)
    checked = [file for file in present if file != "netid"]
    if checked:
        remarks += inspect(folder, checked, everyone.assignment.group_size, needles, everyone.released_notebook)
    if not members.filled:
        present = tuple(file for file in present if file != "netid")
    return Team(
        name, source, members.ids, commit, chosen.received, chosen.late, accepted, present, tuple(remarks),
        originals=dict(files.originals), sent_by_one=members.sent_by_one,
        left_out=() if everyone.assignment.notebook in files.entries else (*_of_the_work(told), *files.left_out),
    )  # fmt: skip


def _of_the_work(told: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(remark for remark in told if not remark.startswith(_NOT_THIS_TIME))


def _doubted_dates(chosen: Receipt, last: Receipt, zone: str) -> list[str]:
    return [
        f"The date of commit {receipt.commit[:10]} contradicts the collections: it arrived at "
        f"{show(receipt.received, zone)} at the earliest, or is dated in the future."
        for receipt in dict.fromkeys((chosen, last))
        if receipt.contradicted
    ]
