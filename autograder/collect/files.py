"""Chooses the files of a state that are graded, and finds the required ones under nearly their names.

Stands at submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report. All of it
together is bounded before anything is read: names, files, the bytes of each and of all.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from autograder import intake
from autograder.collect.kinds import archive_kind
from autograder.collect.mirror import Entry, content, read_tree
from autograder.collect.unpack import MAX_TOTAL
from autograder.config import Assignment
from autograder.shown.printable import printable
from coursekit.handin.names import look_for, may_be, same_stem

_LFS = b"version https://git-lfs.github.com/"
_LFS_SIZES = range(40, 1024)  # bytes of such a pointer


@dataclass(frozen=True)
class Files:
    """The files of a state.

    Attributes:
        entries: what is graded, by the path that it gets.
        originals: under which path a required file was found, where that is another one.
        remarks: what was left out, is missing or was found elsewhere.
        left_out: those of them that tell where the work may be, if there is no notebook.
    """

    entries: Mapping[str, Entry]
    originals: Mapping[str, str]
    remarks: tuple[str, ...]
    left_out: tuple[str, ...] = ()


def choose_files(mirror: Path, commit: str, assignment: Assignment, others: Collection[str], released: str) -> Files:
    """The files of a commit that are graded.

    Args:
        mirror: which holds it.
        commit: the state.
        assignment: the names of the required files.
        others: those of other assignments, which are not meant by a name that is near to one of these.
        released: hash of the notebook as it was handed out: where somebody worked on a copy, the copy is meant.
    """
    tree = read_tree(mirror, commit, assignment.required)
    left_out: dict[str, list[str]] = {}

    def leave_out(path: str, why: str) -> None:
        left_out.setdefault(why, []).append(path)

    usable: dict[str, Entry] = {}
    for entry in tree.entries:
        if any(part in ("", ".", "..", ".git") for part in entry.path.split("/")):  # of a tree that may be forged
            leave_out(entry.path, "is no name for a file")
        elif entry.kind != "file":
            leave_out(entry.path, f"is a {entry.kind}")
        else:
            usable[entry.path] = entry
    found, remarks = _required(usable, assignment, others, released)
    base = _folder(found.get(assignment.notebook, ""))
    if base:
        remarks.insert(0, f"The files are in the folder {printable(base)}/ of what was handed in.")
    chosen: dict[str, Entry] = {}
    total = 0
    for path, entry in _in_order(usable, found, base).items():
        limit = intake.MAX_NOTEBOOK if path == assignment.notebook else intake.MAX_FILE
        if entry.size > limit:
            leave_out(entry.path, f"is larger than {limit // 2**20} MiB")
        elif len(chosen) >= intake.MAX_FILES:
            leave_out(entry.path, f"is one of more than {intake.MAX_FILES} files")
        elif total + entry.size > MAX_TOTAL:
            leave_out(entry.path, f"would bring the files above {MAX_TOTAL // 2**20} MiB in all")
        elif entry.size in _LFS_SIZES and content(mirror, entry, _LFS_SIZES.stop).startswith(_LFS):
            leave_out(entry.path, "is only a pointer to Git LFS")
        else:
            chosen[path] = entry
            total += entry.size
    told = [_left_out(paths, why) for why, paths in left_out.items()]
    if tree.unreadable:
        told.append(f"{tree.unreadable} files with names that are not UTF-8 were left out.")
    if tree.cut:
        told.append("It holds more files than are looked at; those furthest down were left out.")
    if assignment.notebook in chosen:
        remarks, told = [*remarks, *told], []
    elif tree.passed_over:
        told.append(f"{_names(tree.passed_over)} is of a tool and was passed over; it may hold a copy of the work.")
    originals = {name: path for name, path in found.items() if path != (f"{base}/{name}" if base else name)}
    originals = {name: path for name, path in originals.items() if name in chosen}
    return Files(chosen, originals, (*remarks, *told), tuple(told))


def _required(
    usable: Mapping[str, Entry], assignment: Assignment, others: Collection[str], released: str
) -> tuple[dict[str, str], list[str]]:
    """Where each required file is, and remarks on those that are missing or elsewhere."""
    found: dict[str, str] = {}
    remarks: list[str] = []
    notebook = assignment.notebook
    for name in sorted(assignment.required, key=lambda name: name != notebook):
        base = _folder(found.get(notebook, ""))
        if name == notebook:
            worked_on = [path for path, entry in usable.items() if entry.blob != released and entry.size]
            candidates = look_for(name, worked_on, others) or look_for(name, usable, others, loose=True)
            candidates = _with_most_beside(candidates, usable, assignment, others)
        else:
            candidates = look_for(name, usable, others, base)
        candidates = tuple({usable[path].blob: path for path in reversed(candidates)}.values())[
            ::-1
        ]  # equal ones are one
        if len(candidates) == 1:
            found[name] = candidates[0]
            if PurePosixPath(candidates[0]).name != name:
                remarks.append(f"“{printable(candidates[0])}” was taken as {name}: it should be called so.")
            elif name != notebook and _folder(candidates[0]) != base:
                remarks.append(f"{name} was found as “{printable(candidates[0])}”: it belongs beside the notebook.")
        else:
            remarks.append(_missing(name, candidates, usable, assignment.required))
    if notebook in found:
        same = [path for path in usable if may_be(path, notebook, others) and path != found[notebook]]
        same = [path for path in same if usable[path].blob not in (usable[found[notebook]].blob, released)]
        if same:
            remarks.append(
                f"{notebook} is there more than once: “{printable(found[notebook])}” counts, "
                f"{_names(same)} {'does' if len(same) == 1 else 'do'} not."
            )
    return found, remarks


def _with_most_beside(
    candidates: Sequence[str], usable: Mapping[str, Entry], assignment: Assignment, others: Collection[str]
) -> tuple[str, ...]:
    """Of notebooks in several folders, the one in a folder that holds most of the other required files."""
    if len({_folder(path) for path in candidates}) < 2:
        return tuple(candidates)

    def beside(path: str) -> int:
        folder = _folder(path)
        near_by = [other for other in usable if _folder(other) == folder]
        return sum(bool(look_for(name, near_by, others, folder)) for name in assignment.required)

    most = max(beside(path) for path in candidates)
    return tuple(path for path in candidates if beside(path) == most)


def _left_out(paths: Sequence[str], why: str) -> str:
    """One sentence for everything that was left out for one reason."""
    if len(paths) == 1:
        return f"{printable(paths[0])} {why} and was left out."
    return f"{len(paths)} files were left out, since each {why}: {_names(paths)}."


def _missing(name: str, candidates: Sequence[str], usable: Mapping[str, Entry], required: Collection[str]) -> str:
    if candidates:
        return f"{name} is missing: there are {_names(candidates)}; keep the one that counts, and call it {name}."
    alike = [path for path in usable if same_stem(path, name) and PurePosixPath(path).name not in required]
    packed = [path for path in usable if archive_kind(path)] if name.endswith(".ipynb") else []
    if packed:
        return f"{name} is missing (there is {_names(packed[:1])}: unpack it)."
    return f"{name} is missing" + (f" (there is {_names(alike[:1])}, which is no such file)." if alike else ".")


def _in_order(usable: Mapping[str, Entry], found: Mapping[str, str], base: str) -> dict[str, Entry]:
    """The files by the path that they get: the required ones first, then those of the notebook's folder."""
    ordered = {name: usable[path] for name, path in found.items()}
    prefix = f"{base}/" if base else ""
    for path, entry in usable.items():
        if path.startswith(prefix) and path not in found.values():
            ordered.setdefault(path.removeprefix(prefix), entry)
    return ordered


def _names(paths: Sequence[str]) -> str:
    shown = [f"“{printable(path)}”" for path in paths[:5]]
    last = f"{len(paths) - 5} more" if len(paths) > 5 else shown.pop()
    return f"{', '.join(shown)} and {last}" if shown else last


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
